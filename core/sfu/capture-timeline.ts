import type { LayerName } from '../media/layers.js';
import { OPUS_CLOCK } from '../media/rtp.js';

/** How far apart the RTP timestamps of a publisher's layers are for the same moment of capture. */
export interface LayerAlignment {
  /** What, added to a timestamp of this layer, gives a place on the timeline of the publisher; modulo 2^32, in ticks. */
  offset(layer: LayerName): number;
}

/** Minimum of the transit time over this long, in ms: follows the drift between two clocks. */
const WINDOW_MS = 5_000;
/** Two packets in a row whose transit times differ by more come from two different streams. */
const BREAK_MS = 10_000;

interface LayerState {
  offset: number;
  /** Transit of the packet before. */
  transit: number;
  /** Least transit of the present window, and its end; NaN before the first packet. */
  least: number;
  windowEndMs: number;
  /** The sender's own clock is known: `offset` is exact. */
  reported: boolean;
}

const unseen = (): LayerState => ({ offset: 0, transit: 0, least: 0, windowEndMs: Number.NaN, reported: false });

/**
 * Timeline of capture that the layers of one publisher share. Each SSRC begins at a random timestamp (RFC 3550, section 5.1), so the
 * same 20 ms have another one in each layer.
 *
 * At first layers are aligned by *arrival*: all of them take the same way, so the least transit time of the last seconds differs
 * between them only by their offsets and by how long the link takes for a packet of one more than of the other. Once a sender report
 * of a layer has come, its mapping of the sender's clock to RTP time (RFC 3550, section 6.4.1) is used instead: it is exact.
 */
export class CaptureTimeline implements LayerAlignment {
  protected readonly layers: Readonly<Record<LayerName, LayerState>> = { h: unseen(), m: unseen(), l: unseen() };
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
    state.transit = transit;
    if (jump > BREAK_MS * this.ticksPerMs || Number.isNaN(state.windowEndMs)) {
      state.offset = state.least = transit;
      state.windowEndMs = atMs + WINDOW_MS;
      state.reported = false;
      return;
    }
    if (state.reported) return;
    if (((transit - state.offset) | 0) < 0) state.offset = transit;
    if (((transit - state.least) | 0) < 0) state.least = transit;
    if (atMs >= state.windowEndMs) {
      state.offset = state.least;
      state.least = transit;
      state.windowEndMs = atMs + WINDOW_MS;
    }
  }

  /**
   * A sender report of the layer has arrived. Before the layer's first packet it says nothing yet.
   * @param ntpMs the sender's wall clock in the report
   * @param timestamp the RTP timestamp for the same moment
   */
  reported(layer: LayerName, ntpMs: number, timestamp: number): void {
    const state = this.layers[layer];
    if (Number.isNaN(state.windowEndMs) || !Number.isFinite(ntpMs)) return;
    const sender = (Math.round(ntpMs * this.ticksPerMs) - timestamp) | 0;
    this.senderOffset ??= (state.offset - sender) | 0;
    state.offset = (sender + this.senderOffset) | 0;
    state.reported = true;
  }
}
