import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  HABITS,
  shrinkWorkload,
  type Workload,
  withWorkload,
  workloadArbitrary,
  workloadOf,
  workloadProblem,
  workloadSchema,
  workloadSource,
} from '../../../../sim/explore/workload/index.js';
import { resolveScenario, type ScriptStep } from '../../../../sim/scenario/index.js';

const options = { usersMin: 2, usersMax: 6, channels: 2, durationS: 30 };
const arbitrary = workloadArbitrary(options);

/** The first `count` workloads of a seed. */
function workloads(count: number, seed = 1, of = arbitrary): Workload[] {
  const next = workloadSource(of, seed);
  return Array.from({ length: count }, () => next().value);
}

/** What shrinking must make smaller: steps and faults, then channels, then all times. */
function size({ script, faults }: Workload): [number, number, number] {
  const times = script.flatMap(({ atS, forS }) => [atS, forS]);
  for (const fault of faults) times.push(fault.atS, 'forS' in fault ? (fault.forS ?? 0) : 0);
  return [
    script.length + faults.length,
    script.reduce((sum, { channel }) => sum + channel, 0),
    Math.round(1e6 * times.reduce((sum, time) => sum + time, 0)),
  ];
}

const smaller = (a: readonly number[], b: readonly number[]) => {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index >= 0 && a[index]! < b[index]!;
};

const step = (atS: number, user: number, what: ScriptStep['do'], channel = 1): ScriptStep => ({
  atS,
  user,
  do: what,
  channel,
  forS: 1,
});

