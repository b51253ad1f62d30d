import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { deadair } from './cli.js';

const SUITE = `
name: small
seeds: 3
scenarios:
  - crossroads
  - scenario: crossroads
    name: later
    set: { drainS: 30 }
    expectations:
      join_latency_ms: ['p(95)<5000']
`;

// each starts a process and a thread in it
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder = '';
const at = (name: string) => join(folder, name);
const read = (name: string) => readFile(at(name), 'utf8');
const json = async (name: string) => JSON.parse(await read(name));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-gate-'));
  await writeFile(at('suite.yaml'), SUITE);
  const files = ['out', 'junit', 'html', 'markdown'].flatMap((name) => [`--${name}`, at(`whole.${name}`)]);
  const { code, stderr } = await deadair(['gate', at('suite.yaml'), '--workers', '1', ...files]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
afterAll(() => rm(folder, { recursive: true }));

describe('shards', () => {
  test('merged, they make the very bytes of one run, whatever the number of threads', async () => {
    const shards = await Promise.all(
      [1, 2].map((k) =>
        deadair(['gate', at('suite.yaml'), '--shard', `${k}/2`, '--workers', '2', '--out', at(`shard-${k}.json`)]),
      ),
    );
    expect(shards.map(({ code }) => code)).toEqual([0, 0]);
    const files = ['out', 'junit', 'html', 'markdown'].flatMap((name) => [`--${name}`, at(`merged.${name}`)]);
    const merged = await deadair(['merge', at('shard-2.json'), at('shard-1.json'), ...files]);
    expect(merged.code).toBe(0);
    for (const name of ['out', 'junit', 'html', 'markdown'])
      expect(await read(`merged.${name}`)).toBe(await read(`whole.${name}`));
  });

  test('one that is missing, and a number that cannot be', async () => {
    const missing = await deadair(['merge', at('shard-2.json')]);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toBe('deadair: shard 1/2 is missing; run deadair gate --shard 1/2\n');
    const many = await deadair(['gate', at('suite.yaml'), '--shard', '7/7']);
    expect(many.code).toBe(2);
    expect(many.stderr).toContain('has only 6 runs');
  });
});

describe('exit codes', () => {
  test('1 for a missed level: what, where, and the command that shows it', async () => {
    await writeFile(at('strict.yaml'), SUITE.replace('p(95)<5000', 'p(95)<1').replace('seeds: 3', 'seeds: 1'));
    const { code, stdout } = await deadair(['gate', at('strict.yaml'), '--github']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/! later: join_latency_ms: expected p\(95\)<1, found \d+ ms/);
    const command = /^ {2}deadair (run .*)$/m.exec(stdout)![1]!;
    expect(command).toBe(`run later --suite ${at('strict.yaml')} --seed 1`);
    const again = await deadair(command.split(' '));
    expect(again.code).toBe(1);
    expect(again.stdout).toContain('p(95)<1');
    expect(stdout.match(/^::error /gm)).toHaveLength(1);
  });

  test('the command makes the very run that the gate has judged', async () => {
    const { runs, suite } = await json('whole.out');
    expect(suite.reference).toBe(at('suite.yaml'));
    const run = runs.find(
      ({ scenario, seed }: { scenario: string; seed: number }) => scenario === 'later' && seed === 2,
    );
    const words = ['run', 'later', '--suite', at('suite.yaml'), '--seed', '2'];
    const [again, other] = await Promise.all([
      deadair([...words, '--out', at('again.json')]),
      deadair([...words, '--set', 'drainS=31', '--out', at('other.json')]),
    ]);
    expect([again.code, other.code]).toEqual([0, 0]);
    const result = await json('again.json');
    expect(result.traceHash).toBe(run.traceHash);
    expect(result.metrics).toMatchObject(run.metrics);
    const levels = (items: { metric: string; expression: string }[]) =>
      items.map((item) => [item.metric, item.expression]);
    expect(levels(result.expectations)).toEqual(levels(run.expectations));
    expect(result.replay).toBe(`deadair ${words.join(' ')}`);
    expect((await json('other.json')).replay).toBe(`deadair ${words.join(' ')} --set drainS=31`);
    expect((await json('other.json')).traceHash).not.toBe(run.traceHash);
  });

  test.each([
    ['safety', 3],
    ['liveness', 4],
  ] as const)('%s counts more than a missed level: %i', async (kind, code) => {
    const shard = await json('shard-1.json');
    const [first, second] = shard.runs;
    first.verdict = kind;
    first.violations = [{ oracle: 'an-oracle', kind, atS: 1, message: 'it happened' }];
    second.expectations[0].values = [7];
    await writeFile(at('bad.json'), JSON.stringify(shard));
    const outcome = await deadair(['merge', at('bad.json'), at('shard-2.json'), '--json']);
    expect(outcome.code).toBe(code);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ verdict: kind });
  });

  test.each([
    [['gate', 'nightly', '--shard', '2/2'], 'there is no suite "nightly"; known: default'],
    [['gate', '--shard', '3/2'], 'Write k/n with k from 1 to n'],
    [['gate', '--shard', '1/2', '--update'], 'give them to deadair merge, not to a shard'],
    [['gate', '--resume'], '--resume needs --out'],
    [
      ['run', 'mixed-laod', '--suite', 'default'],
      'there is no "mixed-laod" in the suite default; did you mean "mixed-load"',
    ],
    [['run', 'mixed-load', '--suite', 'nightly'], 'there is no suite "nightly"'],
  ])('2 for %j', async (args, message) => {
    const { code, stdout, stderr } = await deadair(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('a baseline is made, compared, refused; what has become worse is exit 1', async () => {
  const merge = (...args: string[]) =>
    deadair(['merge', at('shard-1.json'), at('shard-2.json'), '--baseline', ...args]);
  const made = await merge(at('base.json'), '--update');
  expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('baseline: ') });
  const old = await json('base.json');
  await writeFile(at('old.json'), JSON.stringify({ ...old, schemaVersion: 0 }));
  const later = old.scenarios[1].figures.find(({ metric }: { metric: string }) => metric === 'join_latency_ms');
  later.values = later.values.map((value: number) => value / 1.11);
  await writeFile(at('faster.json'), JSON.stringify(old));
  const [same, seeds, version, worse] = await Promise.all([
    merge(at('base.json'), '--json'),
    deadair(['gate', at('suite.yaml'), '--seeds', '2', '--baseline', at('base.json')]),
    merge(at('old.json')),
    merge(at('faster.json')),
  ]);
  expect(same.code).toBe(0);
  expect(JSON.parse(same.stdout).comparison).toMatchObject({ changes: [] });
  expect(JSON.parse(same.stdout).comparison.comparisons).toBeGreaterThan(5);
  expect(seeds).toMatchObject({ code: 6, stdout: '' });
  expect(seeds.stderr).toContain('scenarios.crossroads.seeds is 1,2,3 in the baseline and 1,2 here');
  expect(version).toMatchObject({ code: 6, stderr: expect.stringContaining('schemaVersion is 0') });
  expect(worse.code).toBe(1);
  expect(worse.stdout).toMatch(
    /later: join_latency_ms avg: expected as in the baseline\s+\([\d.]+\s+ms\),\s+found\s+\+11 %/,
  );
});

describe('broken off', () => {
  test('Ctrl-C keeps the runs that were made, and says which are missing', async () => {
    const text = SUITE.replace('seeds: 3', 'seeds: 30');
    await writeFile(at('long.yaml'), text);
    const args = ['gate', at('long.yaml'), '--workers', '1', '--out', at('long.json')];
    const stopped = await deadair(args, { interruptWhenWritten: at('long.json.partial') });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(
      /interrupted: \d+ of 60 runs were made; .*long.json has what there is, --resume goes on\n$/,
    );
    const partial = await json('long.json');
    expect(partial.missing.length).toBe(60 - partial.runs.length);
    expect(partial.verdict).toBe('interrupted');
    expect(existsSync(at('long.json.partial'))).toBe(false);
    const merged = await deadair(['merge', at('long.json')]);
    expect(merged).toMatchObject({ code: 2, stderr: expect.stringContaining('not of a shard') });
  });

  test('what a killed gate has left is taken up', async () => {
    const whole = await read('whole.out');
    const { suite, runs, deadairVersion } = JSON.parse(whole);
    const identity = { deadairVersion, suite: suite.hash, shard: '1/1' };
    const lines = [identity, ...runs.slice(2)].map((value) => JSON.stringify(value));
    // the last line is cut off in the middle
    await writeFile(at('killed.json.partial'), `${lines.join('\n')}\n${JSON.stringify(runs[0]).slice(0, 40)}`);
    const resumed = await deadair(['gate', at('suite.yaml'), '--resume', '--out', at('killed.json')]);
    expect(resumed.code).toBe(0);
    expect(await read('killed.json')).toBe(whole);
    expect(existsSync(at('killed.json.partial'))).toBe(false);

    // and so is what an interrupted one has written
    const missing = runs
      .slice(0, 2)
      .map(({ scenario, seed }: { scenario: string; seed: number }) => ({ scenario, seed }));
    await writeFile(at('stopped.json'), JSON.stringify({ ...JSON.parse(whole), runs: runs.slice(2), missing }));
    expect(await deadair(['gate', at('suite.yaml'), '--resume', '--out', at('stopped.json')])).toMatchObject({
      code: 0,
    });
    expect(await read('stopped.json')).toBe(whole);

    await writeFile(at('other.json.partial'), `${JSON.stringify({ ...identity, suite: 'x' })}\n`);
    const other = await deadair(['gate', at('suite.yaml'), '--resume', '--out', at('other.json')]);
    expect(other).toMatchObject({ code: 6, stderr: expect.stringContaining('suite is x') });
  });
});
