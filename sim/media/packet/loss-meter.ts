import type { LossReport, PacketFeedback } from '../../../core/media/bandwidth-estimator.js';
import type { RemoteReception, SenderStatistics } from '../../../core/media/sender-statistics.js';

/** A share of loss counts when it is based on so many packets (`kLimitNumPackets` of libwebrtc): in silence there are two or three in a report. */
const ENOUGH_PACKETS = 20;

/**
 * Loss of what one end of a transport sends, on the way to the other end.
 *
 * Transport-wide feedback says it exactly. Receiver reports do not where an SFU is the sender: what its publishers have lost on their way to it are gaps in
 * what it forwards. So with feedback, reports are asked for the round trip only.
 */
export class LossMeter {
  private readonly before = new Map<number, { readonly highest: number; readonly lost: number }>();
  private expected = 0;
  private lost = 0;
  private rttMs: number | null = null;

  /** @param fedBack whether there is transport-wide feedback */
  constructor(private readonly fedBack: boolean) {}

  /** Transport-wide feedback has come. */
  addFeedback(packets: readonly PacketFeedback[]): void {
    this.expected += packets.length;
    for (const { arrivedMs } of packets) if (arrivedMs === null) this.lost++;
  }

  /** A report on a stream has come. */
  add({ ssrc, packets }: SenderStatistics, { highestSequence, cumulativeLost, rttMs }: RemoteReception): void {
    const before = this.before.get(ssrc);
    this.before.set(ssrc, { highest: highestSequence, lost: cumulativeLost });
    this.rttMs = rttMs ?? this.rttMs;
    if (this.fedBack) return;
    this.expected += before === undefined ? packets : Math.max(0, highestSequence - before.highest);
    this.lost += before === undefined ? cumulativeLost : cumulativeLost - before.lost;
  }

  /** A stream has ended. */
  forget(ssrc: number): void {
    this.before.delete(ssrc);
  }

  /** Loss since the last one; null while that is too little to tell. */
  take(atMs: number): LossReport | null {
    if (this.expected < ENOUGH_PACKETS) return null;
    const lossShare = Math.min(1, Math.max(0, this.lost / this.expected));
    this.expected = this.lost = 0;
    return { atMs, lossShare, rttMs: this.rttMs };
  }
}
