import { type Point, runPoints } from '../../../sim/campaign/index.js';
import { callsThatSwitch } from './switching-calls.js';

export interface WorkersFigures {
  readonly runs: number;
  /** Runs a second: the best of some rounds, both sides taking turns, since others may use the machine. */
  readonly one: number;
  readonly two: number;
  /** Processor time of two workers over that of one, helpers of V8 included: what each compiles for itself, and what they take from each other's caches. */
  readonly work: number;
}

/** A new thread compiles everything for itself, 3 s of work on helper threads that are no workers: a suite of minutes is what is measured, not that. */
const RUNS = 1_600;
const ROUNDS = 2;

/** The same runs on one thread and on two. */
export async function measureWorkers(): Promise<WorkersFigures> {
  const scenario = callsThatSwitch();
  const points: Point[] = Array.from({ length: RUNS }, (_, index) => ({ key: `#${index}`, scenario, seed: index + 1 }));
  const work = { 1: 0, 2: 0 };
  const rate = async (workers: 1 | 2) => {
    const startedMs = performance.now();
    const before = process.cpuUsage();
    await runPoints(points, { workers, detail: 'figures', onOutcome: () => {} });
    const { user, system } = process.cpuUsage(before);
    work[workers] += user + system;
    return (RUNS * 1e3) / (performance.now() - startedMs);
  };
  let [one, two] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    one = Math.max(one, await rate(1));
    two = Math.max(two, await rate(2));
  }
  return { runs: RUNS, one, two, work: work[2] / work[1] };
}
