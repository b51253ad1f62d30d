import type { Fault, ScriptStep } from '../../scenario/index.js';
import { sensible, type Workload } from './workload.js';

/** How far a search through the smaller workloads had come: it goes on there with what it has found, and comes back to the beginning at the end. */
export interface ShrinkPlace {
  readonly stage: number;
  readonly index: number;
}

/** A smaller workload, and where in the search it was found. */
export interface Shrunk {
  readonly workload: Workload;
  readonly place: ShrinkPlace;
}

/** A smaller workload, made when it is asked for; null when it would be the same. */
type Candidate = () => Workload | null;

/** Rounder first, in seconds. */
const GRAINS_S = [1, 0.1, 0.01, 0.001] as const;

/** A gap between two steps longer than this is worth a try to halve it. */
const LONG_S = 1;

/** The boldest first. */
const STAGES: readonly ((workload: Workload) => Candidate[])[] = [
  fewerPeople,
  fewerFaults,
  fewerSteps,
  laterArrivals,
  oneChannel,
  earlier,
  smallerFaults,
];

/**
 * Workloads smaller than this one: fewer people, faults, steps, channels, everything earlier and at rounder times, shorter faults. Each is valid if this
 * one is, and has fewer steps and faults, or lower channels, or a smaller sum of times, so that shrinking ends. A workload none of whose
 * smaller ones fails can do without nothing that is in it.
 * @param from where the search that led to this workload had come. Default: the beginning
 */
export function* shrinkWorkload(
  workload: Workload,
  from: ShrinkPlace = { stage: 0, index: 0 },
): IterableIterator<Shrunk> {
  for (let turn = 0; turn <= STAGES.length; turn++) {
    const stage = (from.stage + turn) % STAGES.length;
    const candidates = STAGES[stage]!(workload);
    const first = turn === 0 ? from.index : 0;
    const end = turn === STAGES.length ? from.index : candidates.length;
    for (let index = first; index < Math.min(end, candidates.length); index++) {
      const smaller = candidates[index]!();
      if (smaller !== null) yield { workload: smaller, place: { stage, index } };
    }
  }
}

function fewerPeople(workload: Workload): Candidate[] {
  const { script } = workload;
  const users = [...new Set(script.map(({ user }) => user))];
  // one who does but one thing goes with it
  const busy = users.filter((one) => script.filter(({ user }) => user === one).length > 1);
  const halves = users.length > 3 ? [users.slice(users.length >> 1), users.slice(0, users.length >> 1)] : [];
  return [...halves, ...busy.map((user) => [user])].map(
    (gone) => () =>
      left(
        workload,
        script.filter(({ user }) => !gone.includes(user)),
      ),
  );
}

/** With fewer steps: without those that make no sense any more, and without partitions from people who do not come. */
function left({ faults }: Workload, steps: readonly ScriptStep[]): Workload {
  const script = sensible(steps);
  const users = new Set(script.map(({ user }) => user));
  const there = (host: string) => {
    const user = /^client-(\d+)$/.exec(host)?.[1];
    return user === undefined || users.has(Number(user));
  };
  const hit = faults.flatMap((fault): Fault[] => {
    if (fault.kind !== 'partition') return [fault];
    const [from, to] = [fault.from.filter(there), fault.to.filter(there)];
    return from.length > 0 && to.length > 0 ? [{ ...fault, from, to }] : [];
  });
  return { script, faults: hit };
}

function fewerFaults({ script, faults }: Workload): Candidate[] {
  const all: Candidate[] = faults.length > 1 ? [() => ({ script, faults: [] })] : [];
  return [...all, ...faults.map((fault) => () => ({ script, faults: faults.filter((other) => other !== fault) }))];
}

function fewerSteps(workload: Workload): Candidate[] {
  const { script } = workload;
  const candidates: Candidate[] = [];
  for (let size = Math.max(1, script.length >> 1); size >= 1 && script.length > 0; size >>= 1) {
    for (let start = 0; start < script.length; start += size)
      candidates.push(() => left(workload, [...script.slice(0, start), ...script.slice(start + size)]));
  }
  return candidates;
}

