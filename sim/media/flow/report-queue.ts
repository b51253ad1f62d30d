/** What is known of a full queue holds for so long. Unit: microseconds. */
const KNOWN_US = 1_200_000;

/** Reports on their way into the queue of a link, and how many of them found room. */
export class ReportQueue {
  /** Size of one of them on the wire. */
  bytes = 0;
  private left = 0;
  private nextUs = 0;
  private everyUs = 0;
  private untilUs = 0;
  private offered = 0;
  private dropped = 0;

  /**
   * Evenly spread over a time, from a moment on that is drawn.
   * @param place of the first one in its share of the time, 0..1
   */
  expect(packets: number, bytes: number, fromUs: number, untilUs: number, place: number): void {
    this.left = packets;
    this.bytes = bytes;
    this.everyUs = packets > 0 ? (untilUs - fromUs) / packets : 0;
    this.nextUs = fromUs + place * this.everyUs;
    if (packets === 0) return;
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
