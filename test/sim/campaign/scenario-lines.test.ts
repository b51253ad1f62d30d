import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Point } from '../../../sim/campaign/index.js';
import { ScenarioLines } from '../../../sim/campaign/scenario-lines.js';
import { resolveScenario } from '../../../sim/scenario/index.js';

const scenarios = ['a', 'b', 'c', 'd', 'e'].map((name) => resolveScenario({ name }));
const pointsOf = (seeds: readonly number[]): Point[] =>
  seeds.flatMap((count, index) => {
    const scenario = scenarios[index]!;
    return Array.from({ length: count }, (_, seed) => ({ key: `${scenario.name}#${seed}`, scenario, seed }));
  });

test('each thread stays with its scenario; whoever has finished takes a new one, then shares', () => {
  const lines = new ScenarioLines(pointsOf([3, 2, 1]));
  const [first, second] = [lines.take(), lines.take()];
  expect([first?.key, second?.key]).toEqual(['a#0', 'b#0']);
  const again = lines.take(second);
  expect(again?.key).toBe('b#1');
  const other = lines.take(again);
  expect(other?.key).toBe('c#0');
  expect(lines.take(other)?.key).toBe('a#1');
  expect(lines.take(first)?.key).toBe('a#2');
  expect(lines.take(first)).toBeUndefined();
});

test('nobody takes anything after the end', () => {
  const lines = new ScenarioLines(pointsOf([3, 2]));
  const last = lines.take();
  lines.close();
  expect([lines.take(), lines.take(last)]).toEqual([undefined, undefined]);
});

test('whoever is fast or slow, every point is taken once, and nobody waits while there is one', () => {
  const seeds = fc.array(fc.nat(6), { minLength: 1, maxLength: 5 });
  const turns = fc.array(fc.nat(2), { maxLength: 40 });
  fc.assert(
    fc.property(seeds, turns, (counts, order) => {
      const points = pointsOf(counts);
      const lines = new ScenarioLines(points);
      const last: (Point | undefined)[] = [undefined, undefined, undefined];
      const taken: string[] = [];
      const begun = new Set<string>();
      const rest = (name: string) => points.some(({ key, scenario }) => scenario.name === name && !taken.includes(key));
      for (const thread of [...order, ...points.map(() => 0)]) {
        const before = last[thread];
        const stays = before !== undefined && rest(before.scenario.name);
        const fresh = points.some(({ scenario }) => !begun.has(scenario.name));
        const point = lines.take(before);
        if (point === undefined) {
          expect(taken).toHaveLength(points.length);
          continue;
        }
        if (stays) expect(point.scenario).toBe(before.scenario);
        else if (fresh) expect(begun.has(point.scenario.name)).toBe(false);
        begun.add(point.scenario.name);
        taken.push(point.key);
        last[thread] = point;
      }
      expect([...taken].sort()).toEqual(points.map(({ key }) => key).sort());
    }),
  );
});
