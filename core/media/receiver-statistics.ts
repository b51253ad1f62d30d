import { compactNtp, compactSpan } from './ntp.js';
import type { ReportBlock, SenderReport } from './rtcp.js';
import { OPUS_CLOCK, type RtpFields, timestampDistance } from './rtp.js';

const MAX_DROPOUT = 3_000;
const MAX_MISORDER = 100;
const MIN_SEQUENTIAL = 2;
const SEQUENCES = 0x1_0000;
/** No sequence number. */
const NONE = SEQUENCES + 1;
const LOST_MAX = 0x7f_ffff;

/**
 * What a receiver knows of one stream (RFC 3550, appendices A.1, A.3, A.8). Times are the caller's clock in ms, fractions count.
 *
 * Jitter is a floating-point number, not the integer of A.8: `J += (|D| - J) / 16` is then exact to the formula (the integer form stays up to
 * 15/16 of a tick above it), arrivals keep their microseconds, and as it is only subtraction and a division by a power of two every
 * machine gets the same.
 */
export class ReceiverStatistics {
  /** Packets that passed the sequence check. */
  packets = 0;
  /** Bytes of their payloads. */
  bytes = 0;
  /** Of these, the ones that came after a packet with a higher number: reordered or duplicate. */
  late = 0;
  /** How often the sender has begun a new sequence. */
  restarts = 0;

  protected probation = MIN_SEQUENTIAL;
  protected baseSequence = 0;
  protected maxSequence = NONE;
  protected badSequence = NONE;
  /** Wraps of the sequence number, times 65 536. */
  protected cycles = 0;
  protected received = 0;
  protected expectedBefore = 0;
  protected receivedBefore = 0;

  protected jitterTicks = 0;
  protected hasTransit = false;
  protected lastArrivalMs = 0;
  protected lastTimestamp = 0;

  protected lastSenderReport = 0;
  protected senderReportMs = 0;
  protected readonly ticksPerMs: number;

  /**
   * @param ssrc of the stream
   * @param clockRate ticks of its RTP clock in a second
   */
  constructor(
    readonly ssrc: number,
    clockRate = OPUS_CLOCK,
  ) {
    this.ticksPerMs = clockRate / 1000;
  }

  /** Packets that should have arrived since the first valid one. */
  get expected(): number {
    return this.received === 0 ? 0 : this.cycles + this.maxSequence - this.baseSequence + 1;
  }

  /** Of these, the ones that have not; duplicates count as arrived, so it may be negative. */
  get lost(): number {
    return this.expected - this.received;
  }

  get jitterMs(): number {
    return this.jitterTicks / this.ticksPerMs;
  }

  /**
   * A packet has arrived.
   * @returns false: it does not count, because the stream is not valid yet (two in a row are needed) or its number is far off
   */
  onPacket(packet: Readonly<RtpFields>, payloadBytes: number, arrivalMs: number): boolean {
    if (!this.accept(packet.sequenceNumber)) return false;
    this.received++;
    this.packets++;
    this.bytes += payloadBytes;
    const timestamp = packet.timestamp | 0;
    if (this.hasTransit) {
      const difference =
        (arrivalMs - this.lastArrivalMs) * this.ticksPerMs - timestampDistance(this.lastTimestamp, timestamp);
      this.jitterTicks += (Math.abs(difference) - this.jitterTicks) / 16;
    }
    this.hasTransit = true;
    this.lastArrivalMs = arrivalMs;
    this.lastTimestamp = timestamp;
    return true;
  }

  /** A sender report for this stream has arrived. */
  onSenderReport(report: SenderReport, arrivalMs: number): void {
    this.lastSenderReport = compactNtp({ seconds: report.ntpSeconds, fraction: report.ntpFraction });
    this.senderReportMs = arrivalMs;
  }

  /**
   * The block for the next report; begins a new interval.
   * @returns null if nothing has arrived since the one before: then there is no block (RFC 3550, section 6.4), for its share of loss would be 0
   * in an outage. What was lost meanwhile stands in the next block.
   */
  report(atMs: number): ReportBlock | null {
    const { expected } = this;
    if (this.received === this.receivedBefore) return null;
    const expectedSince = expected - this.expectedBefore;
    const lostSince = expectedSince - (this.received - this.receivedBefore);
    this.expectedBefore = expected;
    this.receivedBefore = this.received;
    return {
      ssrc: this.ssrc,
      fractionLost: lostSince <= 0 ? 0 : Math.floor((lostSince * 256) / expectedSince),
      cumulativeLost: Math.min(Math.max(this.lost, -LOST_MAX - 1), LOST_MAX),
      highestSequence: (this.cycles + this.maxSequence) >>> 0,
      jitter: Math.min(Math.floor(this.jitterTicks), 0xffff_ffff),
      lastSenderReport: this.lastSenderReport,
      delaySinceLastSenderReport: this.lastSenderReport === 0 ? 0 : compactSpan(atMs - this.senderReportMs),
    };
  }

  /** Appendix A.1, `update_seq`. */
  protected accept(sequence: number): boolean {
    if (this.probation > 0) return this.onProbation(sequence);
    const ahead = (sequence - this.maxSequence) & 0xffff;
    if (ahead < MAX_DROPOUT) {
      if (ahead === 0) this.late++;
      if (sequence < this.maxSequence) this.cycles += SEQUENCES;
      this.maxSequence = sequence;
      return true;
    }
    if (ahead <= SEQUENCES - MAX_MISORDER) {
      if (sequence !== this.badSequence) {
        this.badSequence = (sequence + 1) & 0xffff;
        return false;
      }
      this.restarts++;
      this.begin(sequence);
      return true;
    }
    this.late++;
    return true;
  }

  /** A source is valid when two packets have come in a row. */
  protected onProbation(sequence: number): boolean {
    const next = this.maxSequence !== NONE && sequence === ((this.maxSequence + 1) & 0xffff);
    this.maxSequence = sequence;
    this.probation = next ? this.probation - 1 : MIN_SEQUENTIAL - 1;
    if (this.probation > 0) return false;
    this.begin(sequence);
    return true;
  }

  /** Appendix A.1, `init_seq`. A new sequence has a new clock. */
  protected begin(sequence: number): void {
    this.baseSequence = sequence;
    this.maxSequence = sequence;
    this.badSequence = NONE;
    this.cycles = 0;
    this.received = 0;
    this.receivedBefore = 0;
    this.expectedBefore = 0;
    this.hasTransit = false;
  }
}
