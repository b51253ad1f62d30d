import type { BandwidthEstimator, LossReport, PacketFeedback } from '../bandwidth-estimator.js';
import { clamp } from '../clamp.js';
import { checkedLimits, type EstimatorLimits } from '../estimator-limits.js';
import { RembCap } from '../remb-cap.js';
import { AcknowledgedRate } from './acknowledged-rate.js';
import { AimdRateControl } from './aimd-rate-control.js';
import { ArrivalGroups } from './arrival-groups.js';
import { LossController } from './loss-controller.js';
import { type LinkUse, OveruseDetector } from './overuse-detector.js';
import { QueueDelay } from './queue-delay.js';
import { Trendline } from './trendline.js';

/** For a transport that carries several voices. 300 is what libwebrtc starts with. */
export const defaultGccLimits: EstimatorLimits = { minKbps: 16, maxKbps: 2_000, startKbps: 300 };

/** What gets through has to be looked at for this long after a decrease, and a round trip more, before it can raise the estimate. */
const PROOF_MS = 1_000;
/** ... and for so long where the link was full again within this time after the estimate had been raised so: nearly full, it would be raised and lowered every other second. */
const DOUBTED_MS = 10_000;

/** A link that makes packets wait and loses more than this of them is full, however its queue has come to be. In a feedback of so many packets it is no luck. */
const FULL_LOSS = 0.25;
const FULL_PACKETS = 25;
/** With more loss than this a delay that has jumped is not taken for a new route. */
const LOSSY = 0.1;

/**
 * An estimator like Google Congestion Control as in libwebrtc, for voice: the lowest of what loss, delay and the receiver (REMB) allow. It counts what
 * the feedback counts: given bytes on the wire, it answers in kbit/s on the wire, for all that the transport carries.
 *
 * Voice is limited by the application nearly always. So the estimate
 * - does not grow further ahead of what gets through than the next layer needs (`headroomKbps`), which spares padding for probes,
 * - is not lowered by silence, nor by sending less,
 * - is at least what gets through without loss and without a growing queue, whatever a bad time has made of it.
 *
 * Without transport-wide feedback only loss and REMB count, and without REMB the estimate grows to its limit while there is no loss.
 */
export class GccEstimator implements BandwidthEstimator {
  protected readonly limits: EstimatorLimits;
  protected readonly remb = new RembCap();
  protected readonly loss: LossController;
  protected readonly groups = new ArrivalGroups();
  protected readonly trendline = new Trendline();
  protected readonly detector = new OveruseDetector();
  protected readonly queue = new QueueDelay();
  protected readonly acknowledged = new AcknowledgedRate();
  /** null before the first transport-wide feedback. */
  protected delay: AimdRateControl | null = null;
  protected rttMs: number | null = null;
  protected nowMs = -Infinity;
  /** When the estimate was raised to what gets through, the last time. */
  protected believedMs = -Infinity;
  protected doubted = false;

  /** Throws an `EstimatorLimitsError`. */
  constructor(limits: Partial<EstimatorLimits> = {}) {
    this.limits = checkedLimits({ ...defaultGccLimits, ...limits });
    this.loss = new LossController(this.limits.startKbps);
  }

  get estimateKbps(): number {
    const { minKbps, maxKbps } = this.limits;
    return clamp(Math.min(this.loss.rateKbps, this.othersKbps()), minKbps, maxKbps);
  }

  get capacityKbps(): number {
    return this.delay?.hasDecreased === true ? this.delay.rateKbps : Infinity;
  }

  onLossReport(report: LossReport): void {
    this.advance(report.atMs);
    if (report.rttMs !== null && report.rttMs >= 0) this.rttMs = report.rttMs;
    if (this.delay && this.rttMs !== null) this.delay.rttMs = this.rttMs;
    const { lossShare } = report;
    this.loss.onReport({ atMs: this.nowMs, lossShare, rttMs: this.rttMs }, this.othersKbps());
    this.loss.rateKbps = clamp(this.loss.rateKbps, this.limits.minKbps, this.limits.maxKbps);
  }

  onTransportFeedback(atMs: number, packets: readonly PacketFeedback[]): void {
    this.advance(atMs);
    let lost = 0;
    for (const { arrivedMs } of packets) if (arrivedMs === null) lost++;
    this.queue.lossy = lost > LOSSY * packets.length;
    for (const { sentMs, arrivedMs, bytes } of packets)
      if (arrivedMs !== null) this.onArrival(sentMs, arrivedMs, bytes);
    this.acknowledged.update();
    this.delay ??= this.startDelayPart();
    const full = packets.length >= FULL_PACKETS && lost > FULL_LOSS * packets.length && this.queue.real;
    this.delay.update(full ? 'over' : this.linkUse(), this.acknowledged, this.nowMs);
    this.delay.rateKbps = clamp(this.delay.rateKbps, this.limits.minKbps, this.limits.maxKbps);
    this.believeWhatGetsThrough(this.delay);
  }

  onRemb(atMs: number, kbps: number): void {
    this.advance(atMs);
    this.remb.onRemb(this.nowMs, kbps);
  }

  protected onArrival(sentMs: number, arrivedMs: number, bytes: number): void {
    this.acknowledged.add(sentMs, arrivedMs, bytes);
    const { groups, trendline } = this;
    if (!groups.add(sentMs, arrivedMs)) return;
    trendline.update(groups.sendDeltaMs, groups.arrivalDeltaMs, groups.arrivedMs);
    this.detector.update(trendline.slope, trendline.count, groups.sendDeltaMs, groups.arrivedMs);
    this.queue.update(groups.arrivalDeltaMs - groups.sendDeltaMs, groups.arrivedMs);
  }

  protected linkUse(): LinkUse {
    if (this.queue.stands && this.loss.isLossy(this.nowMs)) return 'over';
    return this.detector.use === 'over' && !this.queue.real ? 'normal' : this.detector.use;
  }

  /** A rate that has got through for a while, without loss and without a growing queue, is not too high. */
  protected believeWhatGetsThrough(delay: AimdRateControl): void {
    const { deliveredKbps } = this.acknowledged;
    const sinceDecreaseMs = delay.sinceDecreaseMs(this.nowMs);
    if (sinceDecreaseMs === 0) this.doubted = this.nowMs - this.believedMs < DOUBTED_MS;
    const proofMs = (this.doubted ? DOUBTED_MS : PROOF_MS) + delay.rttMs;
    if (deliveredKbps === null || this.detector.use !== 'normal' || !this.loss.isCalm(this.nowMs)) return;
    if (sinceDecreaseMs < proofMs || this.loss.sinceFallMs(this.nowMs) < proofMs) return;
    if (delay.rateKbps < deliveredKbps) this.believedMs = this.nowMs;
    delay.rateKbps = Math.max(delay.rateKbps, deliveredKbps);
    this.loss.rateKbps = Math.max(this.loss.rateKbps, deliveredKbps);
  }

  protected startDelayPart(): AimdRateControl {
    const delay = new AimdRateControl(this.loss.rateKbps, this.nowMs);
    if (this.rttMs !== null) delay.rttMs = this.rttMs;
    return delay;
  }

  protected othersKbps(): number {
    return Math.min(this.delay?.rateKbps ?? Infinity, this.remb.capAt(this.nowMs), this.limits.maxKbps);
  }

  protected advance(atMs: number): void {
    this.nowMs = Math.max(this.nowMs, atMs);
  }
}
