import { formatNumber, plural } from '../format.js';
import { unmeasuredLevels } from './figures.js';
import type { CapacityFile, CapacityOutcome } from './schema.js';

/** The outcome of a search, in sentences. */
export function capacityLines(file: CapacityFile): string[] {
  const { capacity, seeds } = file;
  if (capacity === undefined) return [];
  if (capacity.passed === null && unmeasuredLevels(file).length > 0)
    return ['Capacity: cannot be said, since a level was measured at no load.'];
  const { key, passed, failed, level, exceptions, skipped, limiting, replay } = capacity;
  const all = plural(seeds.length, 'seed');
  const interval =
    passed === null
      ? `Capacity: none. Already ${key} ${formatNumber(failed ?? capacity.min)} misses a level${whyNoPass(capacity, failed ?? capacity.min)}.`
      : failed === null
        ? `Capacity: at least ${formatNumber(passed)} (${key}); every level held on ${all}, and ${whyNoFailure(capacity, passed)}`
        : `Capacity: ${formatNumber(passed)} to ${formatNumber(failed)} (${key}): ${formatNumber(passed)} held on ${all}, ${formatNumber(failed)} did not.`;
  return [
    interval,
    ...(exceptions.length === 0
      ? []
      : [`Not a simple limit: ${exceptions.map((load) => formatNumber(load)).join(', ')} missed a level below it.`]),
    ...skippedLines(key, skipped),
    ...(level === null ? [] : [`First missed: ${level}.`]),
    ...(level === null ? [] : [`Limiting resource: ${limiting.resource}. ${limiting.why}`]),
    ...(replay === null ? [] : [`Again: ${replay}`]),
  ];
}

/** Why no load has failed: there is no larger one in the range, none of them is a scenario, or the search has given up looking for one. */
function whyNoFailure({ key, min, max, skipped }: CapacityOutcome, passed: number): string {
  if (passed >= max)
    return `it is the largest load of the search; --load ${key}=${min}..${max * GROWTH} looks further.`;
  const beyond = looked(skipped, passed + 1, max);
  return beyond.count === max - passed
    ? `no larger load up to ${formatNumber(max)} is a valid scenario.`
    : `the search gave up there: of the larger loads it looked at ${formatNumber(beyond.count)} (${formatNumber(beyond.from)} to ${formatNumber(beyond.to)}), and none is a valid scenario. Larger ones may hold, too.`;
}

/** Why no smaller load was tried, where that is not because there is none in the range. */
function whyNoPass({ min, skipped }: CapacityOutcome, failed: number): string {
  const beneath = looked(skipped, min, failed - 1);
  if (failed <= min || beneath.count === 0) return '';
  return beneath.count === failed - min
    ? `, and no smaller load from ${formatNumber(min)} is a valid scenario`
    : `; of the smaller loads ${formatNumber(beneath.count)} (${formatNumber(beneath.from)} to ${formatNumber(beneath.to)}) were looked at, and none is a valid scenario`;
}

/** Loads that were stepped over, from one to another: how many, and the outermost. */
function looked(
  skipped: CapacityOutcome['skipped'],
  from: number,
  to: number,
): { count: number; from: number; to: number } {
  const inside = skipped
    .map((group) => ({ from: Math.max(from, group.from), to: Math.min(to, group.to) }))
    .filter((group) => group.from <= group.to);
  return {
    count: inside.reduce((sum, group) => sum + group.to - group.from + 1, 0),
    from: inside[0]?.from ?? from,
    to: inside.at(-1)?.to ?? from,
  };
}

/** A range that is worth another search. */
const GROWTH = 10;

/** So many groups of neighbours are named. */
const SKIPPED_SHOWN = 5;

function skippedLines(key: string, skipped: CapacityOutcome['skipped']): string[] {
  const [first] = skipped;
  if (first === undefined) return [];
  const groups = skipped
    .slice(0, SKIPPED_SHOWN)
    .map(({ from, to }) => (from === to ? formatNumber(from) : `${formatNumber(from)} to ${formatNumber(to)}`));
  const loads = skipped.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const rest = skipped.length > SKIPPED_SHOWN ? ' and others' : '';
  return [
    `Stepped over ${plural(loads, 'load')} that ${loads === 1 ? 'is' : 'are'} not valid: ${key} ${groups.join(', ')}${rest} (${first.why}). Let other fields follow with --with to have them valid${key === 'population.clients' ? ', e.g. --with population.channels=clients/10' : ''}.`,
  ];
}
