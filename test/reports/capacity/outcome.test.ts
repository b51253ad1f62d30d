import { expect, test } from 'vitest';
import { heatMaps } from '../../../reports/capacity/heat-map.js';
import { capacityLines } from '../../../reports/capacity/outcome-lines.js';
import type { CapacityOutcome } from '../../../reports/capacity/schema.js';
import { madeUp } from './fixture.js';

const file = madeUp([{ key: 'population.clients', values: ['160'] }], [{ values: ['160'] }]);
const first = (change: Partial<CapacityOutcome>): string => {
  const none = { level: null, limiting: { resource: '', why: '', resources: [] }, replay: null };
  const range = { key: 'population.clients', min: 1, max: 2_560, passed: 160, failed: null };
  const capacity = { ...range, ...none, exceptions: [], skipped: [], ...change };
  const [line = ''] = capacityLines({ ...file, kind: 'capacity', capacity });
  return line.replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ');
};
const skip = (from: number, to: number) => ({ from, to, why: 'they do not fill the channels' });

test('a search that has reached its largest load says so, and how to look further', () => {
  expect(first({ passed: 2_560 })).toBe(
    'Capacity: at least 2 560 (population.clients); every level held on 2 seeds, and it is the largest load of the search; --load population.clients=1..25600 looks further.',
  );
});

test('a search that found no larger load says whether there is none, or whether it gave up', () => {
  expect(first({ skipped: [skip(1, 159), skip(161, 2_560)] })).toMatch(
    /at least 160 .* and no larger load up to 2 560 is a valid scenario\.$/,
  );
  expect(first({ max: 100_000, skipped: [skip(150, 159), skip(161, 5_160)] })).toMatch(
    /and the search gave up there: of the larger loads it looked at 5 000 \(161 to 5 160\), and none is a valid scenario\. Larger ones may hold, too\.$/,
  );
});

test('a heat map does not shade what reads the same', () => {
  const pair = [
    { key: 'a', values: ['1', '2'] },
    { key: 'b', values: ['1'] },
  ];
  const map = (first: number, second: number) =>
    heatMaps(
      madeUp(pair, [
        { values: ['1', '1'], mos: first },
        { values: ['2', '1'], mos: second },
      ]),
    ).match(/heat-\d/g);
  expect(map(4.4, 3.9)).toEqual(['heat-0', 'heat-7']);
  expect(map(4.4, 4.4)).toEqual(['heat-0', 'heat-0']);
  expect(map(4.4, 4.400_001)).toEqual(['heat-0', 'heat-0']);
});

test('a search without a load that holds says which smaller ones it could not try', () => {
  const none = { passed: null, failed: 160 };
  expect(first({ ...none, min: 160 })).toBe('Capacity: none. Already population.clients 160 misses a level.');
  expect(first({ ...none, skipped: [skip(1, 159), skip(161, 170)] })).toBe(
    'Capacity: none. Already population.clients 160 misses a level, and no smaller load from 1 is a valid scenario.',
  );
  expect(first({ ...none, failed: 16_000, skipped: [skip(6_000, 10_999)] })).toMatch(
    /; of the smaller loads 5 000 \(6 000 to 10 999\) were looked at, and none is a valid scenario\.$/,
  );
});
