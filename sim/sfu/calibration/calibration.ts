import { DeadairError } from '../../errors.js';
import { type Equation, type Fit, fitNonNegative, predict } from './least-squares.js';
import type { MeasuredRow } from './measured-rows.js';

/** A row beside what the fit makes of it. */
export interface Comparison {
  readonly name: string;
  /** Used for the fit; false: kept to check it. */
  readonly fitted: boolean;
  readonly measured: number;
  readonly predicted: number;
  /** (predicted - measured) / measured; null when nothing was measured. */
  readonly error: number | null;
}

export interface FittedQuantity {
  readonly rows: readonly Comparison[];
  readonly rmse: number;
  /** Mean of the absolute errors of rows that were kept; null: none was. */
  readonly heldOutError: number | null;
  /** The same, each row of the fit predicted by the others; null where they are too few. */
  readonly leaveOneOutError: number | null;
}

/** `cores = a x packetsIn + b x packetsOut (+ c)`, and `memory = m0 + m1 x participants`. */
export interface Calibration {
  readonly coreUsPerPacketIn: number;
  readonly coreUsPerPacketOut: number;
  readonly idleCores: number;
  readonly cpu: FittedQuantity;
  /** Null: fewer than two rows have memory and participants. */
  readonly memory: (FittedQuantity & { readonly baseMB: number; readonly MBPerParticipant: number }) | null;
  /** What the rows cannot tell. */
  readonly warnings: readonly string[];
}

/**
 * Fits costs to measured rows.
 * @param idle whether the process may cost something without anybody (one unknown more)
 * @throws DeadairError `calibrate.rows` when there are fewer rows than unknowns, or all say the same
 */
export function calibrate(rows: readonly MeasuredRow[], idle: boolean): Calibration {
  const cpuEquation = ({ packetsInPerS, packetsOutPerS, cores, cpuShare }: MeasuredRow): Equation => ({
    factors: idle ? [packetsInPerS, packetsOutPerS, 1] : [packetsInPerS, packetsOutPerS],
    value: cores * cpuShare,
  });
  const used = rows.filter(({ holdOut }) => !holdOut);
  const unknowns = idle ? 3 : 2;
  if (used.length < unknowns) {
    throw new DeadairError(
      'calibrate.rows',
      `${unknowns} costs of the CPU need at least ${unknowns} rows that are not held out, and there are ${used.length}; measure more, or hold out fewer`,
    );
  }
  const cpuFit = fitNonNegative(used.map(cpuEquation));
  if (cpuFit === null) {
    throw new DeadairError('calibrate.rows', 'the rows have no packets; measure the node under load');
  }
  const [packetIn = 0, packetOut = 0, idleCores = 0] = cpuFit.coefficients;
  const warnings: string[] = [];
  if (packetIn === 0 && packetOut === 0) {
    throw new DeadairError('calibrate.rows', 'the rows use no CPU (cpuShare is 0); measure the node under load');
  }
  const ratios = used.map((row) => row.packetsOutPerS / row.packetsInPerS);
  const proportional = Math.max(...ratios) <= Math.min(...ratios) * 1.02;
  const costs = { 'a packet that arrives': packetIn, 'a packet that is sent': packetOut };
  for (const [what, cost] of Object.entries(costs)) {
    if (cost === 0) {
      warnings.push(
        proportional
          ? `these rows put no cost on ${what}: packets in and out grow in proportion, so that the two costs cannot be told apart; measure rooms of other sizes, too`
          : `these rows put no cost on ${what}: it hardly varies between them, so where it matters the fit predicts too little`,
      );
    }
  }
  const withMemory = rows.filter(({ memoryMB, participants }) => memoryMB !== null && participants !== null);
  return {
    coreUsPerPacketIn: packetIn * 1e6,
    coreUsPerPacketOut: packetOut * 1e6,
    idleCores,
    cpu: compare(rows, cpuEquation, cpuFit),
    memory: calibrateMemory(withMemory, warnings),
    warnings,
  };
}

function calibrateMemory(rows: readonly MeasuredRow[], warnings: string[]): Calibration['memory'] {
  const equation = ({ participants, memoryMB }: MeasuredRow): Equation => ({
    factors: [1, participants as number],
    value: memoryMB as number,
  });
  const used = rows.filter(({ holdOut }) => !holdOut);
  const fit = used.length < 2 ? null : fitNonNegative(used.map(equation));
  if (fit === null) {
    warnings.push('memory is not fitted: at least two rows need memoryMB and participants');
    return null;
  }
  const [baseMB = 0, MBPerParticipant = 0] = fit.coefficients;
  if (MBPerParticipant === 0) warnings.push('these rows put no memory on participants: their numbers hardly differ');
  return { baseMB, MBPerParticipant, ...compare(rows, equation, fit) };
}

function compare(rows: readonly MeasuredRow[], equation: (row: MeasuredRow) => Equation, fit: Fit): FittedQuantity {
  const comparisons = rows.map((row): Comparison => {
    const { factors, value } = equation(row);
    const predicted = predict(fit.coefficients, factors);
    const error = value > 0 ? (predicted - value) / value : null;
    return { name: row.name, fitted: !row.holdOut, measured: value, predicted, error };
  });
  const used = rows.filter(({ holdOut }) => !holdOut);
  return {
    rows: comparisons,
    rmse: fit.rmse,
    heldOutError: meanAbsolute(comparisons.filter(({ fitted }) => !fitted).map(({ error }) => error)),
    leaveOneOutError: leaveOneOut(used.map(equation), fit.coefficients.length),
  };
}

function leaveOneOut(equations: readonly Equation[], unknowns: number): number | null {
  if (equations.length <= unknowns) return null;
  const errors = equations.map(({ factors, value }, index) => {
    const fit = fitNonNegative(equations.filter((_, at) => at !== index));
    return fit === null || value === 0 ? null : (predict(fit.coefficients, factors) - value) / value;
  });
  return errors.includes(null) ? null : meanAbsolute(errors);
}

function meanAbsolute(errors: readonly (number | null)[]): number | null {
  const known = errors.filter((error) => error !== null);
  return known.length === 0 ? null : known.reduce((sum, error) => sum + Math.abs(error), 0) / known.length;
}
