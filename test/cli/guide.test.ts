import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';

vi.setConfig({ testTimeout: 60_000 });

let folder = '';
let env: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-guide-'));
  await mkdir(join(folder, 'bin'));
  const npx = join(folder, 'bin', 'npx');
  await writeFile(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${resolve('dist/sim/cli/main.js')}" "$@"\n`);
  await chmod(npx, 0o755);
  const { GITHUB_ACTIONS: _, DEADAIR_DEBUG: __, ...rest } = process.env;
  env = { ...rest, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
});
afterAll(() => rm(folder, { recursive: true }));

function bash(script: string, more: NodeJS.ProcessEnv = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile('bash', ['-c', script], { cwd: folder, env: { ...env, ...more } }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
    );
  });
}

test('every command of the guide does what it says', async () => {
  const text = await readFile('docs/gate.md', 'utf8');
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, script]) => script!);
  expect(blocks.length).toBeGreaterThan(4);
  for (const script of blocks) {
    const wanted = Number(/# exit (\d+)$/m.exec(script)?.[1] ?? 0);
    const { code, stderr } = await bash(`set -e\n${script}`);
    expect({ script, code, stderr: code === wanted ? '' : stderr }).toEqual({ script, code: wanted, stderr: '' });
  }
  expect(await readFile(join(folder, 'page.html'), 'utf8')).toContain('<!doctype html>');
}, 120_000);

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly uses?: string;
  readonly with?: Record<string, unknown>;
  readonly env?: Record<string, string>;
}

describe('the action', () => {
  test('is a composite one whose steps name their shell, and puts no input into a script', async () => {
    const action = parse(await readFile('action.yml', 'utf8'));
    expect(action.runs.using).toBe('composite');
    const steps = action.runs.steps as Step[];
    for (const { run, shell } of steps.filter((step) => step.run !== undefined)) {
      expect(shell).toBe('bash');
      expect(run).not.toContain('${{');
      expect(await bash(`bash -n <<'END'\n${run}\nEND`)).toMatchObject({ code: 0, stderr: '' });
    }
    const inputs = Object.values(steps.find(({ id }) => id === 'gate')!.env!);
    for (const text of inputs) expect(Object.keys(action.inputs)).toContain(/inputs\.([\w-]+)/.exec(text)![1]);
  });

  test('runs a shard, joins, writes the summary and the outputs, and ends with the exit code', async () => {
    const action = parse(await readFile('action.yml', 'utf8'));
    const gate = (action.runs.steps as Step[]).find(({ id }) => id === 'gate')!;
    await writeFile(
      join(folder, 'strict.yaml'),
      "name: strict\nseeds: 2\nscenarios: [crossroads]\nexpectations: { join_latency_ms: ['max<0'] }\n",
    );
    const variables = {
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_PATH: resolve('.'),
      GITHUB_STEP_SUMMARY: join(folder, 'step-summary'),
      GITHUB_OUTPUT: join(folder, 'step-output'),
      RESULTS: 'results',
      SUITE: 'strict.yaml',
      SEEDS: '',
      SHARD: '',
      MERGE: '',
      BASELINE: 'none.json',
      UPDATE: 'false',
    };
    for (const shard of ['1/2', '2/2']) expect((await bash(gate.run!, { ...variables, SHARD: shard })).code).toBe(0);
    const merged = await bash(gate.run!, { ...variables, MERGE: 'results/shard-*.json' });
    expect(merged.code).toBe(1);
    expect(merged.stdout).toContain('::error title=crossroads%3A join_latency_ms::expected max<0');
    expect(await readFile(variables.GITHUB_STEP_SUMMARY, 'utf8')).toContain('deadair gate: Service levels missed');
    expect(await readFile(variables.GITHUB_OUTPUT, 'utf8')).toMatch(/result=results\/gate.json\nexit-code=1\n$/);
  });

  test("this project's workflow uses what the action has", async () => {
    const { inputs } = parse(await readFile('action.yml', 'utf8'));
    const { jobs } = parse(await readFile('.github/workflows/gate.yml', 'utf8'));
    const uses = (Object.values(jobs) as { steps: Step[] }[])
      .flatMap(({ steps }) => steps)
      .filter((step) => step.uses === './');
    expect(uses).toHaveLength(2);
    for (const step of uses)
      for (const name of Object.keys(step.with ?? {})) expect(Object.keys(inputs)).toContain(name);
    const { shard } = jobs.shard.strategy.matrix;
    expect(uses[0]!.with!.shard).toBe(`\${{ matrix.shard }}/${shard.length}`);
  });
});
