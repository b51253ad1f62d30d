import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtInScenarios } from '../../scenarios/index.js';
import { loadScenario } from '../../sim/scenario/index.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-'));
});
afterAll(() => rm(folder, { recursive: true }));

const load = (reference: string, ...overrides: string[]) =>
  loadScenario(reference, { builtIn: builtInScenarios, overrides });

const file = async (name: string, text: string) => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

/** The message, with the folder taken away. */
const problemOf = async (name: string, text: string, ...overrides: string[]) => {
  const path = await file(name, text);
  const error = await load(path, ...overrides).then(
    () => new Error('was accepted'),
    (reason: Error) => reason,
  );
  expect(error).toHaveProperty('name', 'DeadairError');
  expect(error.message).not.toContain('\n');
  return error.message.replace(`${folder}/`, '');
};

describe('built-in scenarios', () => {
  test.each(builtInScenarios.map(({ name }) => name))('%s is valid', async (name) => {
    const scenario = await load(name);
    expect(scenario.description).not.toBe('');
    expect(Object.keys(scenario.expectations)).not.toEqual([]);
  });

  test('are the ones that the documents ask for, with their numbers', async () => {
    expect(await load('p2p-baseline')).toMatchObject({ durationS: 300, population: { clients: 50, membersMax: 9 } });
    expect(await load('hybrid-ramp')).toMatchObject({
      population: { clients: 100, arrival: { kind: 'ramp', overS: 600 } },
    });
    expect(await load('mixed-load')).toMatchObject({
      durationS: 1800,
      population: { clients: 500, channels: 50, membersMin: 2, membersMax: 30 },
    });
    expect(await load('join-storm')).toMatchObject({
      topology: { backends: 2 },
      population: { arrival: { kind: 'storm' } },
    });
    expect(await load('calls-third-person')).toMatchObject({ policy: { profile: 'calls' } });
  });

  test('mixed-load scales its channels', async () => {
    expect((await load('mixed-load', 'population.clients=10000')).population.channels).toBe(1000);
  });

  test('an unknown one is answered with the nearest', async () => {
    await expect(load('mixed-lod')).rejects.toThrow('there is no scenario "mixed-lod"; did you mean "mixed-load"?');
    await expect(load('zzzzzzzz')).rejects.toThrow('known: p2p-baseline, hybrid-ramp');
  });
});

