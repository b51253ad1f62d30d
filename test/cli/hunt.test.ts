import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Repro, STRATEGY_NAMES } from '../../sim/explore/index.js';
import { deadair, deadairInterrupted, type Outcome } from './cli.js';

let folder = '';
let count = 0;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-hunt-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A hunt whose files go to a folder of their own. */
function files(): { readonly args: string[]; readonly repro: string; readonly page: string } {
  const [repro, page] = [at(`${++count}.json`), at(`${count}.html`)];
  return { args: ['--repro', repro, '--page', page], repro, page };
}
const json = ({ stdout }: Outcome) => JSON.parse(stdout) as Record<string, never>;
/** Nothing half-written: neither what was asked for nor anything that was to become it. */
const leftOvers = async () =>
  (await readdir(folder)).filter((name) => !/^(\d+\.(json|html)|[a-z-]+\.(yaml|json))$/.test(name));

const twoJoins = 'scenarios/examples/two-joins.yaml';

describe('deadair hunt', () => {
  test('exit 0: nothing found, and no file', async () => {
    const { args, repro, page } = files();
    const outcome = await deadair(['hunt', 'crossroads', '--schedules', '16', '--workers', '1', ...args]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toMatch(/Nothing found {2}18 schedules of 6 seeds/);
    expect(existsSync(repro) || existsSync(page)).toBe(false);
  });

  test('exit 3: safety; shows it, writes it, and --json says the same', async () => {
    const [first, second] = [files(), files()];
    const hunt = ['hunt', 'crossroads', '--hazard', 'lock-no-fence', '--schedules', '4000'];
    const shown = await deadair([...hunt, '--workers', '1', ...first.args]);
    expect(shown.code).toBe(3);
    expect(shown.stdout).toMatch(/Found {2}\S+ \(safety\), seed \d+, strategy \S+/);
    expect(shown.stdout).toMatch(/Minimised with \d+ replays to \d+ people/);
    expect(shown.stdout).toContain(`wrote ${first.repro}`);
    expect(shown.stdout).toContain(`Again: deadair replay ${first.repro}`);
    const quiet = await deadair([...hunt, '--workers', '2', '--json', ...second.args]);
    expect(quiet).toMatchObject({ code: 3, stderr: '' });
    const summary = json(quiet);
    expect(summary).toMatchObject({
      found: true,
      violation: { kind: 'safety', oracle: expect.any(String), message: expect.any(String) },
      schedules: expect.any(Number),
      schedulesPerSecond: expect.any(Number),
      decisions: expect.any(Number),
      strategy: expect.any(String),
      minimised: {
        actors: expect.any(Number),
        actions: expect.any(Number),
        faults: expect.any(Number),
        choices: expect.any(Number),
        replays: expect.any(Number),
      },
      repro: second.repro,
      coverage: { seeds: expect.any(Number), events: expect.any(Number), orders: expect.any(Number) },
    });
    // one thread or two: the same answer
    expect(await readFile(second.repro, 'utf8')).toBe(await readFile(first.repro, 'utf8'));
    expect(await readFile(second.page, 'utf8')).toMatch(/^<!doctype html>/i);

    const again = await deadair(['replay', first.repro]);
    expect(again).toMatchObject({ code: 3, stderr: '' });
    expect(again.stdout).toMatch(/Reproduced to the bit: \S+, trace [0-9a-f]{16}/);
    const trace = at('trace.json');
    const stepped = await deadair(['replay', first.repro, '--step', '--trace', trace]);
    expect(stepped.code).toBe(3);
    expect(stepped.stdout.split('\n').length).toBeGreaterThan(5);
    for (const line of (await readFile(trace, 'utf8')).trim().split('\n').slice(0, 20)) JSON.parse(line);
    const asJson = await deadair(['replay', first.repro, '--json']);
    expect(asJson.code).toBe(3);
    expect(json(asJson)).toMatchObject({ reproduced: true, violation: summary.violation });
  }, 120_000);

  test('exit 4: it does not converge', async () => {
    const { args, repro } = files();
    // nobody waits for people whose way to everything is cut until the end
    const options = ['--hazard', 'join-no-undo', '--schedules', '4000', '--json'];
    const outcome = await deadair(['hunt', 'crossroads', ...options, ...args]);
    const summary = json(outcome) as unknown as { violation: { kind: string } };
    expect(outcome.code).toBe(summary.violation.kind === 'liveness' ? 4 : 3);
    expect((await deadair(['replay', repro])).code).toBe(outcome.code);
  }, 120_000);

  test('--all counts the seeds with violations, and which options go with them', async () => {
    const { args } = files();
    const hunt = ['hunt', 'crossroads', '--all', '--schedules', '160', '--hazard', 'ack-duplicate', ...args];
    const outcome = await deadair([...hunt, '--json']);
    const { violations, coverage } = json(outcome) as unknown as {
      violations: { oracle: string; kind: string; count: number }[];
      coverage: { seeds: number; swarm: { option: string; caught: number }[] };
    };
    expect(coverage.seeds).toBe(Math.ceil(160 / 3));
    expect(violations.length).toBeGreaterThan(0);
    expect(outcome.code).toBe(violations.some(({ kind }) => kind === 'safety') ? 3 : 4);
    const shown = await deadair(hunt);
    expect(shown.code).toBe(outcome.code);
    expect(shown.stdout).toMatch(/\d+ of 54 seeds \(\d+\.\d %\) show a violation/);
    expect(shown.stdout).toContain(violations[0]!.oracle);
    expect(shown.stdout).toMatch(/Options that go with violations/);
  }, 120_000);

  test('--strategy exhaustive says whether it has covered everything', async () => {
    const { args } = files();
    const hunt = ['hunt', twoJoins, '--strategy', 'exhaustive', '--window', '0.2', '--set', 'durationS=0.7', ...args];
    const outcome = await deadair(hunt);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/Covered everything: \d+ schedules \(\d+ pruned\), window 0\.2 ms/);
    const cut = await deadair([...hunt, '--schedules', '10']);
    expect(cut.code).toBe(0);
    expect(cut.stdout).toMatch(/Not finished: 10 schedules/);
    expect(json(await deadair([...hunt, '--json']))).toMatchObject({ found: false, coverage: { exhausted: true } });
    const unfinished = json(await deadair([...hunt, '--json', '--schedules', '10']));
    expect(unfinished).toMatchObject({ schedules: 10, coverage: { exhausted: false } });
  });

  test.each<[string, string[], string]>([
    ['an unknown strategy', ['hunt', 'crossroads', '--strategy', 'sruw'], 'did you mean "surw"?'],
    ['an unknown hazard', ['hunt', 'crossroads', '--hazard', 'lock-no-fense'], 'did you mean "lock-no-fence"?'],
    ['an unknown scenario', ['hunt', 'crossroad'], 'did you mean "crossroads"?'],
    ['no scenario', ['hunt'], "missing required argument 'scenario'"],
    ['a seed below zero', ['hunt', 'crossroads', '--seed', '-1'], 'A seed is a whole number'],
    ['no schedules', ['hunt', 'crossroads', '--schedules', '0'], 'Give a whole number from 1'],
    ['no workers', ['hunt', 'crossroads', '--workers', '0'], 'Threads are a whole number from 1 to 256'],
    [
      'more workers than fit',
      ['hunt', 'crossroads', '--workers', '100000'],
      'Threads are a whole number from 1 to 256',
    ],
    ['a window of nothing', ['hunt', 'crossroads', '--window', '0'], 'A window is a number of milliseconds'],
    ['a window that is no number', ['hunt', 'crossroads', '--window', '5ms'], 'A window is a number of milliseconds'],
    [
      'a repro where nothing can be written',
      ['hunt', 'crossroads', '--repro', '/nowhere/x.json'],
      '--repro /nowhere/x.json',
    ],
    ['a repro without name', ['hunt', 'crossroads', '--repro', ''], '--repro  needs the name of a file'],
    ['a repro that is a folder', ['hunt', 'crossroads', '--repro', tmpdir()], `--repro ${tmpdir()}`],
    ['one file for two', ['hunt', 'crossroads', '--repro', 'same', '--page', 'same'], 'name the same file same'],
    ['an unknown field', ['hunt', 'crossroads', '--set', 'policy.lockTtl=3'], 'did you mean "policy.lockTtlMs"?'],
    ['a strategy of the zoo', ['zoo', '--strategies', 'pos,sruw'], 'did you mean "surw"?'],
    ['a hazard of the zoo', ['zoo', '--hazard', 'ghost'], 'there is no hazard "ghost"'],
    ['a repro that is not there', ['replay', '/nowhere/x.json'], '/nowhere/x.json does not exist'],
    ['a folder as repro', ['replay', tmpdir()], 'cannot be read (EISDIR)'],
  ])('exit 2, in one line that says what to do: %s', async (_name, args, message) => {
    const { code, stdout, stderr } = await deadair(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^deadair: /);
  });

  test('--help names every strategy, option and exit code', async () => {
    const { code, stdout } = await deadair(['hunt', '--help']);
    expect(code).toBe(0);
    for (const name of STRATEGY_NAMES) expect(stdout.replaceAll(/\s+/g, ' ')).toContain(name);
    for (const option of [
      '--hazard',
      '--schedules',
      '--seconds',
      '--seed',
      '--window',
      '--all',
      '--workers',
      '--repro',
      '--json',
    ])
      expect(stdout).toContain(option);
    expect(stdout).toMatch(/Exit codes: 0 nothing found, 3 safety violated, 4 it did not converge/);
    for (const command of ['zoo', 'replay']) expect((await deadair([command, '--help'])).code).toBe(0);
  });
});

