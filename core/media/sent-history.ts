import type { PacketFeedback } from './bandwidth-estimator.js';
import { FEEDBACK_TICK_MS, REFERENCE_TICKS, type TransportFeedback } from './rtcp.js';

const WINDOW_MIN = 256;
const WINDOW_MAX = 32_768;
/** A packet without feedback is remembered this long, in ms: twice the longest interval of reports. */
const MEMORY_MS = 20_000;
const REFERENCE_MS = REFERENCE_TICKS * FEEDBACK_TICK_MS;

/** What became of a packet, as far as the sender has been told. */
const State = { unknown: 0, sent: 1, lost: 2 } as const;

/**
 * The sender's side of transport-wide feedback: numbers the packets of one transport and remembers when they were sent. Times are
 * the sender's clock in ms.
 */
export class SentHistory {
  /** Packets in feedbacks that were never sent, or are forgotten, or were told before. */
  unknown = 0;

  protected sentMs = new Float64Array(WINDOW_MIN);
  protected bytes = new Uint32Array(WINDOW_MIN);
  protected states = new Uint8Array(WINDOW_MIN);
  /** Number of the next packet: its sequence number counted on over wraps. */
  protected next: number;
  /** Reference time of the last feedback, counted on over wraps; null: none has come. */
  protected reference: number | null = null;

  /** @param firstSequenceNumber of the transport, 16 bits */
  constructor(firstSequenceNumber = 0) {
    this.next = firstSequenceNumber + 0x1_0000;
  }

  /** A packet is sent. @returns the transport-wide sequence number it has to carry, 16 bits */
  onSent(sentMs: number, bytes: number): number {
    if (this.crowded(sentMs)) this.grow();
    const number = this.next++;
    const place = number & (this.states.length - 1);
    this.sentMs[place] = sentMs;
    this.bytes[place] = bytes;
    this.states[place] = State.sent;
    return number & 0xffff;
  }

  /**
   * What a feedback says that was not known, in the order of sending. A packet told as lost may come again when it has arrived after
   * all. `arrivedMs` is the receiver's clock modulo 12.4 days, without jumps.
   */
  resolve(feedback: TransportFeedback): PacketFeedback[] {
    const originMs = this.unwrapReference(feedback.referenceTime) * REFERENCE_MS;
    const last = this.next - 1;
    const first = last - ((last - feedback.baseSequenceNumber) & 0xffff);
    const window = this.states.length;
    const resolved: PacketFeedback[] = [];
    for (let index = 0; index < feedback.arrivals.length; index++) {
      const tick = feedback.arrivals[index] as number | null;
      const number = first + index;
      const place = number & (window - 1);
      const state = number > last || number <= last - window ? State.unknown : this.states[place];
      if (state === State.unknown) this.unknown++;
      if (state === State.unknown || (tick === null && state === State.lost)) continue;
      this.states[place] = tick === null ? State.lost : State.unknown;
      resolved.push({
        sentMs: this.sentMs[place] as number,
        arrivedMs: tick === null ? null : originMs + tick * FEEDBACK_TICK_MS,
        bytes: this.bytes[place] as number,
      });
    }
    return resolved;
  }

  protected unwrapReference(referenceTime: number): number {
    const before = this.reference ?? referenceTime;
    this.reference = before + (((referenceTime - before) << 8) >> 8);
    return this.reference;
  }

  /** The next place is taken by a packet that may still be told of. */
  protected crowded(nowMs: number): boolean {
    const place = this.next & (this.states.length - 1);
    return (
      this.states[place] === State.sent &&
      nowMs - (this.sentMs[place] as number) < MEMORY_MS &&
      this.states.length < WINDOW_MAX
    );
  }

  protected grow(): void {
    const { sentMs, bytes, states } = this;
    const window = states.length;
    this.sentMs = new Float64Array(window * 2);
    this.bytes = new Uint32Array(window * 2);
    this.states = new Uint8Array(window * 2);
    for (let number = this.next - window; number < this.next; number++) {
      const from = number & (window - 1);
      const to = number & (window * 2 - 1);
      this.sentMs[to] = sentMs[from] as number;
      this.bytes[to] = bytes[from] as number;
      this.states[to] = states[from] as number;
    }
  }
}
