import { compactNtp, compactSpanMs, ntpTime } from './ntp.js';
import type { ReportBlock, SenderReport } from './rtcp.js';
import { OPUS_CLOCK } from './rtp.js';

/** How one receiver gets a stream, as its sender knows it. */
export interface RemoteReception {
  /** When the report came, by the sender's clock, in ms. */
  readonly atMs: number;
  /** Share of packets lost since the report before, 0..1. */
  readonly lossShare: number;
  /** Since the beginning; duplicates make it negative. */
  readonly cumulativeLost: number;
  readonly highestSequence: number;
  readonly jitterMs: number;
  /** Newest known; null until the first sender report has come back. */
  readonly rttMs: number | null;
}

/** What the sender of one stream to one receiver knows. Times are the sender's clock in ms, fractions count. */
export class SenderStatistics {
  packets = 0;
  /** Bytes of payload. */
  octets = 0;
  /** From the newest report block; null before the first. */
  remote: RemoteReception | null = null;

  protected lastTimestamp = 0;
  protected lastSentMs = 0;
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

  /** A packet has been sent. */
  onPacket(timestamp: number, payloadBytes: number, sentMs: number): void {
    this.packets++;
    this.octets += payloadBytes;
    this.lastTimestamp = timestamp | 0;
    this.lastSentMs = sentMs;
  }

  /** The sender report for this moment; null before the first packet. */
  report(atMs: number): SenderReport | null {
    if (this.packets === 0) return null;
    const { seconds, fraction } = ntpTime(atMs);
    return {
      ssrc: this.ssrc,
      ntpSeconds: seconds,
      ntpFraction: fraction,
      rtpTimestamp: (this.lastTimestamp + Math.round((atMs - this.lastSentMs) * this.ticksPerMs)) >>> 0,
      packetCount: this.packets >>> 0,
      octetCount: this.octets >>> 0,
    };
  }

  /** A report block for this stream has come. */
  onReportBlock(block: ReportBlock, atMs: number): RemoteReception {
    const rttMs = block.lastSenderReport === 0 ? (this.remote?.rttMs ?? null) : roundTripMs(block, atMs);
    this.remote = {
      atMs,
      lossShare: block.fractionLost / 256,
      cumulativeLost: block.cumulativeLost,
      highestSequence: block.highestSequence,
      jitterMs: block.jitter / this.ticksPerMs,
      rttMs,
    };
    return this.remote;
  }
}

/**
 * Round-trip time from a report block: now - LSR - DLSR in compact NTP (RFC 3550, section 6.4.1 and figure 2); to 1/65 536 s. A negative one (the receiver's
 * clock runs faster than the sender's) counts as 0.
 * @param atMs arrival of the block by the clock that stamped the sender report, in ms
 */
export function roundTripMs(block: ReportBlock, atMs: number): number {
  const span = (compactNtp(ntpTime(atMs)) - block.lastSenderReport - block.delaySinceLastSenderReport) | 0;
  return compactSpanMs(Math.max(0, span));
}