describe('Ctrl-C', () => {
  test('half way: exit 130, says what was explored, leaves no file', async () => {
    const { args, repro, page } = files();
    const hunt = ['hunt', 'crossroads', '--schedules', '1000000', '--json', ...args];
    const outcome = await deadairInterrupted(hunt, 3_000);
    expect(outcome.code).toBe(130);
    expect(outcome.stderr).toMatch(/interrupted: \d+ schedules were explored\n$/);
    expect(json(outcome)).toMatchObject({ found: false, interrupted: true, repro: null });
    expect(existsSync(repro) || existsSync(page)).toBe(false);
    expect(await leftOvers()).toEqual([]);
  });

  test('in an exhaustive hunt: not finished', async () => {
    const hunt = [
      'hunt',
      'crossroads',
      '--strategy',
      'exhaustive',
      '--schedules',
      '1000000',
      '--json',
      ...files().args,
    ];
    const outcome = await deadairInterrupted(hunt, 3_000);
    expect(outcome.code).toBe(130);
    expect(json(outcome)).toMatchObject({ interrupted: true, coverage: { exhausted: false } });
  });

  test('after something was found: keeps the repro, which can be replayed', async () => {
    const { args, repro } = files();
    const hunt = ['hunt', 'crossroads', '--hazard', 'documented', '--all', '--schedules', '1000000', '--json', ...args];
    const outcome = await deadairInterrupted(hunt, 4_000, {
      enough: (early) => early.stdout.includes('"found": true'),
    });
    expect(outcome.code).toBe(130);
    expect(json(outcome)).toMatchObject({ found: true, interrupted: true, repro });
    expect(outcome.stderr).toMatch(/the counterexample is as small as it was by then\n$/);
    expect([3, 4]).toContain((await deadair(['replay', repro])).code);
    expect(await leftOvers()).toEqual([]);
  });

  test('twice: ends at once and writes nothing', async () => {
    const { args, repro } = files();
    const hunt = ['hunt', 'crossroads', '--schedules', '1000000', ...args];
    const outcome = await deadairInterrupted(hunt, 3_000, { interruptions: 2 });
    expect(outcome.code).toBe(130);
    expect(existsSync(repro)).toBe(false);
    expect(await leftOvers()).toEqual([]);
  });
});

