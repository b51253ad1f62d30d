import type { ChoiceStream } from '../../kernel/index.js';
import { FRAME_US } from '../talk/index.js';

/** What is known of a full queue holds for so long. Unit: microseconds. */
const KNOWN_US = 1_200_000;

/** Reports on their way into the queue of a link, and how many of them found room. */
export class ReportQueue {
  /** Size of one of them on the wire. */
  bytes = 0;
  /** Of the first one, in its share of the time: each device has its own. */
  private place = -1;
  private left = 0;
  private nextUs = 0;
  private everyUs = 0;
  private untilUs = 0;
  private offered = 0;
  private dropped = 0;

  /**
   * Evenly spread over a time, each at another moment of a frame.
   * @param packets mean number of them, more than 0
   * @param bytes of all of them
   */
  expect(packets: number, bytes: number, fromUs: number, untilUs: number, stream: ChoiceStream): void {
    if (this.place < 0) this.place = stream.uniform();
    this.left = Math.floor(packets + stream.uniform());
    this.bytes = bytes / packets;
    this.everyUs = (untilUs - fromUs) / packets;
    this.nextUs = fromUs + this.place * Math.min(this.everyUs, untilUs - fromUs - FRAME_US) + stream.choose(FRAME_US);
    if (this.left === 0) return;
    this.untilUs = untilUs;
    this.offered = this.dropped = 0;
  }

  /** When the next one comes, if that is before a time; -1: none does. */
  next(beforeUs: number): number {
    if (this.left === 0 || this.nextUs >= beforeUs) return -1;
    const atUs = this.nextUs;
    this.left--;
    this.nextUs += this.everyUs;
    return atUs;
  }

  note(accepted: boolean): void {
    this.offered++;
    if (!accepted) this.dropped++;
  }

  /** Share dropped of those that came not long before a time. */
  lossShareAt(atUs: number): number {
    return this.offered === 0 || atUs - this.untilUs > KNOWN_US ? 0 : this.dropped / this.offered;
  }
}
