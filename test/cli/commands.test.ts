import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readResult, renderJson } from '../../reports/index.js';
import { fixtureResult } from '../reports/result-fixture.js';
import { deadair } from './cli.js';

let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  for (const name of await readdir(folder)) await rm(at(name));
});

/** A world small enough for a test. */
const small = ['run', 'p2p-baseline', '--duration', '30', '--set', 'population.arrival.overS=10', '--seed', '7'];
const interrupted = ['run', 'mixed-load', '--set', 'population.clients=10000'];

describe('deadair run', () => {
  test('--json prints one object with what is promised', async () => {
    const { code, stdout, stderr } = await deadair([...small, '--json']);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).toMatchObject({
      scenario: 'p2p-baseline',
      seed: 7,
      simulatedSeconds: 90,
      clients: 50,
      violations: [],
    });
    expect(result.traceHash).toMatch(/^[0-9a-f]{16}$/);
    for (const key of ['wallSeconds', 'events', 'metrics', 'verdict', 'expectations'])
      expect(result).toHaveProperty(key);
    expect(result.replay).toBe(
      'deadair run p2p-baseline --seed 7 --set population.arrival.overS=10 --set durationS=30',
    );
    expect(stderr).toBe('');
    expect([0, 1]).toContain(code);
  });

  test('the replay command gives the same trace', async () => {
    const first = JSON.parse((await deadair([...small, '--json'])).stdout) as { replay: string; traceHash: string };
    const again = await deadair([...first.replay.split(' ').slice(1), '--json']);
    expect((JSON.parse(again.stdout) as { traceHash: string }).traceHash).toBe(first.traceHash);
  });

  test('writes every file that is asked for, and the same page for the same seed', async () => {
    const files = ['out', 'report', 'junit', 'markdown', 'prometheus', 'trace'];
    const { stdout } = await deadair([...small, ...files.flatMap((name) => [`--${name}`, at(name)])]);
    expect((await readdir(folder)).sort()).toEqual([...files].sort());
    for (const name of files) expect(stdout).toContain(`${name}: ${at(name)}`);
    const result = await readResult(at('out'));
    expect(result.replay).toContain('deadair run p2p-baseline --seed 7');
    expect(result.scenario.options).toMatchObject({ durationS: 30 });
    const lines = (await readFile(at('trace'), 'utf8')).trim().split('\n');
    expect(lines.length).toBeGreaterThan(100);
    for (const line of lines) JSON.parse(line);
    expect(await readFile(at('junit'), 'utf8')).toMatch(/^<\?xml/);

    await deadair([...small, '--report', at('again')]);
    expect(await readFile(at('again'), 'utf8')).toBe(await readFile(at('report'), 'utf8'));
    await deadair(['report', at('out'), '--out', at('third')]);
    expect(await readFile(at('third'), 'utf8')).toBe(await readFile(at('report'), 'utf8'));
  });

  test('--verify runs twice', async () => {
    const { stdout, stderr } = await deadair([...small, '--verify']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/Verified: a second run has the same trace, [0-9a-f]{16}/);
  });

  test('an expectation that is missed is exit 1', async () => {
    const { code, stdout } = await deadair([...small, '--set', 'expectations={join_latency_ms: ["p(95)<1"]}']);
    expect(stdout).toMatch(/^1 expectation missed/);
    expect(code).toBe(1);
  });

  test('the summary fits 80 columns and has no colours when it is not a terminal', async () => {
    const { stdout } = await deadair(small);
    expect(stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('Again: '))).toEqual([]);
    expect(stdout).not.toContain('\u001b');
  });

  /** The trace has grown: the world runs. */
  const underWay = () =>
    readdirSync(folder).some((name) => (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0) > 100_000);

  test('Ctrl-C keeps what is there: summary, result and page, marked as interrupted', async () => {
    const files = ['out', 'report', 'junit', 'trace'];
    const { code, stdout, stderr } = await deadair(
      [...interrupted, ...files.flatMap((name) => [`--${name}`, at(name)])],
      { interruptWhen: underWay },
    );
    expect(stderr).toContain('deadair: interrupted: the results are of the time before');
    expect(code).toBe(130);
    expect(stdout).toMatch(/^Interrupted {2}mixed-load/);
    expect(stdout).toMatch(/interrupted at \d+(\.\d+)? s of 1860 s/);
    expect((await readdir(folder)).sort()).toEqual([...files].sort());
    const result = await readResult(at('out'));
    expect(result).toMatchObject({ interrupted: true, expectations: [], violations: [], verdict: 'interrupted' });
    expect(result.simulatedSeconds).toBeLessThan(1860);
  });

  test('Ctrl-C twice ends at once and leaves no file', async () => {
    const outcome = await deadair([...interrupted, '--trace', at('t'), '--out', at('o')], {
      interruptWhen: underWay,
      interruptions: 2,
    });
    expect(outcome.code).toBe(130);
    // the second may come so late that everything has been written
    if (outcome.stderr.includes('twice')) expect(await readdir(folder)).toEqual([]);
  });

  test('Ctrl-C while verifying: the run is complete', async () => {
    const args = ['run', 'mixed-load', '--duration', '900', '--json', '--verify', '--out', at('o')];
    const { code, stdout, stderr } = await deadair(args, { interruptWhenWritten: at('o') });
    expect(stderr).toContain('deadair: interrupted: the run is complete, but not verified');
    expect(code).toBe(130);
    const result = JSON.parse(stdout) as object;
    expect(result).not.toHaveProperty('interrupted');
    expect(result).not.toHaveProperty('deterministic');
  });
});

describe('other commands', () => {
  test('list', async () => {
    const { code, stdout } = await deadair(['list']);
    expect(code).toBe(0);
    expect(stdout).toContain('mixed-load');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const list = JSON.parse((await deadair(['list', '--json'])).stdout) as { name: string }[];
    expect(list.map(({ name }) => name)).toContain('backend-cut-off');
  });

  test('schema', async () => {
    const schema = JSON.parse((await deadair(['schema'])).stdout) as { properties: object };
    expect(Object.keys(schema.properties)).toContain('population');
  });

  test('report', async () => {
    await writeFile(at('r.json'), renderJson(fixtureResult()));
    const { code, stdout } = await deadair(['report', at('r.json'), '--out', at('page.html'), '--junit', at('j.xml')]);
    expect(stdout).toBe(`wrote ${at('page.html')}, ${at('j.xml')}\n`);
    expect(code).toBe(0);
    expect(await readFile(at('page.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('help teaches: examples and exit codes', async () => {
    const { code, stdout } = await deadair(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('Exit codes:');
    expect((await deadair(['run', '--help'])).stdout).toContain('--set population.clients=10000');
    expect((await deadair(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
