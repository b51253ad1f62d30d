/**
 * Looks which hazards are found in which share of seeds: `tsx test/scratch/zoo.ts [from] [to] [conditions] [hazard ...]`; `correct` is the core
 * without a hazard. Conditions: calm, pause, crash, redis, sfu, net, all.
 */
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { collaboratorsOf } from '../../scenarios/hazards/hazard.js';
import { storeHazards } from '../../scenarios/hazards/store-hazards.js';
import { Choices } from '../../sim/kernel/index.js';
import { resolveScenario, type ScenarioInput } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';

type Faults = NonNullable<ScenarioInput['faults']>;

/** 4 to 6 people in one channel, coming and going for a minute. */
export function visits(conditions: string, seed: number): ScenarioInput {
  const stream = new Choices(seed).stream('zoo');
  const pick = <T>(...options: readonly T[]): T => options[stream.choose(options.length)]!;
  const at = () => 2 + stream.choose(56_000) / 1_000;
  const faults: Faults = [];
  const several = (kind: string, make: () => Faults[number]) => {
    if (conditions === kind || conditions === 'all') for (let n = 1 + stream.choose(3); n > 0; n--) faults.push(make());
  };
  const backend = () => pick('backend-1', 'backend-2');
  several('pause', () => ({ kind: 'backend-pause', atS: at(), target: backend(), forS: pick(0.5, 2, 5.2, 6, 8) }));
  several('crash', () => ({ kind: 'backend-crash', atS: at(), target: backend(), forS: pick(0.5, 2, 8) }));
  several('redis', () =>
    pick<Faults[number]>(
      { kind: 'redis-restart', atS: at(), target: 'primary', keepData: true },
      { kind: 'redis-crash', atS: at(), target: 'primary', forS: pick(2, 10, 20) },
    ),
  );
  several('sfu', () =>
    pick<Faults[number]>(
      { kind: 'sfu-crash', atS: at(), target: pick('sfu-1', 'sfu-*'), forS: pick(1, 4, 10) },
      { kind: 'sfu-pause', atS: at(), target: pick('sfu-1', 'sfu-*'), forS: pick(1, 4, 6.5) },
    ),
  );
  several('net', () => ({
    kind: 'partition',
    atS: at(),
    from: [backend()],
    to: ['redis-*'],
    forS: pick(0.5, 1, 4, 25),
  }));
  const clients = 4 + stream.choose(3);
  return {
    name: 'visits',
    durationS: 60,
    drainS: 60,
    policy: {
      profile: 'calls',
      meshLimit: 4,
      estimatedWaitMs: 500,
      disableHoldMs: 1_000,
      retryMs: 1_000,
      reconcileEveryMs: 2_000,
    },
    topology: { backends: 2, sfuNodes: 2, redis: { replicas: 1, sentinels: 3 } },
    population: {
      clients,
      channels: 1,
      membersMin: clients,
      membersMax: clients,
      arrival: { kind: 'storm', atS: 1, overS: pick(0.05, 0.5, 3) },
      session: { meanS: pick(6, 15) },
      pauseS: 3,
      closeTabShare: 0.4,
      secondTabShare: 0.4,
    },
    network: { clientProfiles: pick<Record<string, number>>({ wifi: 1 }, { wifi: 1, '3g': 1 }) },
    faults,
  };
}

interface Task {
  readonly hazard: string;
  readonly conditions: string;
  readonly seed: number;
}

async function run({ hazard, conditions, seed }: Task): Promise<string[]> {
  const found = storeHazards.find(({ id }) => id === hazard);
  try {
    const result = await simulate(resolveScenario(visits(conditions, seed)), {
      seed,
      ...(found ? { collaborators: collaboratorsOf(found) } : {}),
    });
    return [...new Set(result.violations.map(({ oracle }) => oracle))];
  } catch (error) {
    return [`crash: ${String(error instanceof Error ? error.stack : error).slice(0, 300)}`];
  }
}

async function main(): Promise<void> {
  const [from = '1', to = '20', which = 'calm,pause,crash,redis,sfu,net', ...names] = process.argv.slice(2);
  const hazards = names.length > 0 ? names : ['correct', ...storeHazards.map(({ id }) => id)];
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL(import.meta.url), { execArgv: process.execArgv }),
  );
  for (const hazard of hazards) {
    for (const conditions of which.split(',')) {
      const tasks: Task[] = [];
      for (let seed = Number(from); seed <= Number(to); seed++) tasks.push({ hazard, conditions, seed });
      const total = tasks.length;
      const counts = new Map<string, number[]>();
      let any = 0;
      await Promise.all(
        workers.map(async (worker) => {
          for (let task = tasks.shift(); task; task = tasks.shift()) {
            const said = await new Promise<string[]>((resolve) => {
              worker.once('message', resolve);
              worker.postMessage(task);
            });
            if (said.length > 0) any++;
            for (const oracle of said) counts.set(oracle, [...(counts.get(oracle) ?? []), task.seed]);
          }
        }),
      );
      const words = [...counts]
        .sort((a, b) => b[1].length - a[1].length)
        .map(([oracle, seeds]) => `${oracle} ${seeds.length} (${Math.min(...seeds)})`);
      console.log(`${hazard} ${conditions}: ${any}/${total}  ${words.join(', ')}`);
    }
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
}

if (isMainThread) await main();
else parentPort!.on('message', (task: Task) => void run(task).then((said) => parentPort!.postMessage(said)));
