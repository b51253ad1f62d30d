import type { LayerName } from '../media/layers.js';
import { FRAME_MS, OPUS_CLOCK } from '../media/rtp.js';

/** How far apart the RTP timestamps of a publisher's layers are for the same moment of capture. */
export interface LayerAlignment {
  /** What, added to a timestamp of this layer, gives a place on the timeline of the publisher; modulo 2^32, in ticks. */
  offset(layer: LayerName): number;
}

/** After a pause of this long, what arrives within as long is taken for one frame in its layers: half a frame. */
const TOGETHER_MS = FRAME_MS / 2;
/** So many pairs at most speak for an alignment: as many that contradict it are needed to change it. */
const VOTES_MAX = 20;
/** Two packets in a row whose transit times differ by more come from two different streams. */
const BREAK_MS = 10_000;

interface LayerState {
  offset: number;
  /** Arrival of the last packet in ms, NaN before the first, and its transit. */
  atMs: number;
  transit: number;
  /** Pairs that speak for `offset`, less those against it; 0: it is a guess. */
  votes: number;
  /** Layers with a lower one are older: they do not follow this one. */
  rank: number;
  /** The sender's own clock is known: `offset` is exact. */
  reported: boolean;
}

const unseen = (): LayerState => ({
  offset: 0,
  atMs: Number.NaN,
  transit: 0,
  votes: 0,
  rank: 0,
  reported: false,
});

/**
 * Timeline of capture that the layers of one publisher share. Each SSRC begins at a random timestamp (RFC 3550, section 5.1), so the
 * same 20 ms have another one in each layer.
 *
 * At first layers are aligned by *arrival*: a frame leaves in all of its layers at once, so that packets of two layers which arrive together after a pause
 * are nearly always the same frame, and the majority of such pairs decides. Delays of different times are never compared: where one layer is
 * lost, or ends, while a queue is long, the least delay of its packets says nothing about another one's. Nor are packets within a run: in a queue that drains,
 * neighbouring frames come as close to each other as the layers of one. Once a
 * sender report of a layer has come, its mapping of the sender's clock to RTP time (RFC 3550, section 6.4.1) is used instead: it is exact.
 */
export class CaptureTimeline implements LayerAlignment {
  protected readonly layers: Readonly<Record<LayerName, LayerState>> = { h: unseen(), m: unseen(), l: unseen() };
  protected readonly seen: LayerState[] = [];
  protected ranks = 0;
  /** Delay of the last packet of any layer, on the timeline; its arrival, and that of the first one since the last pause. */
  protected delay = 0;
  protected lastMs = Number.NEGATIVE_INFINITY;
  protected burstMs = 0;
  /** Of the timeline of arrival to the sender's clock, in ticks; set by the first sender report. */
  protected senderOffset: number | null = null;
  protected readonly ticksPerMs: number;

  /** @param clockRate ticks of the RTP clock in a second */
  constructor(clockRate: number = OPUS_CLOCK) {
    this.ticksPerMs = clockRate / 1000;
  }

  offset(layer: LayerName): number {
    return this.layers[layer].offset;
  }

  /** A packet has arrived. @param atMs the server's clock; fractions count */
  arrived(layer: LayerName, timestamp: number, atMs: number): void {
    const state = this.layers[layer];
    const transit = (Math.round(atMs * this.ticksPerMs) - timestamp) | 0;
    const jump = Math.abs((transit - state.transit) | 0);
    if (Number.isNaN(state.atMs)) this.seen.push(state);
    if (Number.isNaN(state.atMs) || jump > BREAK_MS * this.ticksPerMs) this.begin(state, transit);
    if (atMs - this.lastMs > TOGETHER_MS) this.burstMs = atMs;
    this.lastMs = atMs;
    // the second packet of a layer since the pause is of the next frame
    const first = !(state.atMs >= this.burstMs);
    state.atMs = atMs;
    state.transit = transit;
    if (first && atMs - this.burstMs <= TOGETHER_MS) this.pairs(state);
    this.delay = (transit - state.offset) | 0;
  }

  /** The first packet of a stream: it has been on its way for as long as the last one of any other, as far as anybody knows. */
  protected begin(state: LayerState, transit: number): void {
    state.offset = (transit - this.delay) | 0;
    state.votes = 0;
    state.rank = ++this.ranks;
    state.reported = false;
  }

  /** A packet is compared with those of other layers that have come together with it. */
  protected pairs(state: LayerState): void {
    const { seen } = this;
    for (let index = 0; index < seen.length; index++) {
      const other = seen[index] as LayerState;
      if (other !== state && other.atMs >= this.burstMs) this.pair(state, other);
    }
  }

  /** Packets of two layers have arrived together: the younger layer follows the other one, and all follow one whose clock is known. */
  protected pair(a: LayerState, b: LayerState): void {
    const follows = a.reported === b.reported ? a.rank > b.rank : b.reported;
    const [follower, leader] = follows ? [a, b] : [b, a];
    if (follower.reported) return;
    const apart = Math.round((follower.atMs - leader.atMs) * this.ticksPerMs);
    const offset = (follower.transit - (leader.transit - leader.offset) - apart) | 0;
    const agrees = Math.abs((offset - follower.offset) | 0) <= TOGETHER_MS * this.ticksPerMs;
    if (follower.votes === 0) {
      follower.offset = offset;
      follower.votes = 1;
    } else follower.votes = agrees ? Math.min(follower.votes + 1, VOTES_MAX) : follower.votes - 1;
  }

  /**
   * A sender report of the layer has arrived. Before the layer's first packet it says nothing yet.
   * @param ntpMs the sender's wall clock in the report
   * @param timestamp the RTP timestamp for the same moment
   */
  reported(layer: LayerName, ntpMs: number, timestamp: number): void {
    const state = this.layers[layer];
    if (Number.isNaN(state.atMs) || !Number.isFinite(ntpMs)) return;
    const sender = (Math.round(ntpMs * this.ticksPerMs) - timestamp) | 0;
    this.senderOffset ??= (state.offset - sender) | 0;
    state.offset = (sender + this.senderOffset) | 0;
    state.reported = true;
  }
}
