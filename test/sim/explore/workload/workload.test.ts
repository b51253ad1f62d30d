import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  shrinkWorkload,
  type Workload,
  workloadArbitrary,
  workloadProblem,
  workloadSchema,
  workloadSource,
} from '../../../../sim/explore/workload/index.js';
import { resolveScenario } from '../../../../sim/scenario/index.js';

const options = { clientsMin: 2, clientsMax: 6, channels: 2, durationMs: 30_000, faultsMax: 3 };
const arbitrary = workloadArbitrary(options);

/** The first `count` workloads of a seed. */
function workloads(count: number, seed = 1, of = arbitrary): Workload[] {
  const next = workloadSource(of, seed);
  return Array.from({ length: count }, next);
}

/** What shrinking must make smaller: people, then steps and faults, then all times. */
function size({ clients, steps, faults }: Workload): [number, number, number] {
  const times = steps.map(({ atMs }) => atMs);
  for (const fault of faults) times.push(fault.atS * 1e3, 'forS' in fault ? (fault.forS ?? 0) * 1e3 : 0);
  return [clients, steps.length + faults.length, Math.round(times.reduce((sum, time) => sum + time, 0))];
}

const smaller = (a: readonly number[], b: readonly number[]) => {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index >= 0 && a[index]! < b[index]!;
};