describe('deadair replay', () => {
  let good = '';
  beforeAll(async () => {
    const { args, repro } = files();
    expect(
      (await deadair(['hunt', 'crossroads', '--hazard', 'lock-no-fence', '--schedules', '4000', ...args])).code,
    ).toBe(3);
    good = await readFile(repro, 'utf8');
  }, 120_000);
  const changed = (change: Record<string, unknown>) => JSON.stringify({ ...JSON.parse(good), ...change });
  const judged = (change: Record<string, unknown>) =>
    changed({ violation: { ...(JSON.parse(good) as Repro).violation, ...change } });

  test.each<[string, () => string, number, string]>([
    ['cut off', () => good.slice(0, -100), 2, 'breaks off in the middle'],
    ['foreign', () => '{"name": "something"}', 2, 'format: must be "deadair-repro"'],
    ['of another version', () => changed({ version: 9 }), 6, 'version:'],
    ['with another seed', () => changed({ seed: 999_999 }), 6, 'traceHash: the world runs differently now'],
    ['with a hash of its own', () => changed({ traceHash: '0123456789abcdef' }), 6, 'instead of 0123456789abcdef'],
    [
      'with a hazard that does not exist',
      () => changed({ hazards: ['ghost'] }),
      2,
      'hazards: there is no hazard "ghost"',
    ],
    ['with a seed below zero', () => changed({ seed: -1 }), 2, 'seed: '],
    ['of an oracle that says something else', () => judged({ oracle: 'ghost' }), 6, 'violation.oracle: '],
    ['of another kind', () => judged({ kind: 'liveness' }), 6, 'violation.kind: '],
    ['that is something else', () => 'hello', 2, 'is not JSON'],
    ['without its hazard', () => changed({ hazards: [] }), 6, 'no oracle objects any more'],
    ['of a test suite', () => changed({ hazards: ['custom'] }), 6, 'replay it there with replay()'],
  ])('a repro %s', async (_name, text, code, message) => {
    const path = at('changed.json');
    await writeFile(path, text());
    const outcome = await deadair(['replay', path]);
    expect(outcome.stderr).toContain(message);
    expect(outcome.code).toBe(code);
  });

  test('tells every choice of the schedule, and the pair that decides', async () => {
    const path = at('good.json');
    await writeFile(path, good);
    const { choices, holds, critical } = JSON.parse(good) as Repro;
    const chosen = [...choices.map(({ pick }) => pick), ...holds.map(({ hold }) => hold)];
    const { stdout } = await deadair(['replay', path]);
    expect(chosen.length).toBeGreaterThan(0);
    // what decides has a mark of its own; the mark in the legend has words behind it
    const others = chosen.filter((key) => key !== critical?.first && key !== critical?.second);
    expect(stdout.match(/ ↷ (?!out of turn)/g)).toHaveLength(others.length);
    expect(stdout).toContain(critical === null ? 'No single pair of events decides.' : 'Swap these two and it passes.');
  });

  test('a page on a full disk: exit 2, one line', async () => {
    if (!existsSync('/dev/full')) return;
    const path = at('good.json');
    await writeFile(path, good);
    const { code, stderr } = await deadair(['replay', path, '--page', '/dev/full']);
    expect(stderr).toContain('--page /dev/full cannot be written (ENOSPC)');
    expect(code).toBe(2);
  });
});

