import { availableParallelism } from 'node:os';
import { builtInScenarios } from '../../../scenarios/index.js';
import { type Point, runPoints } from '../../../sim/campaign/index.js';
import { resolveScenario } from '../../../sim/scenario/index.js';
import { settingsOf } from '../../../sim/sweep/setting.js';
import { thresholdLinks } from '../../../sim/sweep/threshold-links.js';
import { parseVariation } from '../../../sim/sweep/variation.js';
import type { Row } from '../hunting/report.js';

/** A sweep of twelve thresholds. */
export interface SweepFigures {
  readonly points: number;
  readonly seeds: number;
  readonly durationS: number;
  readonly workers: number;
  readonly wallS: number;
  /** On all cores. */
  readonly cpuS: number;
  readonly failed: number;
}

/** Until everybody has arrived: at full length a point takes five times as long. */
const DURATION_S = 300;
const TARGET_S = 60;
const TARGET_SEEDS = 10;

/** `mixed-load` at twelve enable thresholds, as `deadair sweep` runs it. */
export async function measureSweep(seeds: number): Promise<SweepFigures> {
  const workers = Math.min(2, availableParallelism());
  const input = builtInScenarios.find(({ name }) => name === 'mixed-load') ?? {};
  const overrides = [`durationS=${DURATION_S}`];
  const variation = parseVariation('policy.enableThreshold=4..15');
  const links = thresholdLinks(resolveScenario(input, { overrides }), [variation.key], []);
  const points: Point[] = settingsOf([variation], links).flatMap((setting) => {
    const scenario = resolveScenario(input, { overrides: [...overrides, ...setting.overrides] });
    return Array.from({ length: seeds }, (_, index) => ({
      key: `${setting.values[0]} ${index + 1}`,
      scenario,
      seed: index + 1,
    }));
  });
  let failed = 0;
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await runPoints(points, {
    workers,
    detail: 'figures',
    onOutcome: (_, { kind }) => {
      if (kind === 'failed') failed++;
    },
  });
  const wallS = (performance.now() - startedMs) / 1e3;
  const { user, system } = process.cpuUsage(before);
  return { points: points.length, seeds, durationS: DURATION_S, workers, wallS, cpuS: (user + system) / 1e6, failed };
}

/** Its row of the table; with fewer seeds the target is smaller by as much. */
export function sweepRow({ points, seeds, durationS, workers, wallS, cpuS, failed }: SweepFigures): Row {
  const targetS = (TARGET_S * seeds) / TARGET_SEEDS;
  return {
    what: `sweep, 12 thresholds x ${seeds} seeds`,
    measured: `${wallS.toFixed(1)} s on ${workers} threads (${((cpuS / points) * 1e3).toFixed(0)} ms of processor a run), mixed-load for ${durationS} s${failed > 0 ? `; ${failed} FAILED` : ''}`,
    target: `< ${targetS} s`,
    met: wallS < targetS && failed === 0,
  };
}
