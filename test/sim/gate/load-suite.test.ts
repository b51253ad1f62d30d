import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtInScenarios } from '../../../scenarios/index.js';
import { builtInSuites } from '../../../scenarios/suites/index.js';
import { writeOutput } from '../../../sim/cli/outputs.js';
import { loadSuite, pointsOf } from '../../../sim/gate/index.js';

const catalogue = { scenarios: builtInScenarios, suites: builtInSuites };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-suite-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(text: string, seeds?: number) {
  const path = join(folder, 'suite.yaml');
  await writeFile(path, text);
  return loadSuite(path, { catalogue, ...(seeds === undefined ? {} : { seeds }) });
}

test('the default suite has every scenario, with ten seeds', async () => {
  const suite = await loadSuite('default', { catalogue });
  expect(suite.entries.map(({ name }) => name)).toEqual(builtInScenarios.map(({ name }) => name));
  expect(pointsOf(suite)).toHaveLength(10 * builtInScenarios.length);
  const shards = [1, 2, 3].flatMap((index) => pointsOf(suite, { index, of: 3 }).map(({ key }) => key));
  expect(new Set(shards)).toEqual(new Set(pointsOf(suite).map(({ key }) => key)));
  expect(shards).toHaveLength(pointsOf(suite).length);
});

test('levels of the suite stand behind those of the scenario, in the command that shows it again, too', async () => {
  const text = `
name: mine
seeds: [5, 9]
aggregation: median
expectations: { lost_joins: ['count<1'] }
scenarios:
  - { scenario: crossroads, name: short, set: [durationS=4], seeds: 1, expectations: { reconnects: [count>=0] } }
  - crossroads
`;
  const { entries } = await load(text);
  const [short, plain] = entries;
  expect(short).toMatchObject({ name: 'short', reference: 'crossroads', seeds: [1], over: 'median' });
  expect(short!.scenario.expectations).toMatchObject({ lost_joins: ['count==0', 'count<1'], reconnects: ['count>=0'] });
  expect(short!.overrides).toEqual([
    'durationS=4',
    'expectations.lost_joins=["count==0","count<1"]',
    'expectations.reconnects=["count>=0"]',
  ]);
  expect(plain).toMatchObject({ seeds: [5, 9] });
  expect((await load(text, 3)).entries.map(({ seeds }) => seeds)).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
});

test('a level changes no identity of what is run, a setting does', async () => {
  const hash = async (entry: string) => (await load(`name: mine\nscenarios: [${entry}]`)).entries[0]!;
  const plain = await hash('crossroads');
  const level = await hash("{ scenario: crossroads, expectations: { lost_joins: ['count<1'] } }");
  const setting = await hash('{ scenario: crossroads, set: { durationS: 4 } }');
  expect(level.hash).toBe(plain.hash);
  expect(level.levels).not.toBe(plain.levels);
  expect(setting.hash).not.toBe(plain.hash);
});

test('a file of a scenario lies beside its suite, and modules export theirs', async () => {
  await writeFile(join(folder, 'own.yaml'), 'durationS: 5\n');
  await writeFile(join(folder, 'suite.mjs'), "export const suite = { name: 'typed', scenarios: ['own.yaml'] };\n");
  const { entries, name } = await loadSuite(join(folder, 'suite.mjs'), { catalogue });
  expect(name).toBe('typed');
  expect(entries).toMatchObject([{ name: 'own', reference: join(folder, 'own.yaml') }]);
});

test.each([
  [
    'scenarios: [crossraods]',
    'suite.yaml:2:13: scenarios.0: crossraods: there is no scenario "crossraods"; did you mean "crossroads"?',
  ],
  ['scenarios: [crossroads]\nseed: 3', 'suite.yaml:3:1: seed: is no known key; did you mean "seeds"?'],
  ['scenarios: [crossroads, crossroads]', 'there is another scenario "crossroads" in the suite'],
  ['scenarios: [crossroads]\nexpectations: { mso: [avg>4] }', 'there is no metric "mso"; did you mean "mos"?'],
  ['scenarios: [{ scenario: crossroads, set: { durationM: 3 } }]', '"durationM" is no known key'],
  ['scenarios: []', 'scenarios: must not be empty'],
  ['scenarios: [own-one.yaml]', 'own-one.yaml does not exist'],
])('%j is refused in one line', async (text, message) => {
  await expect(load(`name: wrong\n${text}\n`)).rejects.toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }),
  );
});

test('a suite that is not there', async () => {
  await expect(loadSuite('nightly', { catalogue })).rejects.toThrow('there is no suite "nightly"; known: default');
  await expect(loadSuite('no.yaml', { catalogue })).rejects.toThrow('no.yaml does not exist; check the path');
});

test('a full disk is said in one line, with what to do', async () => {
  await expect(writeOutput('--report', '/dev/full', 'x')).rejects.toThrow(
    '--report /dev/full cannot be written (ENOSPC); make room or choose another path',
  );
});
