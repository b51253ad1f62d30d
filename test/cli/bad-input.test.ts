import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderJson } from '../../reports/index.js';
import { fixtureResult } from '../reports/result-fixture.js';
import { deadair } from './cli.js';

let folder = '';
const files: Record<string, string> = {
  'unknown-key.yaml': 'durationS: 60\npopulation:\n  client: 4\n',
  'wrong-type.yaml': 'durationS: 60\npopulation:\n  clients: many\n',
  'range.yaml': 'durationS: -5\n',
  'syntax.yaml': 'population: {clients: 4\n',
  'negative-rate.yaml': 'network:\n  profiles:\n    own: { rateKbps: -100 }\n',
  'letters.down': '1\n2\nabc\n',
  'truncated.json': renderJson(fixtureResult()).slice(0, 3000),
  'foreign.json': '{"hello": 1}\n',
  'wrong-field.json': renderJson({ ...fixtureResult(), seed: 'seven' as unknown as number }),
  'throws.mjs': "throw new Error('two\\nlines');\n",
};
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-'));
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
});
afterAll(() => rm(folder, { recursive: true }));

const run = 'p2p-baseline';

describe('bad input: exit 2, one line that says what to do, no stack trace', () => {
  test.each<[string, () => string[], string]>([
    ['unknown scenario', () => ['run', 'mixed-laod'], 'did you mean "mixed-load"?'],
    ['unknown key in --set', () => ['run', run, '--set', 'population.cleints=4'], 'did you mean "population.clients"?'],
    [
      'unknown key in YAML',
      () => ['run', at('unknown-key.yaml')],
      'unknown-key.yaml:3:3: population.client: is no known key',
    ],
    ['wrong type in --set', () => ['run', run, '--set', 'population.clients=many'], 'must be a number, not "many"'],
    [
      'wrong type in YAML',
      () => ['run', at('wrong-type.yaml')],
      'wrong-type.yaml:3:12: population.clients: must be a number',
    ],
    ['range in YAML', () => ['run', at('range.yaml')], 'range.yaml:1:12: durationS: must be above 0, not -5'],
    ['YAML syntax', () => ['run', at('syntax.yaml')], 'syntax.yaml:2:1: '],
    [
      'negative rate',
      () => ['run', at('negative-rate.yaml')],
      'negative-rate.yaml:3:22: network.profiles.own.rateKbps: must be above 0',
    ],
    ['negative weight', () => ['run', run, '--set', 'network.clientProfiles.wifi=-1'], 'must be at least 0, not -1'],
    [
      'empty population',
      () => ['run', run, '--set', 'population.clients=0'],
      'population.clients: must be at least 1, not 0',
    ],
    [
      'a trace with letters',
      () => ['run', run, '--set', `network.traceFiles.car=${at('letters.down')}`],
      'letters.down: line 3 is not a whole number',
    ],
    [
      'unknown metric',
      () => ['run', run, '--set', 'expectations.lost_join=["count==0"]'],
      'did you mean "lost_joins"?',
    ],
    ['unknown profile', () => ['run', run, '--set', 'network.clientProfiles.wify=1'], 'did you mean "wifi"?'],
    ['expectation syntax', () => ['run', run, '--set', 'expectations.lost_joins=["few"]'], 'cannot be read; write'],
    [
      'unwritable report: no such directory',
      () => ['run', run, '--report', at('no/page.html')],
      'does not exist; create it first',
    ],
    ['unwritable report: a directory', () => ['run', run, '--report', folder], 'is a directory; name a file in it'],
    [
      'unwritable result',
      () => ['run', run, '--out', '/proc/result.json'],
      '--out /proc/result.json cannot be written',
    ],
    ['unwritable trace', () => ['run', run, '--trace', at('no/trace.ndjson')], '--trace'],
    [
      'two outputs in one file',
      () => ['run', run, '--out', at('a'), '--report', at('a')],
      '--report and --out name the same file',
    ],
    ['seed with letters', () => ['run', run, '--seed', 'x7'], 'A seed is a whole number'],
    ['negative seed', () => ['run', run, '--seed', '-7'], 'A seed is a whole number'],
    ['duration of nothing', () => ['run', run, '--duration', '0'], 'A duration is a number of seconds above 0'],
    ['unknown option', () => ['run', run, '--sede', '7'], '--seed'],
    ['unknown command', () => ['rnu', run], 'run'],
    ['no scenario', () => ['run'], "missing required argument 'scenario'"],
    ['missing file', () => ['run', './nowhere.yaml'], './nowhere.yaml does not exist'],
    ['module that throws', () => ['run', at('throws.mjs')], 'throws.mjs cannot be imported: two'],
    ['truncated result', () => ['report', at('truncated.json'), '--out', at('page.html')], 'breaks off in the middle'],
    ['foreign result', () => ['report', at('foreign.json'), '--out', at('page.html')], 'schemaVersion is missing'],
    [
      'wrong field in a result',
      () => ['report', at('wrong-field.json'), '--out', at('page.html')],
      'wrong-field.json: seed: ',
    ],
    ['missing result', () => ['report', at('nowhere.json')], 'does not exist'],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await deadair(args());
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('nothing half-written is left', async () => {
    expect((await readdir(folder)).sort()).toEqual(Object.keys(files).sort());
  });
});
