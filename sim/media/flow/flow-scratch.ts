import type { Network } from '../../net/index.js';
import { Feedback } from './feedback.js';
import { emptyVoice, type FlowPair } from './flow-pair.js';
import type { FlowStream } from './flow-stream.js';
import { FlowTalker } from './flow-talker.js';
import { type FrameMask, frameMask } from './frame-mask.js';
import { Outcome } from './outcome.js';
import { Track } from './track.js';

/** One stream at the entrance of a listener's downlink. */
export interface Arrival {
  /** As it comes to the link, and as it leaves it. */
  readonly entered: Track;
  readonly track: Track;
  /** Frames with a packet there. */
  readonly sent: FrameMask;
  talker: FlowTalker;
  pair: FlowPair;
  stream: FlowStream;
  /** Index of the encoding. */
  layer: number;
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

  arrival(index: number, talker: FlowTalker, pair: FlowPair, stream: FlowStream, layer: number): Arrival {
    let arrival = this.arrivals[index];
    if (arrival === undefined) {
      const { most } = this;
      arrival = {
        entered: new Track(most),
        track: new Track(most),
        sent: frameMask(most),
        talker,
        pair,
        stream,
        layer,
      };
      this.arrivals.push(arrival);
    }
    arrival.talker = talker;
    arrival.pair = pair;
    arrival.stream = stream;
    arrival.layer = layer;
    return arrival;
  }
}