describe('YAML', () => {
  test('the example is valid', async () => {
    const scenario = await load('scenarios/examples/evening-with-a-bad-network.yaml');
    expect(scenario.policy.enableThreshold).toBe(6);
  });

  test('the name of the file is the name of the scenario when it has none', async () => {
    expect((await load(await file('tea-time.yml', 'durationS: 60\n'))).name).toBe('tea-time');
  });

  test.each([
    ['syntax', 'durationS: 60\npolicy: {profile: calls\n', /^bad\.yaml:3:1: /],
    [
      'wrong type',
      'durationS: 60\npopulation:\n  clients: many\n',
      'bad.yaml:3:12: population.clients: must be a number, not "many"',
    ],
    ['range', 'population:\n  clients: -4\n', 'bad.yaml:2:12: population.clients: must be at least 1, not -4'],
    [
      'unknown key',
      'durationS: 60\npopulation:\n  client: 4\n',
      'bad.yaml:3:3: population.client: is no known key; did you mean "clients"?',
    ],
    [
      'unknown key at the root',
      'durationS: 60\n\nduration: 4\n',
      'bad.yaml:3:1: duration: is no known key; did you mean "durationS"?',
    ],
    [
      'list entry',
      'faults:\n  - { kind: sfu-crash, atS: 10 }\n  - { kind: sfu-crash, atS: -3 }\n',
      'bad.yaml:3:29: faults.1.atS: must be at least 0, not -3',
    ],
    ['missing field', 'faults:\n  - kind: sfu-crash\n', 'bad.yaml:2:5: faults.0.atS: is missing; it must be a number'],
    [
      'cross check',
      'policy:\n  enableThreshold: 3\n  disableThreshold: 4\n',
      'bad.yaml:3:21: policy.disableThreshold: must be below',
    ],
    [
      'metric',
      'expectations:\n  lost_join: [count==0]\n',
      'bad.yaml:2:3: expectations.lost_join: there is no metric "lost_join"; did you mean "lost_joins"?',
    ],
    [
      'expression',
      "expectations:\n  lost_joins: ['count==0', 'p(95)<1']\n",
      'bad.yaml:2:28: expectations.lost_joins.1: "p(95)<1": p does not exist for a counter',
    ],
    [
      'profile',
      'network:\n  clientProfiles: { wifi: 1, lt: 1 }\n',
      'bad.yaml:2:30: network.clientProfiles.lt: there is no network profile "lt"; did you mean "lte"?',
    ],
    ['twice the same key', 'durationS: 60\ndurationS: 61\n', /^bad\.yaml:2:1: /],
    ['no map', '- 1\n', 'bad.yaml:1:1: a scenario is a group of fields'],
    ['nothing', '', 'bad.yaml:1:1: a scenario is a group of fields'],
    ['unknown alias', 'durationS: *x\n', /^bad\.yaml/],
  ])('%s', async (_, text, message) => {
    const problem = await problemOf('bad.yaml', text);
    if (message instanceof RegExp) expect(problem).toMatch(message);
    else expect(problem).toContain(message);
  });

  test('a mistake in --set is not blamed on the file', async () => {
    expect(await problemOf('good.yaml', 'durationS: 60\n', 'population.clients=0')).toMatch(
      /^--set population\.clients=0: /,
    );
  });
});

describe('modules', () => {
  test.each([
    ['named.mjs', "export const scenario = { name: 'named', durationS: 9, population: { arrival: { overS: 3 } } };\n"],
    ['default.mjs', "const it = { name: 'named', durationS: 9 };\nexport { it as default };\n"],
    ['only.mjs', "export const anything = { name: 'named', durationS: 9 };\n"],
    ['typed.ts', "const durationS: number = 9;\nexport const scenario = { name: 'named', durationS };\n"],
    ['typed.mts', "export const scenario = { name: 'named' as string, durationS: 9 };\n"],
  ])('%s', async (name, text) => {
    expect(await load(await file(name, text))).toMatchObject({ name: 'named', durationS: 9 });
  });

  test('problems name the file', async () => {
    expect(await problemOf('none.mjs', 'export const x = 1;\n')).toBe(
      "none.mjs exports no scenario; write export const scenario = { name: '...' }",
    );
    expect(await problemOf('broken.mjs', "throw new Error('boom');\n")).toBe('broken.mjs cannot be imported: boom');
    expect(await problemOf('wrong.mjs', 'export const scenario = { durationS: -1 };\n')).toBe(
      'wrong.mjs: durationS: must be above 0, not -1',
    );
  });
});

describe('files', () => {
  test('a missing one is named', async () => {
    await expect(load('./no-such.yaml')).rejects.toThrow('./no-such.yaml does not exist; check the path');
    await expect(load('./no-such.ts')).rejects.toThrow('./no-such.ts does not exist');
    await expect(load(await file('a.txt', ''))).rejects.toThrow('must end in .yaml');
  });

  test('capacity traces are read when the scenario is loaded, and wrong ones refused with the line', async () => {
    const good = await file('good.down', '1\n3\n3\n10\n');
    const bad = await file('bad.down', '1\nx7\n');
    expect((await load('p2p-baseline', `network.traceFiles.car=${good}`)).network.traces).toEqual({
      car: '1\n3\n3\n10\n',
    });
    await expect(load('p2p-baseline', `network.traceFiles.car=${bad}`)).rejects.toThrow(
      'bad.down: line 2 is not a whole number',
    );
    await expect(load('p2p-baseline', 'network.traceFiles.car=nowhere.down')).rejects.toThrow(
      'nowhere.down does not exist',
    );
  });
});
