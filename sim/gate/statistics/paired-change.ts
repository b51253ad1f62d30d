import { quantileOfT, tailOfT } from './student-t.js';

/** Fewer pairs say nothing. */
export const PAIRS_MIN = 3;
/** Of each side: a 95 % interval. */
const TAIL = 0.025;

/** How a figure has changed, over pairs of runs with the same seed. */
export interface PairedChange {
  /** `ratio`: of logarithms, when all values are above 0; else of the values as they are. */
  readonly scale: 'ratio' | 'difference';
  /** A share (0.11: 11 % more), or a difference. */
  readonly change: number;
  readonly low: number;
  readonly high: number;
  /** Probability of such a change if the truth were no more than the tolerance above, or below, zero. */
  readonly pRise: number;
  readonly pFall: number;
}

/**
 * Student's paired t-test over seeds. A ratio is the geometric mean of the ratios of the pairs. Where every pair changes by the very same, there is no doubt left.
 * @param before, now values of the same seeds, at least {@link PAIRS_MIN}
 * @param tolerance changes up to this do not matter: a share for `ratio`, else in the unit of the values
 */
export function pairedChange(
  before: readonly number[],
  now: readonly number[],
  tolerance: { readonly ratio: number; readonly difference: number },
  wanted: 'ratio' | 'difference',
): PairedChange {
  const positive = [...before, ...now].every((value) => value > 0);
  const scale = wanted === 'ratio' && positive ? 'ratio' : 'difference';
  const steps = before.map((value, index) => (scale === 'ratio' ? Math.log(now[index]! / value) : now[index]! - value));
  const pairs = steps.length;
  const mean = steps.reduce((sum, step) => sum + step, 0) / pairs;
  const squares = steps.reduce((sum, step) => sum + (step - mean) * (step - mean), 0);
  // the rounding of equal steps is no spread
  const spread = Math.sqrt(squares / (pairs - 1)) / Math.sqrt(pairs);
  const error = spread > 1e-12 * Math.abs(mean) ? spread : 0;
  const margin = error * quantileOfT(TAIL, pairs - 1);
  const limit = scale === 'ratio' ? Math.log1p(tolerance.ratio) : tolerance.difference;
  const shown = (value: number) => (scale === 'ratio' ? Math.expm1(value) : value);
  const p = (excess: number) => (error > 0 ? tailOfT(excess / error, pairs - 1) : excess > 0 ? 0 : 1);
  return {
    scale,
    change: shown(mean),
    low: shown(mean - margin),
    high: shown(mean + margin),
    pRise: p(mean - limit),
    pFall: p(-mean - limit),
  };
}
