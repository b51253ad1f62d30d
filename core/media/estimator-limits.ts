/** Between which values an estimate lies, in kbit/s. */
export interface EstimatorLimits {
  readonly minKbps: number;
  readonly maxKbps: number;
  /** The estimate before anything is known. */
  readonly startKbps: number;
}

/** Limits an estimator cannot work with; the message says which and what would do. */
export class EstimatorLimitsError extends Error {
  override readonly name = 'EstimatorLimitsError';
}

/** The limits themselves. Throws an {@link EstimatorLimitsError} unless 0 < min <= start <= max. */
export function checkedLimits(limits: EstimatorLimits): EstimatorLimits {
  const { minKbps, startKbps, maxKbps } = limits;
  if (!(minKbps > 0 && minKbps <= startKbps && startKbps <= maxKbps && maxKbps < Infinity))
    throw new EstimatorLimitsError(
      `The limits of an estimator must be 0 < minKbps <= startKbps <= maxKbps; they are ${minKbps}, ${startKbps}, ${maxKbps}.`,
    );
  return limits;
}
