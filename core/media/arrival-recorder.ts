import { FEEDBACK_TICK_MS, REFERENCE_TICKS, type TransportFeedback } from './rtcp.js';
import { sequenceDistance } from './rtp.js';

/** Packets in one feedback: its bytes stay below 1 200 whatever the arrivals are. */
const FEEDBACK_PACKETS = 500;
/** A packet that comes later than this many others stays lost. */
const LATE_PACKETS = 500;
const WINDOW_MIN = 512;
const WINDOW_MAX = 8_192;
const DELTA_MIN = -0x8000;
const DELTA_MAX = 0x7fff;

/**
 * The receiver's side of transport-wide feedback: notes when packets arrive, and tells. One for each transport; times are the receiver's clock in
 * ms. A packet that comes after it was told as lost is told again, with all that follow. More than 8 192 packets between two
 * feedbacks are not told: the oldest are left out.
 */
export class ArrivalRecorder {
  /** Ticks of 0.25 ms, by number modulo length; NaN: not arrived. */
  protected arrivals = new Float64Array(WINDOW_MIN).fill(Number.NaN);
  /** Highest number that has arrived. Numbers are sequence numbers counted on over their wraps. */
  protected highest = -1;
  /** First number of the next feedback. */
  protected next = 0;
  protected feedbackCount = 0;

  constructor(protected readonly streams: { readonly senderSsrc: number; readonly mediaSsrc: number }) {}

  /** A packet with this transport-wide sequence number has arrived. Of duplicates the first counts. */
  onPacket(sequenceNumber: number, arrivalMs: number): void {
    if (this.highest < 0) this.highest = this.next = sequenceNumber + 0x1_0000;
    const number = this.highest + sequenceDistance(this.highest, sequenceNumber);
    if (number < this.highest - LATE_PACKETS) return;
    if (number > this.highest) this.advance(number);
    const place = number & (this.arrivals.length - 1);
    if (!Number.isNaN(this.arrivals[place])) return;
    this.arrivals[place] = Math.floor(arrivalMs / FEEDBACK_TICK_MS);
    if (number < this.next) this.next = number;
  }

  /** The next feedback, or null if all has been told. Ask until null: what does not fit into one packet comes in several. */
  take(): TransportFeedback | null {
    if (this.highest < this.next) return null;
    const referenceTime = Math.floor(this.firstTick() / REFERENCE_TICKS);
    const origin = referenceTime * REFERENCE_TICKS;
    const arrivals: (number | null)[] = [];
    const end = Math.min(this.highest + 1, this.next + FEEDBACK_PACKETS);
    let before = origin;
    for (let number = this.next; number < end; number++) {
      const tick = this.tickOf(number);
      if (Number.isNaN(tick)) {
        arrivals.push(null);
        continue;
      }
      if (tick - before < DELTA_MIN || tick - before > DELTA_MAX) break;
      arrivals.push(tick - origin);
      before = tick;
    }
    const baseSequenceNumber = this.next & 0xffff;
    this.next += arrivals.length;
    const feedbackCount = this.feedbackCount;
    this.feedbackCount = (feedbackCount + 1) & 0xff;
    return { ...this.streams, baseSequenceNumber, referenceTime: referenceTime & 0xff_ffff, feedbackCount, arrivals };
  }

  protected tickOf(number: number): number {
    return this.arrivals[number & (this.arrivals.length - 1)] as number;
  }

  /** Arrival of the first packet from `next` on that has arrived; `highest` has. */
  protected firstTick(): number {
    let number = this.next;
    while (Number.isNaN(this.tickOf(number))) number++;
    return this.tickOf(number);
  }

  protected advance(number: number): void {
    while (number - this.next >= this.arrivals.length && this.arrivals.length < WINDOW_MAX) this.grow();
    const window = this.arrivals.length;
    for (let each = Math.max(this.highest, number - window) + 1; each <= number; each++) {
      this.arrivals[each & (window - 1)] = Number.NaN;
    }
    this.highest = number;
    this.next = Math.max(this.next, number - window + 1);
  }

  protected grow(): void {
    const grown = new Float64Array(this.arrivals.length * 2).fill(Number.NaN);
    for (let number = this.highest - this.arrivals.length + 1; number <= this.highest; number++) {
      grown[number & (grown.length - 1)] = this.tickOf(number);
    }
    this.arrivals = grown;
  }
}
