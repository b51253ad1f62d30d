import type { RemoteReception } from '../../../core/media/sender-statistics.js';
import type { LossReport } from '../../../core/media/bandwidth-estimator.js';

/** One report of several encodings that take the same way: they lose alike. */
export function lossReport(nowMs: number, receptions: readonly RemoteReception[]): LossReport {
  let lossSum = 0;
  let rttMs: number | null = null;
  for (const reception of receptions) {
    lossSum += reception.lossShare;
    rttMs = reception.rttMs ?? rttMs;
  }
  return { atMs: nowMs, lossShare: lossSum / receptions.length, rttMs };
}
