import type { GateRun } from '../../../reports/gate/gate-schema.js';
import { type Outcome, type Point, runPoints } from '../../../sim/campaign/index.js';
import { compareWithBaseline, gateResult, makeBaseline, runRecord, type SuiteEntry } from '../../../sim/gate/index.js';
import type { Scenario } from '../../../sim/scenario/index.js';
import { callsThatSwitch } from './switching-calls.js';

/** Makes migrations a tenth longer in this scenario; what it really does is measured with the rest. */
const SLOWER_MS = 55;
/** Seeds that trials draw from. */
const SEEDS = 400;
const SEEDS_A_GATE = 20;
const TRIALS = 1_000;

export interface PowerFigures {
  /** Ratio of the mean migration time, with the injected regression over without. */
  readonly injected: number;
  readonly seeds: number;
  readonly seedsAGate: number;
  readonly trials: number;
  /** Figures compared in one trial. */
  readonly comparisons: number;
  /** Share of trials with the regression in which the migration time was flagged. */
  readonly flagged: number;
  /** The same if the two gates had drawn different random numbers. */
  readonly flaggedUnpaired: number;
  /** Share of trials without any regression, both sides with different random numbers, in which anything at all was flagged. */
  readonly falseAlarms: number;
  readonly wallS: number;
}

/**
 * How often the gate notices that migrations take a tenth longer. Each trial draws 20 of 400 seeds. A program that has not changed at all gives the very
 * same figures at the same seeds, so that nothing can be flagged; for false alarms the harder case is taken, a change without any effect on times that shifts every random number:
 * the other side has twenty other seeds.
 */
export async function measurePower(workers: number): Promise<PowerFigures> {
  const startedMs = performance.now();
  const [plain, slower] = await Promise.all([runsOf(callsThatSwitch(), 1), runsOf(callsThatSwitch(SLOWER_MS), 1)]);
  const draw = drawer(1);
  const counts = { flagged: 0, unpaired: 0, falseAlarms: 0, comparisons: 0 };
  for (let trial = 0; trial < TRIALS; trial++) {
    const chosen = draw(SEEDS, 2 * SEEDS_A_GATE);
    const here = chosen.slice(0, SEEDS_A_GATE);
    const there = chosen.slice(SEEDS_A_GATE);
    const past = gateOf(here.map((index) => plain[index]!));
    const flags = (now: readonly GateRun[]) => flaggedMetrics(past, now);
    const paired = flags(here.map((index) => slower[index]!));
    counts.comparisons = Math.max(counts.comparisons, paired.comparisons);
    if (paired.metrics.includes('migration_duration_ms')) counts.flagged++;
    if (flags(there.map((index) => slower[index]!)).metrics.includes('migration_duration_ms')) counts.unpaired++;
    if (flags(there.map((index) => plain[index]!)).metrics.length > 0) counts.falseAlarms++;
  }
  return {
    injected: meanOf(slower) / meanOf(plain),
    seeds: SEEDS,
    seedsAGate: SEEDS_A_GATE,
    trials: TRIALS,
    comparisons: counts.comparisons,
    flagged: counts.flagged / TRIALS,
    flaggedUnpaired: counts.unpaired / TRIALS,
    falseAlarms: counts.falseAlarms / TRIALS,
    wallS: (performance.now() - startedMs) / 1e3,
  };

  async function runsOf(scenario: Scenario, from: number): Promise<GateRun[]> {
    const points = Array.from({ length: SEEDS }, (_, index) => pointOf(scenario, from + index));
    const outcomes = new Map<string, Outcome>();
    await runPoints(points, {
      workers,
      detail: 'figures',
      onOutcome: ({ key }, outcome) => outcomes.set(key, outcome),
    });
    return points.map(({ key, seed }) => runRecord(entryOf(scenario), seed, outcomes.get(key)!));
  }
}

function pointOf(scenario: Scenario, seed: number): Point {
  return { key: `${scenario.name}#${seed}`, scenario, seed };
}

function entryOf(scenario: Scenario): SuiteEntry {
  const { name } = scenario;
  return { name, reference: name, overrides: [], scenario, hash: '', levels: '', over: 'worst', seeds: [] };
}

/** Runs as the gate of a suite with one scenario; seeds are numbered anew, so that any can stand against any. */
function gateOf(runs: readonly GateRun[]) {
  const renumbered = runs.map((run, index) => ({ ...run, seed: index + 1 }));
  const seeds = renumbered.map(({ seed }) => seed);
  const entry = { name: 'switching-calls', description: '', reference: '', overrides: [], hash: '', levels: '', seeds };
  const suite = { name: 'power', description: '', hash: '', scenarios: [entry] };
  return gateResult({ deadairVersion: '', suite, runs: renumbered });
}

function flaggedMetrics(past: ReturnType<typeof gateOf>, now: readonly GateRun[]) {
  const { comparison } = compareWithBaseline(gateOf(now), makeBaseline(past));
  const regressions = comparison!.changes.filter(({ outcome }) => outcome === 'regression');
  return { metrics: regressions.map(({ metric }) => metric), comparisons: comparison!.comparisons };
}

function meanOf(runs: readonly GateRun[]): number {
  const values = runs.flatMap(({ metrics }) => {
    const metric = metrics.migration_duration_ms;
    return metric?.kind === 'histogram' && metric.avg !== null ? [metric.avg] : [];
  });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Draws different indices, the same ones every time (xorshift32, Marsaglia 2003). */
function drawer(seed: number): (below: number, count: number) => number[] {
  let state = seed | 0 || 1;
  const next = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  return (below, count) => {
    const all = Array.from({ length: below }, (_, index) => index);
    for (let place = 0; place < count; place++) {
      const other = place + next(below - place);
      [all[place], all[other]] = [all[other]!, all[place]!];
    }
    return all.slice(0, count);
  };
}