describe('workloads', () => {
  test('are valid, within the options, and their faults hit servers that exist', () => {
    fc.assert(
      fc.property(arbitrary, (workload) => {
        expect(workloadSchema.parse(workload)).toEqual(workload);
        expect(workloadProblem(workload)).toBeNull();
        expect(workload.clients).toBeGreaterThanOrEqual(2);
        expect(workload.clients).toBeLessThanOrEqual(6);
        for (const { atMs, channel } of workload.steps) {
          expect(atMs).toBeLessThanOrEqual(30_000);
          expect(channel ?? 1).toBeLessThanOrEqual(2);
        }
        const { faults } = resolveScenario({
          name: 'any',
          durationS: 30,
          topology: { sfuNodes: 1 },
          population: { clients: workload.clients, channels: 1, membersMax: 6 },
          faults: [...workload.faults],
        });
        expect(faults).toEqual(workload.faults);
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  test('everybody comes, and everything that people do and every kind of fault occurs', () => {
    const many = workloads(300);
    const done = new Set(many.flatMap(({ steps }) => steps.map((step) => step.do)));
    expect([...done].sort()).toEqual(['close-tab', 'join', 'leave', 'open-tab', 'second-tab']);
    expect(new Set(many.flatMap(({ faults }) => faults.map(({ kind }) => kind))).size).toBe(11);
    for (const { clients, steps } of many) expect(new Set(steps.map(({ actor }) => actor)).size).toBe(clients);
  });

  test('lie close together in time, so that people and faults meet', () => {
    const gaps = workloads(300).flatMap(({ steps }) =>
      steps.slice(1).map(({ atMs }, index) => atMs - steps[index]!.atMs),
    );
    const near = gaps.filter((gap) => gap < 100).length / gaps.length;
    // evenly spread, with about 12 steps in 30 s, it would be 4 %
    expect(near).toBeGreaterThan(0.25);
    expect(near).toBeLessThan(0.8);
  });

  test('are the same for the same seed, and others for another', () => {
    expect(workloads(20, 5)).toEqual(workloads(20, 5));
    expect(workloads(20, 5)).not.toEqual(workloads(20, 6));
  });

  test('ask only for what a deployment has', () => {
    const bare = workloadArbitrary({ faultsMax: 4, topology: { backends: 1, sfuNodes: 0, replicas: 0, sentinels: 0 } });
    for (const { faults } of workloads(300, 1, bare)) {
      for (const fault of faults) {
        expect(fault.kind).not.toMatch(/^(sfu|sentinel)/);
        if (fault.kind === 'partition') expect([...fault.from, ...fault.to].join()).not.toMatch(/sfu|backend-2/);
      }
    }
    const calm = workloadArbitrary({ faultKinds: [] });
    expect(workloads(50, 1, calm).every(({ faults }) => faults.length === 0)).toBe(true);
  });

  test('a workload that cannot be done is refused with what to do', () => {
    const problem = (...steps: Workload['steps']) => workloadProblem({ clients: 2, steps });
    expect(problem({ atMs: 0, actor: 'u1', do: 'leave' })).toBe('steps[0]: u1 cannot leave while it has no tab');
    expect(problem({ atMs: 0, actor: 'u3', do: 'join', channel: 1 })).toContain('the last one is u2');
    expect(problem({ atMs: 0, actor: 'u1', do: 'join' })).toContain('needs a channel');
    expect(
      problem({ atMs: 5, actor: 'u1', do: 'join', channel: 1 }, { atMs: 4, actor: 'u2', do: 'join', channel: 1 }),
    ).toContain('sort the steps');
    expect(
      problem(
        { atMs: 0, actor: 'u1', do: 'join', channel: 1 },
        { atMs: 1, actor: 'u1', do: 'close-tab' },
        { atMs: 2, actor: 'u1', do: 'open-tab', channel: 2 },
      ),
    ).toContain('goes back to channel 1');
    expect(problem({ atMs: 0, actor: 'u1', do: 'join', channel: 1 })).toBeNull();
  });
});

describe('shrinking', () => {
  test('every candidate is valid and smaller, so that it ends', () => {
    const wrong = workloads(60).flatMap((workload) =>
      [...shrinkWorkload(workload)].filter(
        (candidate) =>
          workloadProblem(candidate) !== null ||
          !workloadSchema.safeParse(candidate).success ||
          !smaller(size(candidate), size(workload)),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('finds the smallest workload that still fails', () => {
    const fails = ({ steps }: Workload) => {
      const close = steps.find((step) => step.do === 'close-tab');
      return close !== undefined && steps.some(({ actor, do: does }) => does === 'leave' && actor !== close.actor);
    };
    const result = fc.check(
      fc.property(arbitrary, (workload) => !fails(workload)),
      { seed: 3, numRuns: 1_000, endOnFailure: false },
    );
    expect(result.failed).toBe(true);
    const [smallest] = result.counterexample as [Workload];
    expect(smallest.clients).toBe(2);
    expect(smallest.faults).toEqual([]);
    expect(smallest.steps.map(({ atMs, do: does }) => [atMs, does]).sort()).toEqual([
      [0, 'close-tab'],
      [0, 'join'],
      [0, 'join'],
      [0, 'leave'],
    ]);
  });

  test('finds the fault that matters, at a round time', () => {
    const fails = ({ steps, faults }: Workload) =>
      faults.some(
        (fault) =>
          fault.kind === 'partition' && fault.forS >= 1 && steps.some(({ atMs }) => atMs > fault.atS * 1e3 + 70),
      );
    const result = fc.check(
      fc.property(arbitrary, (workload) => !fails(workload)),
      { seed: 3, numRuns: 1_000 },
    );
    const [smallest] = result.counterexample as [Workload];
    expect(smallest.clients).toBe(1);
    expect(smallest.steps).toHaveLength(1);
    expect(smallest.faults).toHaveLength(1);
    expect(smallest.faults[0]).toMatchObject({ kind: 'partition', atS: 0 });
    expect((smallest.faults[0] as { forS: number }).forS).toBeLessThan(2.001);
    expect(smallest.steps[0]!.atMs).toBeLessThanOrEqual(142);
  });

  test('a workload written by hand can be shrunk, nonsense cannot', () => {
    const [workload] = workloads(1) as [Workload];
    expect(arbitrary.canShrinkWithoutContext(structuredClone(workload))).toBe(true);
    expect(arbitrary.canShrinkWithoutContext({ clients: 1, steps: [{ atMs: 0, actor: 'u1', do: 'leave' }] })).toBe(
      false,
    );
  });
});
