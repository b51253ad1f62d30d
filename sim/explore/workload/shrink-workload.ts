import type { Fault } from '../../scenario/index.js';
import { type Presence, SEQUEL, type Workload, type WorkloadStep, workloadProblem } from './workload.js';

/** Rounder first. */
const GRAINS = [10_000, 1_000, 100, 10] as const;

/**
 * Workloads smaller than this one, the boldest first: fewer people, no faults, fewer steps, fewer faults, everything earlier, rounder times,
 * shorter faults. Each is valid if this one is, and has fewer people, steps and faults or a smaller sum of times, so that shrinking ends.
 */
export function* shrinkWorkload(workload: Workload): IterableIterator<Workload> {
  yield* fewerPeople(workload);
  if (workload.faults.length > 1) yield { ...workload, faults: [] };
  yield* fewerSteps(workload);
  for (let index = 0; index < workload.faults.length; index++)
    yield { ...workload, faults: workload.faults.filter((_, other) => other !== index) };
  yield* earlierSteps(workload);
  yield* smallerFaults(workload);
}

function* fewerPeople(workload: Workload): IterableIterator<Workload> {
  const { clients } = workload;
  if (clients > 3) yield without(workload, (user) => user > clients / 2);
  for (let user = clients; user >= 1 && clients > 1; user--) yield without(workload, (other) => other === user);
}

/** Without some people; the others move up. Faults that named one of those who have gone go too. */
function without(workload: Workload, gone: (user: number) => boolean): Workload {
  const names = new Map<number, number>();
  for (let user = 1; user <= workload.clients; user++) if (!gone(user)) names.set(user, names.size + 1);
  const renamed = (host: string) => {
    const user = /^client-(\d+)$/.exec(host)?.[1];
    return user === undefined ? host : names.has(Number(user)) ? `client-${names.get(Number(user))}` : null;
  };
  return {
    clients: names.size,
    steps: workload.steps.flatMap((step) => {
      const user = names.get(Number(step.actor.slice(1)));
      return user === undefined ? [] : [{ ...step, actor: `u${user}` }];
    }),
    faults: workload.faults.flatMap((fault): Fault[] => {
      if (fault.kind !== 'partition') return [fault];
      const [from, to] = [fault.from, fault.to].map((side) => side.map(renamed).filter((host) => host !== null));
      return from!.length > 0 && to!.length > 0 ? [{ ...fault, from: from!, to: to! }] : [];
    }),
  };
}

function* fewerSteps(workload: Workload): IterableIterator<Workload> {
  const { steps } = workload;
  for (let size = steps.length >> 1; size >= 1; size >>= 1) {
    for (let start = 0; start < steps.length; start += size) {
      const left = repaired([...steps.slice(0, start), ...steps.slice(start + size)]);
      yield { ...workload, steps: left };
    }
  }
  yield* laterArrivals(workload);
}

/** Without a person's first step: the second becomes its arrival. */
function* laterArrivals(workload: Workload): IterableIterator<Workload> {
  const { steps } = workload;
  const seen = new Set<string>();
  for (const [index, { actor, channel }] of steps.entries()) {
    if (seen.has(actor) || channel === undefined) continue;
    seen.add(actor);
    const second = steps.findIndex((step, other) => other > index && step.actor === actor);
    if (second < 0) continue;
    const arrival: WorkloadStep = { atMs: steps[second]!.atMs, actor, do: 'join', channel };
    const left = steps.flatMap((step, other) => (other === index ? [] : [other === second ? arrival : step]));
    yield { ...workload, steps: repaired(left) };
  }
}

/** Leaves out what a person can no longer do because an earlier step is missing. */
function repaired(steps: readonly WorkloadStep[]): WorkloadStep[] {
  const people = new Map<string, { presence: Presence; channel: number }>();
  return steps.filter((step) => {
    const person = people.get(step.actor) ?? { presence: 'away', channel: 0 };
    const presence = SEQUEL[person.presence][step.do];
    if (presence === undefined || (step.do === 'open-tab' && step.channel !== person.channel)) return false;
    people.set(step.actor, { presence, channel: step.channel ?? person.channel });
    return true;
  });
}

function* earlierSteps(workload: Workload): IterableIterator<Workload> {
  const { steps, faults } = workload;
  if (steps.length === 0) return;
  const firstMs = Math.min(steps[0]!.atMs, ...faults.map(({ atS }) => Math.round(atS * 1e3)));
  if (firstMs > 0) {
    yield {
      ...workload,
      steps: steps.map((step) => ({ ...step, atMs: step.atMs - firstMs })),
      faults: faults.map((fault) => ({ ...fault, atS: Math.max(0, Math.round(fault.atS * 1e3 - firstMs) / 1e3) })),
    };
  }
  for (const grain of GRAINS) {
    const rounded = steps.map((step) => ({ ...step, atMs: step.atMs - (step.atMs % grain) }));
    if (rounded.some(({ atMs }, index) => atMs !== steps[index]!.atMs)) yield { ...workload, steps: rounded };
  }
  for (const [index, { atMs }] of steps.entries()) {
    for (const earlierMs of earlier(atMs)) {
      const moved = steps.map((step, other) => (other === index ? { ...step, atMs: earlierMs } : step));
      moved.sort((a, b) => a.atMs - b.atMs);
      const smaller = { ...workload, steps: moved };
      if (workloadProblem(smaller) === null) yield smaller;
    }
  }
}

function* smallerFaults(workload: Workload): IterableIterator<Workload> {
  for (const [index, fault] of workload.faults.entries()) {
    const change = (smaller: Fault) => ({
      ...workload,
      faults: workload.faults.map((each, other) => (other === index ? smaller : each)),
    });
    for (const atMs of earlier(Math.round(fault.atS * 1e3))) yield change({ ...fault, atS: atMs / 1e3 });
    if (!('forS' in fault) || fault.forS === undefined) continue;
    for (const forMs of earlier(Math.round(fault.forS * 1e3)))
      if (forMs > 0) yield change({ ...fault, forS: forMs / 1e3 });
  }
}

/** Smaller whole numbers, the best first: 0, rounder ones, half of it. Each once. */
function earlier(value: number): Set<number> {
  const smaller = new Set<number>();
  if (value > 0) smaller.add(0);
  for (const grain of GRAINS) if (value % grain !== 0) smaller.add(value - (value % grain));
  if (value > 1) smaller.add(Math.floor(value / 2));
  return smaller;
}
