import { LAYER_NAMES, type LayerName } from '../../../core/media/layers.js';
import { conceal } from './fec.js';
import type { FlowSeat } from './flow-seat.js';
import type { FlowStream } from './flow-stream.js';
import { countBoth, countFrames, type FrameMask, frameMask, framesWithout } from './frame-mask.js';
import { Outcome } from './outcome.js';
import type { ServerFlow } from './server-flow.js';
import { Track } from './track.js';

/**
 * One encoding of one talker in one interval as an SFU sends it on. Every listener gets the same packets: what becomes of them is worked out once, and
 * only a link that loses some, or delays them unevenly, needs a track of its own.
 */
export class ForwardedVoice {
  /** As it comes to the node's card; as it leaves it, if {@link even}. */
  readonly track: Track;
  /** Frames with a packet there, and how many. */
  readonly sent: FrameMask;
  copies = 0;
  /** The card neither loses nor holds up any packet, and all have taken equally long. */
  even = false;
  private readonly outcome: Outcome;
  private seat: FlowSeat | null = null;
  private judged = false;

  /** @param most frames of an interval */
  constructor(most: number) {
    this.track = new Track(most);
    this.sent = frameMask(most);
    this.outcome = new Outcome(most);
  }

  /** @param arrived the encoding at the node */
  begin(arrived: Track, seat: FlowSeat, server: ServerFlow): void {
    const { track, sent } = this;
    this.seat = seat;
    this.judged = false;
    track.copy(arrived);
    framesWithout(seat.sent!, track.lost, sent);
    this.copies = countFrames(sent);
    track.wait(server.forwardingUs);
    this.even = !track.timed && server.up.even;
    if (this.even) server.up.delay(track);
  }

  /** Bytes of speech that a listener gets who loses nothing more. */
  get spokenBytes(): number {
    const { spokenCount, sentCount } = this.seat!;
    return Math.round((this.copies * this.track.bytes * spokenCount) / sentCount);
  }

  /** What becomes of it at a listener who loses nothing more. The same object for all of them: only delays differ. */
  heard(stream: FlowStream, layer: number, frames: number, fec: boolean): Outcome {
    const { outcome } = this;
    if (!this.judged) this.judge(layer, frames, fec);
    outcome.stream = stream;
    return outcome;
  }

  private judge(layer: number, frames: number, fec: boolean): void {
    const { outcome, track } = this;
    const { sent, spoken, spokenCount } = this.seat!;
    this.judged = true;
    outcome.begin(null, LAYER_NAMES[layer] as LayerName, track.bytes);
    outcome.count = spokenCount - conceal(sent!, spoken!, track.lost, frames, fec, outcome.concealed);
    outcome.received = spokenCount - countBoth(spoken!, track.lost);
  }
}
