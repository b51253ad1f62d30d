/** One equation of a fit: `value` = sum of `factors` x unknowns. */
export interface Equation {
  readonly factors: readonly number[];
  readonly value: number;
}

export interface Fit {
  /** One for each factor, 0 or more. */
  readonly coefficients: readonly number[];
  /** Root of the mean squared residual. */
  readonly rmse: number;
}

/**
 * Least squares with coefficients that are not negative. With so few unknowns every subset of them is tried, the others being 0 (what
 * Lawson and Hanson 1974 search cleverly); the best that is feasible is the answer. Null: no subset is determined.
 */
export function fitNonNegative(equations: readonly Equation[]): Fit | null {
  const unknowns = equations[0]?.factors.length ?? 0;
  let best: Fit | null = null;
  for (let subset = 1; subset < 1 << unknowns; subset++) {
    const chosen = [...Array(unknowns).keys()].filter((index) => (subset >> index) & 1);
    const solution = solve(equations, chosen);
    if (solution === null || solution.some((value) => value < 0)) continue;
    const coefficients = Array.from({ length: unknowns }, () => 0);
    chosen.forEach((index, place) => {
      coefficients[index] = solution[place] as number;
    });
    const rmse = rootMeanSquare(equations.map((equation) => equation.value - predict(coefficients, equation.factors)));
    // of two that are as good, the one with fewer unknowns came first
    if (best === null || rmse < best.rmse * (1 - 1e-9)) best = { coefficients, rmse };
  }
  return best;
}

/** What coefficients make of factors. */
export function predict(coefficients: readonly number[], factors: readonly number[]): number {
  return coefficients.reduce((sum, coefficient, index) => sum + coefficient * (factors[index] as number), 0);
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

/** The normal equations of the chosen unknowns, by elimination; null when they do not determine them. */
function solve(equations: readonly Equation[], chosen: readonly number[]): number[] | null {
  const size = chosen.length;
  if (equations.length < size) return null;
  // columns in units of their own size, or the rank cannot be told
  const scale = chosen.map((index) => Math.max(...equations.map(({ factors }) => Math.abs(factors[index] as number))));
  if (scale.some((value) => value === 0)) return null;
  const at = (equation: Equation, place: number) =>
    (equation.factors[chosen[place] as number] as number) / (scale[place] as number);
  const rows = chosen.map((_, row) => {
    const left = chosen.map((__, column) => equations.reduce((sum, each) => sum + at(each, row) * at(each, column), 0));
    return [...left, equations.reduce((sum, each) => sum + at(each, row) * each.value, 0)];
  });
  for (let pivot = 0; pivot < size; pivot++) {
    let largest = pivot;
    for (let row = pivot + 1; row < size; row++)
      if (Math.abs(rows[row]![pivot]!) > Math.abs(rows[largest]![pivot]!)) largest = row;
    [rows[pivot], rows[largest]] = [rows[largest]!, rows[pivot]!];
    const divisor = rows[pivot]![pivot]!;
    if (Math.abs(divisor) < 1e-9) return null;
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue;
      const factor = rows[row]![pivot]! / divisor;
      for (let column = pivot; column <= size; column++) rows[row]![column]! -= factor * rows[pivot]![column]!;
    }
  }
  return rows.map((row, index) => row[size]! / row[index]! / scale[index]!);
}
