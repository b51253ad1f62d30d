import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crossroads } from '../../scenarios/crossroads.js';
import { overNotes } from '../../sim/cli/over-notes.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { deadair } from './cli.js';

const SUITE = `
name: lenient
scenarios: [crossroads]
aggregation: best
expectations: { participants_max: ['max<1', { expect: 'max<2', over: worst }, { expect: 'max<3', level: warn }] }
`;

let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-over-'));
  await writeFile(at('suite.yaml'), SUITE);
});
afterAll(() => rm(folder, { recursive: true }));

test('a level that a gate judges over its seeds in another way: a run of one seed says why it fails', async () => {
  const { code, stdout } = await deadair(['run', 'crossroads', '--suite', at('suite.yaml'), '--json']);
  expect(code).toBe(1);
  const { notes } = JSON.parse(stdout) as { notes: string[] };
  expect(notes.filter((note) => note.includes('this run fails'))).toEqual([
    `participants_max max<1 is missed at this seed, so this run fails; deadair gate ${at('suite.yaml')} judges it by the best of its seeds (over: best), where it may hold`,
  ]);
});

test('without a suite what the scenario says counts', () => {
  const level = (over?: 'pooled') => ({
    ...crossroads,
    expectations: { join_latency_ms: [{ expect: 'avg>5', ...(over === undefined ? {} : { over }) }] },
  });
  const missed = [{ metric: 'join_latency_ms', expression: 'avg>5', level: 'fail' as const, actual: 4, pass: false }];
  const told = (over?: 'pooled', pass = false) => overNotes([{ ...missed[0]!, pass }], resolveScenario(level(over)));
  expect(told()).toEqual([]);
  expect(told('pooled', true)).toEqual([]);
  expect(told('pooled')).toEqual([expect.stringMatching(/deadair gate <suite> judges it by the samples of all/)]);
});