describe('workloads', () => {
  test('are valid, within the options, and their faults hit servers that exist', () => {
    fc.assert(
      fc.property(arbitrary, (workload) => {
        expect(workloadSchema.parse(workload)).toEqual(workload);
        expect(workloadProblem(workload)).toBeNull();
        const users = new Set(workload.script.map(({ user }) => user));
        expect(users.size).toBeGreaterThanOrEqual(2);
        expect(Math.max(...users)).toBeLessThanOrEqual(6);
        for (const { atS, channel } of workload.script) {
          expect(atS).toBeLessThanOrEqual(30);
          expect(channel).toBeLessThanOrEqual(2);
        }
        const scenario = resolveScenario({
          name: 'any',
          durationS: 30,
          topology: { backends: 2, sfuNodes: 1 },
          population: { script: [...workload.script] },
          faults: [...workload.faults],
        });
        expect(workloadOf(scenario)).toEqual(workload);
        expect(workloadOf(withWorkload(scenario, { script: [], faults: [] }))).toEqual({ script: [], faults: [] });
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  test('everybody comes, and everything that people do and every kind of fault occurs', () => {
    const topology = { backends: 2, sfuNodes: 2, redis: { replicas: 1, sentinels: 3 } };
    const many = workloads(300, 1, workloadArbitrary({ ...options, usersMin: 4, usersMax: 4, topology }));
    const done = new Set(many.flatMap(({ script }) => script.map((each) => each.do)));
    expect([...done].sort()).toEqual(['close-tab', 'join', 'leave', 'reload', 'second-tab', 'sleep']);
    expect(new Set(many.flatMap(({ faults }) => faults.map(({ kind }) => kind))).size).toBe(13);
    for (const { script } of many) expect(new Set(script.map(({ user }) => user)).size).toBe(4);
  });

  test('lie close together in time, so that people and faults meet', () => {
    const gaps = workloads(300).flatMap(({ script }) =>
      script.slice(1).map(({ atS }, index) => 1e3 * (atS - script[index]!.atS)),
    );
    const near = gaps.filter((gap) => gap < 100).length / gaps.length;
    // evenly spread, with about 8 steps in 30 s, it would be 3 %
    expect(near).toBeGreaterThan(0.25);
    expect(near).toBeLessThan(0.8);
    const many = workloads(300).filter(({ faults }) => faults.length > 0);
    for (const { script, faults } of many)
      for (const fault of faults)
        expect(script.some(({ atS }) => Math.abs(fault.atS - atS) <= 1.5 || fault.atS === 29.5)).toBe(true);
  });

  test('pauses last around the time to live of the lock', () => {
    const pauses = workloadArbitrary({ faultsMin: 3, faultKinds: ['backend-pause'], lockTtlMs: 1_000 });
    const times = workloads(60, 1, pauses).flatMap(({ faults }) =>
      faults.map((fault) => 'forS' in fault && fault.forS),
    );
    expect([...new Set(times)].sort()).toEqual([0.5, 1, 1.1, 2]);
  });

  test('are the same for the same seed, and others for another', () => {
    expect(workloads(20, 5)).toEqual(workloads(20, 5));
    expect(workloads(20, 5)).not.toEqual(workloads(20, 6));
  });

  test('ask only for what a deployment has, and for what the options have on', () => {
    const topology = { backends: 1, sfuNodes: 0, redis: { replicas: 0, sentinels: 0 } };
    for (const { faults } of workloads(300, 1, workloadArbitrary({ faultsMax: 4, topology }))) {
      for (const fault of faults) {
        expect(fault.kind).not.toMatch(/^(sfu|sentinel)/);
        if (fault.kind === 'partition') expect([...fault.from, ...fault.to].join()).not.toMatch(/sfu|backend-2/);
      }
    }
    const calm = workloads(50, 1, workloadArbitrary({ faultKinds: [], habits: ['sleep'] }));
    expect(calm.every(({ faults }) => faults.length === 0)).toBe(true);
    expect(new Set(calm.flatMap(({ script }) => script.map((each) => each.do)))).toEqual(new Set(['join', 'sleep']));
  });

  test('a workload that cannot be done is refused with what to do', () => {
    const problem = (...script: ScriptStep[]) => workloadProblem({ script, faults: [] });
    expect(problem(step(0, 1, 'leave'))).toBe('script[0]: user 1 cannot leave before a join');
    expect(problem(step(0, 1, 'join'), step(1, 1, 'join'))).toContain('cannot join channel 1, being there');
    expect(problem(step(0.5, 1, 'join'), step(0.4, 2, 'join'))).toContain('sort the steps');
    expect(problem(step(0, 1, 'join'), step(1, 1, 'join', 2), step(2, 1, 'sleep'))).toBeNull();
    const crash = { kind: 'backend-crash', target: 'backend-1', forS: 1 } as const;
    const faults = [
      { ...crash, atS: 2 },
      { ...crash, atS: 1 },
    ];
    expect(workloadProblem({ script: [], faults })).toContain('faults[1]: earlier');
  });
});

describe('shrinking', () => {
  test('every candidate is valid and smaller, so that it ends', () => {
    const wrong = workloads(60).flatMap((workload) =>
      [...shrinkWorkload(workload)].filter(
        ({ workload: candidate }) =>
          workloadProblem(candidate) !== null ||
          !workloadSchema.safeParse(candidate).success ||
          !smaller(size(candidate), size(workload)),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('a search that goes on where it was tries the same as one from the beginning', () => {
    for (const workload of workloads(20)) {
      const all = [...shrinkWorkload(workload)];
      const texts = (found: typeof all) => found.map((one) => JSON.stringify(one.workload)).sort();
      const middle = all[all.length >> 1]!.place;
      const again = [...shrinkWorkload(workload, middle)];
      expect(again[0]!.place).toEqual(middle);
      expect(texts(again)).toEqual(texts(all));
    }
  });

  test('finds the smallest workload that still fails', () => {
    const fails = ({ script }: Workload) => {
      const close = script.find((each) => each.do === 'close-tab');
      return close !== undefined && script.some(({ user, do: does }) => does === 'leave' && user !== close.user);
    };
    const result = fc.check(
      fc.property(arbitrary, (workload) => !fails(workload)),
      { seed: 3, numRuns: 1_000, endOnFailure: false },
    );
    expect(result.failed).toBe(true);
    const [smallest] = result.counterexample as [Workload];
    expect(smallest.faults).toEqual([]);
    expect(smallest.script.map(({ atS, do: does, channel }) => [atS, channel, does]).sort()).toEqual([
      [0, 1, 'close-tab'],
      [0, 1, 'join'],
      [0, 1, 'join'],
      [0, 1, 'leave'],
    ]);
  });

  test('finds the fault that matters, at a round time', () => {
    const fails = ({ script, faults }: Workload) =>
      faults.some(
        (fault) => fault.kind === 'partition' && fault.forS >= 1 && script.some(({ atS }) => atS > fault.atS + 0.07),
      );
    const result = fc.check(
      fc.property(arbitrary, (workload) => !fails(workload)),
      { seed: 3, numRuns: 1_000 },
    );
    const [smallest] = result.counterexample as [Workload];
    expect(smallest.script).toHaveLength(1);
    expect(smallest.faults).toHaveLength(1);
    expect(smallest.faults[0]).toMatchObject({ kind: 'partition', atS: 0, forS: 1 });
    expect(smallest.script[0]!.atS).toBeLessThanOrEqual(1);
    expect((smallest.script[0]!.atS * 10) % 1).toBe(0);
  });

  test('a workload written by hand can be shrunk, nonsense cannot', () => {
    const [workload] = workloads(1) as [Workload];
    expect(arbitrary.canShrinkWithoutContext(structuredClone(workload))).toBe(true);
    expect(arbitrary.canShrinkWithoutContext({ script: [step(0, 1, 'leave')], faults: [] })).toBe(false);
  });
});

test('every habit is drawn', () => {
  for (const habit of HABITS) {
    const one = workloads(30, 1, workloadArbitrary({ channels: 2, habits: [habit], faultsMax: 0 }));
    const said = habit === 'move' ? 'join' : habit;
    const users = ({ script }: Workload) => new Set(script.map(({ user }) => user)).size;
    expect(
      one.some(
        (workload) => workload.script.length > users(workload) && workload.script.some((each) => each.do === said),
      ),
    ).toBe(true);
  }
});
