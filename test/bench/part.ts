/** One measurement in a process of its own, so that memory and compiled code are clean: prints one JSON line. */
import { Bench } from 'tinybench';
import { builtInScenarios } from '../../scenarios/index.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import { EVENTS_PER_ITERATION, eventQueueBench, PENDING_COUNTS } from './event-queue.bench.js';
import { measureFlow } from './flow/flow-rates.js';
import { measurePower } from './gate/detection-power.js';
import { measureRollouts } from './gate/rollout-power.js';
import { measureWorkers } from './gate/two-workers.js';
import { type DetectionTask, measureDetection } from './hunting/detection-bench.js';
import { measureRates } from './hunting/rates.js';
import { measureSizes } from './hunting/sizes.js';
import { measureZoo } from './hunting/zoo-time.js';
import { measurePackets } from './packets/packet-rates.js';
import { smallWorld } from './small-world.js';
import { measureSweep } from './sweep/sweep-rate.js';

/** Throughput of both queues at one number of pending events, in events per second. */
export interface QueueFigures {
  readonly pending: number;
  readonly deadair: number;
  readonly fakeTimers: number;
}

export interface LoadFigures {
  readonly clients: number;
  readonly simulatedS: number;
  readonly wallS: number;
  readonly cpuS: number;
  readonly events: number;
  readonly peakRssMb: number;
  readonly verdict: string;
}

/** Milliseconds per world. */
export interface WorldFigures {
  readonly judged: boolean;
  readonly meanMs: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Time on all processors, the garbage collector's helpers included: may exceed `meanMs`, and does not grow when others use the machine. */
  readonly cpuMs: number;
  readonly worlds: number;
  readonly events: number;
}

async function queue(): Promise<QueueFigures[]> {
  const bench = eventQueueBench();
  await bench.run();
  const rate = (name: string) => {
    const result = bench.getTask(name)?.result;
    if (result?.state !== 'completed') throw new Error(`${name}: not measured`);
    return EVENTS_PER_ITERATION / (result.latency.mean / 1e3);
  };
  return PENDING_COUNTS.map((pending) => ({
    pending,
    deadair: rate(`deadair, ${pending} pending`),
    fakeTimers: rate(`@sinonjs/fake-timers, ${pending} pending`),
  }));
}

async function load(clients: number): Promise<LoadFigures> {
  const input = builtInScenarios.find(({ name }) => name === 'mixed-load');
  const scenario = resolveScenario(input ?? {}, { overrides: [`population.clients=${clients}`] });
  const before = process.cpuUsage();
  const result = await simulate(scenario, { seed: 1 });
  const { user, system } = process.cpuUsage(before);
  return {
    clients,
    simulatedS: result.simulatedSeconds,
    wallS: result.wallSeconds,
    cpuS: (user + system) / 1e6,
    events: result.events,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    verdict: result.verdict,
  };
}

async function world(judged: boolean): Promise<WorldFigures> {
  let seed = 0;
  let events = 0;
  for (let warmUp = 0; warmUp < 500; warmUp++) await smallWorld(++seed, judged);
  const bench = new Bench({ time: 3_000, warmup: false });
  bench.add('world', async () => {
    events += await smallWorld(++seed, judged);
  });
  const firstSeed = seed;
  const before = process.cpuUsage();
  await bench.run();
  const { user, system } = process.cpuUsage(before);
  const result = bench.tasks[0]?.result;
  if (result?.state !== 'completed') throw new Error('the small world was not measured');
  const worlds = seed - firstSeed;
  const { mean, p50, p99 } = result.latency;
  return {
    judged,
    meanMs: mean,
    medianMs: p50,
    p99Ms: p99,
    cpuMs: (user + system) / 1e3 / worlds,
    worlds,
    events: events / worlds,
  };
}

/** What a part is asked for beyond its name: JSON. */
export interface HuntingTask extends DetectionTask {
  readonly workers: number;
}

const [part, argument] = process.argv.slice(2);
const task = () => JSON.parse(argument!) as HuntingTask;
/** Rows as they come, for whoever waits. */
const progress = (row: unknown) => process.env.BENCH_PROGRESS && process.stderr.write(`${JSON.stringify(row)}\n`);
const parts: Readonly<Record<string, () => Promise<unknown>>> = {
  queue,
  load: () => load(Number(argument)),
  world: () => world(argument === 'judged'),
  packets: measurePackets,
  flow: () => measureFlow(Number(argument)),
  sweep: () => measureSweep(Number(argument)),
  rates: () => measureRates(Number(argument)),
  workers: measureWorkers,
  power: () => measurePower(Number(argument)),
  rollouts: () => measureRollouts(Number(argument)),
  detection: () => measureDetection(task(), progress),
  sizes: () => measureSizes({ ...task(), seed: 1 }, progress),
  zoo: () => measureZoo(task().workers, task().budget, task().hazards),
};
process.stdout.write(`${JSON.stringify(await parts[part!]!())}\n`);