/** Without a person's first step: the second becomes the arrival. */
function laterArrivals(workload: Workload): Candidate[] {
  const { script } = workload;
  const seen = new Set<number>();
  return script.flatMap((step, index): Candidate[] => {
    if (seen.has(step.user)) return [];
    seen.add(step.user);
    const second = script.findIndex(({ user }, at) => at > index && user === step.user);
    if (second < 0 || script[second]!.do === 'join') return [];
    const arrival: ScriptStep = { ...step, atS: script[second]!.atS };
    const left = () => script.flatMap((each, at) => (at === index ? [] : [at === second ? arrival : each]));
    return [() => ({ ...workload, script: sensible(left()) })];
  });
}

function oneChannel(workload: Workload): Candidate[] {
  const { script } = workload;
  if (script.every(({ channel }) => channel === 1)) return [];
  return [() => ({ ...workload, script: sensible(script.map((step) => ({ ...step, channel: 1 }))) })];
}

function earlier(workload: Workload): Candidate[] {
  const { script, faults } = workload;
  const candidates: Candidate[] = [];
  const firstS = Math.min(...script.map(({ atS }) => atS), ...faults.map(({ atS }) => atS));
  if (firstS > 0 && Number.isFinite(firstS)) {
    const moved = <T extends ScriptStep | Fault>(one: T): T => ({ ...one, atS: tidy(one.atS - firstS) });
    candidates.push(() => ({ script: script.map(moved), faults: faults.map(moved) }));
  }
  for (const grainS of GRAINS_S)
    candidates.push(() =>
      changed(
        workload,
        script,
        script.map((step) => ({ ...step, atS: rounded(step.atS, grainS) })),
      ),
    );
  for (const [index, step] of script.entries()) {
    const notBeforeS = script[index - 1]?.atS ?? 0;
    for (const atS of earlierTimes(step.atS, notBeforeS))
      candidates.push(() => ({ ...workload, script: replaced(script, index, { ...step, atS }) }));
    if (step.do !== 'sleep' && step.do !== 'reload') continue;
    for (const forS of shorter(step.forS))
      candidates.push(() => ({ ...workload, script: replaced(script, index, { ...step, forS }) }));
  }
  return candidates;
}

function smallerFaults(workload: Workload): Candidate[] {
  const { script, faults } = workload;
  return faults.flatMap((fault, index): Candidate[] => {
    const change = (smaller: Fault) => () => ({ script, faults: replaced(faults, index, smaller) });
    const notBeforeS = faults[index - 1]?.atS ?? 0;
    const candidates = [...earlierTimes(fault.atS, notBeforeS)].map((atS) => change({ ...fault, atS }));
    if ('forS' in fault && fault.forS !== undefined)
      for (const forS of shorter(fault.forS)) candidates.push(change({ ...fault, forS }));
    return candidates;
  });
}

function changed(workload: Workload, before: readonly ScriptStep[], after: ScriptStep[]): Workload | null {
  return after.every(({ atS }, index) => atS === before[index]!.atS) ? null : { ...workload, script: after };
}

const replaced = <T>(list: readonly T[], index: number, item: T): T[] => list.with(index, item);

/** Together with what comes before, nearer to it, or at a rounder time, but not before it. */
function earlierTimes(atS: number, notBeforeS: number): Set<number> {
  const gapS = atS - notBeforeS;
  const nearer = gapS > LONG_S ? [rounded(notBeforeS + gapS / 2, 0.1)] : [];
  return new Set([notBeforeS, ...nearer, ...roundTimes(atS)].filter((timeS) => timeS >= notBeforeS && timeS < atS));
}

/** Rounded down, by a step of a grain or more. */
function roundTimes(atS: number): number[] {
  return GRAINS_S.map((grainS) => rounded(atS, grainS));
}

/** Shorter and rounder times than this one, but some time. */
function shorter(forS: number): Set<number> {
  const times = [...roundTimes(forS), tidy(forS / 2)];
  return new Set(times.filter((smallerS) => smallerS >= 0.001 && smallerS < forS));
}

const rounded = (atS: number, grainS: number): number => tidy(Math.floor(atS / grainS + 1e-9) * grainS);

/** To whole microseconds. */
const tidy = (atS: number): number => Math.round(atS * 1e6) / 1e6;
