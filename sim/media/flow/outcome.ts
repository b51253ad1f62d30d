import type { LayerName } from '../../../core/media/layers.js';
import type { FlowStream } from './flow-stream.js';
import { clearFrames, type FrameMask, frameMask } from './frame-mask.js';

/** What has become of one stream in one interval. A few of them are used again and again. */
export class Outcome {
  /** Spoken frames that are neither played nor repaired. */
  readonly concealed: FrameMask;
  /** Spoken frames, played or repaired. */
  count = 0;
  /** Sum over these of the time from leaving the sender to being played, in microseconds. */
  delayUs = 0;
  /** Spoken frames whose own packet was played, and the sum of their time under way, in microseconds. */
  received = 0;
  networkUs = 0;
  /** Longest time by which a dry buffer put off playing. */
  stalledUs = 0;
  /** By frame: when it is played, from its capture on; null: all after the same time. */
  playoutUs: Float64Array | null = null;
  stream: FlowStream | null = null;
  layer: LayerName = 'h';
  /** Size of a packet on the wire. */
  bytes = 0;
  private readonly times: Float64Array;

  /** @param frames most frames of an interval */
  constructor(frames: number) {
    this.concealed = frameMask(frames);
    this.times = new Float64Array(frames);
  }

  begin(stream: FlowStream | null, layer: LayerName, bytes: number): void {
    this.stream = stream;
    this.layer = layer;
    this.bytes = bytes;
    clearFrames(this.concealed);
    this.count = this.delayUs = this.received = this.networkUs = this.stalledUs = 0;
    this.playoutUs = null;
  }

  /** Each frame is played after a time of its own. */
  time(): Float64Array {
    this.playoutUs = this.times;
    return this.times;
  }

  /** One more frame, as good as those of another outcome are on average. */
  add(other: Outcome): void {
    this.count++;
    this.delayUs += other.delayUs / other.count;
    if (other.received === 0) return;
    this.received++;
    this.networkUs += other.networkUs / other.received;
  }
}
