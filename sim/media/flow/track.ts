import type { ChoiceStream } from '../../kernel/index.js';
import { FRAME_US } from '../talk/index.js';
import { runLength } from './burst-chain.js';
import { addFrames, clearFrames, copyFrames, type FrameMask, frameMask } from './frame-mask.js';
import type { LinkFlow } from './link-flow.js';

/**
 * The packets of one stream on their way through one interval: which are lost so far, and how long each has been under way. As long as
 * all have been under way equally long, that is one number.
 */
export class Track {
  /** Frames whose packet is lost. */
  readonly lost: FrameMask;
  /** True: each packet has a time of its own, in {@link timesUs}; false: all have been under way for {@link delayUs}. */
  timed = false;
  delayUs = 0;
  /** Has come over a link whose delay varies by itself, not only by its queue. */
  jittery = false;
  /** By frame: when the packet is where it is now, in microseconds of virtual time. */
  readonly timesUs: Float64Array;
  /** Size on the wire. */
  bytes = 0;
  private startFrame = 0;
  private frames = 0;

  /** @param frames most frames of an interval */
  constructor(frames: number) {
    this.lost = frameMask(frames);
    this.timesUs = new Float64Array(frames);
  }

  /** Packets of `bytes` leave the encoder, one at the end of each frame. */
  start(startFrame: number, frames: number, bytes: number): void {
    clearFrames(this.lost);
    this.timed = false;
    this.jittery = false;
    this.delayUs = 0;
    this.bytes = bytes;
    this.startFrame = startFrame;
    this.frames = frames;
  }

  /** The same packets once more: an SFU sends copies. */
  copy(other: Track): void {
    copyFrames(other.lost, this.lost);
    this.timed = other.timed;
    this.jittery = other.jittery;
    this.delayUs = other.delayUs;
    this.bytes = other.bytes;
    this.startFrame = other.startFrame;
    this.frames = other.frames;
    if (this.timed) this.timesUs.set(other.timesUs);
  }

  /** The same time for all of them. */
  wait(us: number): void {
    if (!this.timed) this.delayUs += us;
    else for (let frame = 0; frame < this.frames; frame++) this.timesUs[frame]! += us;
  }

  /** Loses a share of the packets, each on its own. */
  thin(stream: ChoiceStream, share: number): void {
    for (let frame = runLength(stream, share) - 1; frame < this.frames; frame += runLength(stream, share))
      addFrames(this.lost, frame, frame + 1);
  }

  /** From now on each packet has its own time. */
  time(): void {
    if (this.timed) return;
    this.timed = true;
    const { timesUs, startFrame, frames, delayUs } = this;
    for (let frame = 0; frame < frames; frame++) timesUs[frame] = (startFrame + frame) * FRAME_US + delayUs;
  }

  /** One packet into the queue of a link. The track must have times. @param atUs when it comes there */
  queue(link: LinkFlow, frame: number, atUs: number): void {
    const exitUs = link.offer(atUs, this.bytes);
    if (exitUs < 0) addFrames(this.lost, frame, frame + 1);
    else this.timesUs[frame]! += exitUs - atUs;
  }

  /**
   * Through a link, behind its queue: loss, delay, jitter.
   * @param sent frames with a packet
   * @param lastUs when the last packet before came out of this link; it is not overtaken
   * @param packetsPerFrame see {@link LinkFlow.travel}
   * @returns when the last one came out
   */
  through(link: LinkFlow, sent: FrameMask, lastUs: number, packetsPerFrame: number): number {
    link.lose(this.lost);
    if (link.steady) {
      this.wait(link.delayUs);
      return lastUs;
    }
    this.time();
    this.jittery = true;
    return link.travel(sent, this.lost, this.timesUs, lastUs, packetsPerFrame);
  }
}
