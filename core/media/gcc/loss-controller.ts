import type { LossReport } from '../bandwidth-estimator.js';

/** Up to this share of loss the rate grows ... */
const LOW_LOSS = 0.02;
/** ... and over this one it falls. */
const HIGH_LOSS = 0.1;
const GROWTH = 1.08;
const GROWTH_KBPS = 1;
/** The rate grows on the minimum of the last second: that is, once a second. */
const GROW_EVERY_MS = 1_000;
/** The rate falls at most once in this time and a round trip. */
const FALL_EVERY_MS = 300;
/** Reports further apart than this are no series. */
const SERIES_MS = 5_000;

/**
 * The loss part of GCC, with libwebrtc's numbers (draft-ietf-rmcat-gcc-02, section 6, which grows by 5 %): up to 2 % of loss the rate grows by 8 % and 1 kbit/s,
 * up to 10 % it holds, over that it is multiplied by 1 - loss / 2.
 */
export class LossController {
  protected grewAtMs = -Infinity;
  protected fellAtMs = -Infinity;
  protected reportedAtMs = -Infinity;
  protected calm = false;

  constructor(public rateKbps: number) {}

  /** Whether the last report was of low loss, and not long ago. */
  isCalm(nowMs: number): boolean {
    return this.calm && nowMs - this.reportedAtMs <= SERIES_MS;
  }

  /** Whether the last report was of more than that, and not long ago. */
  isLossy(nowMs: number): boolean {
    return !this.calm && nowMs - this.reportedAtMs <= SERIES_MS;
  }

  sinceFallMs(nowMs: number): number {
    return nowMs - this.fellAtMs;
  }

  /** A report; `upperKbps` is what the other parts allow, and what holding and falling start from. A share that is no number says nothing. */
  onReport(report: LossReport, upperKbps: number): void {
    const { atMs, lossShare } = report;
    const wasCalm = this.isCalm(atMs);
    this.calm = lossShare <= LOW_LOSS;
    this.reportedAtMs = atMs;
    if (this.calm) {
      this.grow(atMs, wasCalm);
      return;
    }
    this.rateKbps = Math.min(this.rateKbps, upperKbps);
    if (lossShare > HIGH_LOSS && this.sinceFallMs(atMs) >= FALL_EVERY_MS + (report.rttMs ?? 0)) {
      this.rateKbps *= 1 - 0.5 * lossShare;
      this.fellAtMs = atMs;
      this.grewAtMs = -Infinity;
    }
  }

  /** Between two reports of low loss the rate would have grown each second: what is due is made up for. */
  protected grow(atMs: number, wasCalm: boolean): void {
    if (!wasCalm) this.grewAtMs = Math.max(this.grewAtMs, atMs - GROW_EVERY_MS);
    while (atMs - this.grewAtMs >= GROW_EVERY_MS) {
      this.rateKbps = this.rateKbps * GROWTH + GROWTH_KBPS;
      this.grewAtMs += GROW_EVERY_MS;
    }
  }
}
