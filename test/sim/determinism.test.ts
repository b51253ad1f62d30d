import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, test } from 'vitest';
import { ChannelLock, type Lease } from '../../core/store/channel-lock.js';
import { builtInScenarios } from '../../scenarios/index.js';
import { ProgressLine } from '../../sim/cli/progress-line.js';
import { verifyRun } from '../../sim/cli/verify-run.js';
import { resolveScenario, type Scenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import { World } from '../../sim/world/world.js';

/** A built-in scenario, shortened, so that everything in it still happens. */
function shortened(name: string, overrides: readonly string[]): Scenario {
  const input = builtInScenarios.find((scenario) => scenario.name === name);
  return resolveScenario(input!, { overrides });
}

const SHORT = {
  'join-storm': ['durationS=20', 'drainS=10'],
  'calls-third-person': ['durationS=150', 'drainS=30', 'population.clients=60', 'population.channels=20'],
  'redis-failover': ['durationS=90', 'drainS=30', 'faults.0.atS=40'],
} as const;

const storm = shortened('join-storm', SHORT['join-storm']);
const failover = shortened('redis-failover', SHORT['redis-failover']);
const hash = async (scenario: Scenario, seed: number) => (await simulate(scenario, { seed })).traceHash;
const totalUs = ({ durationS, drainS }: Scenario) => (durationS + drainS) * 1e6;

describe('the same seed gives the same trace', () => {
  test('twice in one process, and with another world in between', async () => {
    const first = await hash(failover, 5);
    expect(await hash(failover, 5)).toBe(first);
    await hash(storm, 6);
    expect(await hash(failover, 5)).toBe(first);
  });

  test('in slices, taking turns with other worlds', async () => {
    const alone = new World(storm, { seed: 5 });
    await alone.sim.run({ untilUs: totalUs(storm) });
    const worlds = [new World(storm, { seed: 5 }), new World(failover, { seed: 9 }), new World(storm, { seed: 5 })];
    for (let atUs = 500_000; atUs <= totalUs(storm); atUs += 500_000) {
      for (const { sim } of worlds) await sim.run({ untilUs: atUs });
    }
    expect(worlds[0]!.sim.trace.hash).toBe(alone.sim.trace.hash);
    expect(worlds[2]!.sim.trace.hash).toBe(alone.sim.trace.hash);
  });

  test('whether somebody measures and judges, or nobody', async () => {
    const world = new World(storm, { seed: 5 });
    await world.sim.run({ untilUs: totalUs(storm) });
    expect(await hash(storm, 5)).toBe(world.sim.trace.hash);
  });

  test('and different seeds, and different scenarios, different ones', async () => {
    const hashes = new Set([await hash(failover, 1)]);
    for (const seed of [1, 2, 3]) hashes.add(await hash(storm, seed));
    expect(hashes.size).toBe(4);
  });

  test('in a worker thread', async () => {
    const { simulate: built } = (await import('../../dist/sim/simulate.js' as string)) as { simulate: typeof simulate };
    const here = (await built(failover, { seed: 5 })).traceHash;
    expect(await inWorker(failover, 5)).toBe(here);
  });
});

/** Runs the built simulator in a worker thread. Resolves with the trace hash. */
function inWorker(scenario: Scenario, seed: number): Promise<string> {
  const source = `const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.simulate)
      .then(({ simulate }) => simulate(workerData.scenario, { seed: workerData.seed }))
      .then(({ traceHash }) => parentPort.postMessage(traceHash));`;
  const url = new URL('../../dist/sim/simulate.js', import.meta.url).href;
  return new Promise((resolve, reject) => {
    const worker = new Worker(source, { eval: true, workerData: { simulate: url, scenario, seed } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

describe('on other versions of Node', () => {
  const run = async (node: string, name: keyof typeof SHORT) => {
    const sets = SHORT[name].flatMap((text) => ['--set', text]);
    const args = ['dist/sim/cli/main.js', 'run', name, '--seed', '11', '--json', ...sets];
    // an expectation may be missed: that is exit 1, with the same output
    const { stdout } = await promisify(execFile)(node, args, { maxBuffer: 1 << 26 }).catch(
      (error: { stdout: string }) => error,
    );
    return (JSON.parse(stdout) as { traceHash: string }).traceHash;
  };
  const names = Object.keys(SHORT) as (keyof typeof SHORT)[];
  const here = new Map<string, string>();
  beforeAll(async () => {
    for (const name of names) here.set(name, await run(process.execPath, name));
  }, 60_000);

  for (const major of ['22', '24']) {
    const node = `.nodes/${major}/bin/node`;
    if (existsSync(node)) {
      test.each(names)(`Node ${major} gives the trace of ${process.version}: %s`, async (name) => {
        expect(await run(node, name)).toBe(here.get(name));
      });
    } else {
      test.skip(`Node ${major} (left out: there is no ${node}; .ci/run fetches it)`, () => undefined);
    }
  }
});

describe('--verify', () => {
  /** Backends booted by all runs, one after the other: what must not be. */
  let outlives = 0;
  class MoodyLock extends ChannelLock {
    private readonly mood = ++outlives;
    override async acquire(channelId: number): Promise<Lease | null> {
      await this.wait(this.mood);
      return super.acquire(channelId);
    }
  }
  const moody = { collaborators: { ChannelLock: MoodyLock } };
  const quiet = new ProgressLine(process.stderr, '', true);
  const { signal } = new AbortController();

  test('finds nothing in a world of the seed alone', async () => {
    const first = await simulate(storm, { seed: 1 });
    expect(await verifyRun(storm, 1, first, quiet, signal)).toBeNull();
  });

  test('shows where a world parts that remembers an earlier one', async () => {
    const first = await simulate(storm, { seed: 1, ...moody });
    const difference = await verifyRun(storm, 1, first, quiet, signal, moody);
    expect(difference).toMatch(/^not deterministic: two runs of the same world have the hashes [0-9a-f]{16} and/);
    expect(difference).toMatch(/first difference at record \d+:\n {2}run 1: \d+\.\d{6} s {2}\S+/);
  });
});
