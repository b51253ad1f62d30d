import type { Network } from '../../net/index.js';
import { Feedback } from './feedback.js';
import { emptyVoice, type FlowPair } from './flow-pair.js';
import type { FlowStream } from './flow-stream.js';
import { FlowTalker } from './flow-talker.js';
import type { ForwardedVoice } from './forwarded-voice.js';
import { copyFrames, type FrameMask, frameMask } from './frame-mask.js';
import { Outcome } from './outcome.js';
import { Track } from './track.js';

/** One stream at the entrance of a listener's downlink, used again and again. */
export class Arrival {
  talker!: FlowTalker;
  pair!: FlowPair;
  stream!: FlowStream;
  /** Index of the encoding. */
  layer = 0;
  /** What others get as well; null: {@link track} and {@link sent} are its own. */
  shared: ForwardedVoice | null = null;
  /** Of what is shared: how long it has been under way. */
  delayUs = 0;
  /** As it comes to the link, and as it leaves it. */
  readonly entered: Track;
  readonly track: Track;
  /** Frames with a packet there. */
  readonly sent: FrameMask;

  /** @param most frames of an interval */
  constructor(most: number) {
    this.entered = new Track(most);
    this.track = new Track(most);
    this.sent = frameMask(most);
  }

  begin(talker: FlowTalker, pair: FlowPair, stream: FlowStream, layer: number, shared: ForwardedVoice | null): void {
    this.talker = talker;
    this.pair = pair;
    this.stream = stream;
    this.layer = layer;
    this.shared = shared;
  }

  /** Size of a packet on the wire. */
  get bytes(): number {
    return this.shared === null ? this.track.bytes : this.shared.track.bytes;
  }

  wait(us: number): void {
    if (this.shared === null) this.track.wait(us);
    else this.delayUs += us;
  }

  /** What happens from here on happens to nobody else. */
  part(): void {
    const { shared, track, sent } = this;
    if (shared === null) return;
    this.shared = null;
    track.copy(shared.track);
    track.delayUs = this.delayUs;
    copyFrames(shared.sent, sent);
  }
}

/** What the work on one interval of one channel needs; there is one for all channels, since they are worked on one after the other. */
export class FlowScratch {
  readonly p2p: Outcome;
  readonly sfu: Outcome;
  readonly merged: Outcome;
  readonly feedback = new Feedback();
  readonly voice = emptyVoice();
  private readonly talkers: FlowTalker[] = [];
  private readonly arrivals: Arrival[] = [];

  /** @param most frames of an interval */
  constructor(
    readonly most: number,
    private readonly network: Network,
    private readonly extensions: boolean,
  ) {
    this.p2p = new Outcome(most);
    this.sfu = new Outcome(most);
    this.merged = new Outcome(most);
  }

  talker(index: number): FlowTalker {
    let talker = this.talkers[index];
    if (talker === undefined) {
      talker = new FlowTalker(this.most, this.network, this.extensions);
      this.talkers.push(talker);
    }
    return talker;
  }

  arrival(index: number): Arrival {
    let arrival = this.arrivals[index];
    if (arrival === undefined) {
      arrival = new Arrival(this.most);
      this.arrivals.push(arrival);
    }
    return arrival;
  }
}
