import { Arbitrary, Random, Stream, Value } from 'fast-check';
import { labelledGenerator } from '../../kernel/random.js';
import type { Fault } from '../../scenario/index.js';
import { shrinkWorkload } from './shrink-workload.js';
import {
  type Presence,
  SEQUEL,
  type Workload,
  type WorkloadAction,
  type WorkloadStep,
  workloadProblem,
  workloadSchema,
} from './workload.js';
import { type ResolvedWorkloadOptions, resolveWorkloadOptions, type WorkloadOptions } from './workload-options.js';

/** What a person does next, by presence: each as often as it is named. */
const HABITS: Readonly<Record<Presence, readonly WorkloadAction[]>> = {
  away: ['join'],
  here: ['leave', 'leave', 'leave', 'close-tab', 'close-tab', 'second-tab'],
  gone: ['open-tab', 'open-tab', 'join'],
};

/** How near to each other things happen, in ms: within a round trip, a lock wait, a few seconds. */
const NEARNESS_MS = [5, 50, 500, 5_000] as const;

/** Within the 3 s after which a backend gives a call up. */
const SLOW_MS = 2_000;

/** Seven of ten moments lie near one of at most three, so that people and faults meet. */
const NEAR_OF_TEN = 7;
const MOMENTS_MAX = 3;

/**
 * Workloads as a fast-check arbitrary: valid by construction, and shrunk to fewer people, steps and faults and to rounder, earlier times. It is one
 * arbitrary of its own, not a composition: a search asks for a new workload for every few schedules, and this one costs a few microseconds.
 */
class WorkloadArbitrary extends Arbitrary<Workload> {
  constructor(private readonly options: ResolvedWorkloadOptions) {
    super();
  }

  override generate(random: Random, _biasFactor: number | undefined): Value<Workload> {
    const { clientsMin, clientsMax, durationMs, faultsMax, faultKinds } = this.options;
    const clients = random.nextInt(clientsMin, clientsMax);
    const moments: number[] = [];
    for (let left = random.nextInt(1, MOMENTS_MAX); left > 0; left--) moments.push(random.nextInt(0, durationMs));
    const steps: WorkloadStep[] = [];
    for (let user = 1; user <= clients; user++) this.life(random, moments, `u${user}`, steps);
    steps.sort((a, b) => a.atMs - b.atMs);
    const faults: Fault[] = [];
    const count = faultKinds.length === 0 ? 0 : random.nextInt(0, faultsMax);
    while (faults.length < count) faults.push(this.fault(random, moments, clients));
    return new Value<Workload>({ clients, steps, faults }, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Workload {
    const parsed = workloadSchema.safeParse(value);
    return parsed.success && workloadProblem(parsed.data) === null;
  }

  override shrink(value: Workload, _context: unknown): Stream<Value<Workload>> {
    return new Stream(shrinkWorkload(value)).map((smaller) => new Value<Workload>(smaller, undefined));
  }

  private life(random: Random, moments: readonly number[], actor: string, steps: WorkloadStep[]): void {
    const times: number[] = [];
    for (let left = random.nextInt(1, this.options.stepsMax); left > 0; left--) times.push(this.time(random, moments));
    times.sort((a, b) => a - b);
    let presence: Presence = 'away';
    let channel = 0;
    for (const atMs of times) {
      const habits: readonly WorkloadAction[] = HABITS[presence];
      const action: WorkloadAction = habits[random.nextInt(0, habits.length - 1)]!;
      presence = SEQUEL[presence][action]!;
      if (action === 'join') channel = random.nextInt(1, this.options.channels);
      if (action === 'join' || action === 'open-tab') steps.push({ atMs, actor, do: action, channel });
      else steps.push({ atMs, actor, do: action });
    }
  }

  private time(random: Random, moments: readonly number[]): number {
    const { durationMs } = this.options;
    if (random.nextInt(1, 10) > NEAR_OF_TEN) return random.nextInt(0, durationMs);
    const moment = moments[random.nextInt(0, moments.length - 1)]!;
    const within = NEARNESS_MS[random.nextInt(0, NEARNESS_MS.length - 1)]!;
    return Math.min(durationMs, moment + random.nextInt(0, within));
  }

  private fault(random: Random, moments: readonly number[], clients: number): Fault {
    const { faultKinds, faultMs, topology } = this.options;
    const kind = faultKinds[random.nextInt(0, faultKinds.length - 1)]!;
    const atS = this.time(random, moments) / 1e3;
    const forS = faultMs[random.nextInt(0, faultMs.length - 1)]! / 1e3;
    const one = (name: string, count: number) => `${name}-${random.nextInt(1, count)}`;
    switch (kind) {
      case 'redis-crash':
      case 'redis-pause':
        return { kind, atS, target: 'primary', forS };
      case 'redis-restart':
        return { kind, atS, target: 'primary', keepData: random.nextInt(0, 3) > 0 };
      case 'sentinel-crash':
        return { kind, atS, target: one('sentinel', topology.sentinels), forS };
      case 'backend-crash':
      case 'backend-pause':
      case 'backend-cut-off':
        return { kind, atS, target: one('backend', topology.backends), forS };
      case 'sfu-crash':
      case 'sfu-pause':
      case 'sfu-cut-off':
      case 'sfu-refuse':
        return { kind, atS, target: one('sfu', topology.sfuNodes), forS };
      case 'sfu-slow':
        return { kind, atS, target: one('sfu', topology.sfuNodes), forS, delayMs: SLOW_MS };
      case 'partition': {
        const person = `client-${random.nextInt(1, clients)}`;
        const backend = one('backend', topology.backends);
        const node = topology.sfuNodes > 0 ? one('sfu', topology.sfuNodes) : backend;
        const sides = [
          [person, backend],
          [person, node],
          [backend, node],
          [backend, 'primary'],
        ][random.nextInt(0, topology.sfuNodes > 0 ? 3 : 0)]!;
        const way = random.nextInt(0, 2) === 0 ? 'a-to-b' : 'both';
        return { kind, atS, forS, from: [sides[0]!], to: [sides[1]!], way };
      }
    }
  }
}

/** An arbitrary of workloads for fast-check: `fc.property(workloadArbitrary(), ...)`. */
export function workloadArbitrary(options: WorkloadOptions = {}): Arbitrary<Workload> {
  return new WorkloadArbitrary(resolveWorkloadOptions(options));
}

/** Workloads of one seed, one after the other; the same ones for the same seed, for searches that run without fast-check's runner. */
export function workloadSource(arbitrary: Arbitrary<Workload>, seed: number): () => Workload {
  const random = new Random(labelledGenerator(seed, 'workload'));
  return () => arbitrary.generate(random, undefined).value;
}