describe('deadair zoo', () => {
  test('--list shows every hazard', async () => {
    const listed = json(await deadair(['zoo', '--list', '--json'])) as unknown as { id: string }[];
    const { code, stdout } = await deadair(['zoo', '--list']);
    expect(code).toBe(0);
    expect(listed.length).toBeGreaterThan(20);
    for (const { id } of listed) expect(stdout).toContain(id);
  });

  test('hunts hazards with strategies: exit 0 when all were found, else 1', async () => {
    const zoo = ['zoo', '--hazard', 'documented', '--strategies', 'surw,random', '--seeds', '2', '--json'];
    const outcome = await deadair(zoo);
    const { rows } = json(outcome) as unknown as {
      rows: { strategy: string; found: number; hunts: number; median: number }[];
    };
    expect(rows.map(({ strategy }) => strategy)).toEqual(['surw', 'random']);
    for (const row of rows)
      expect(row).toMatchObject({ hazard: 'documented', hunts: 2, found: 2, median: expect.any(Number) });
    expect(outcome.code).toBe(0);
    const missed = await deadair(['zoo', '--hazard', 'lock-failover', '--schedules', '1', '--seeds', '1']);
    expect(missed.code).toBe(1);
    expect(missed.stdout).toMatch(/1 of 1 rows were not found in every hunt/);
  }, 120_000);
});

test('a thread that dies: a clear message, exit 70, no trace of the repro', async () => {
  const { args, repro } = files();
  // dies in the middle of its work, as a thread does that runs out of memory
  const preload = at('die.mjs');
  await writeFile(
    preload,
    `import { isMainThread } from 'node:worker_threads'; if (!isMainThread) setTimeout(() => process.exit(9), 3000);`,
  );
  const outcome = await new Promise<Outcome>((resolve) => {
    const child = spawn(process.execPath, [
      '--import',
      preload,
      'dist/sim/cli/main.js',
      'hunt',
      'crossroads',
      '--schedules',
      '1000000',
      ...args,
    ]);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  await rm(preload);
  expect(outcome.stderr).toMatch(/a thread (failed|ended) in seed \d+ .*--workers 1 --seed \d+/);
  expect(outcome.code).toBe(70);
  expect(existsSync(repro)).toBe(false);
});
