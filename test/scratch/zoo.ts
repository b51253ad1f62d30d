/**
 * Looks which hazards are found in which share of seeds: `tsx test/scratch/zoo.ts [from] [to] [conditions] [hazard ...]`; `correct` is the core
 * without a hazard. Conditions: calm, pause, crash, redis, sfu, net, all.
 */
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { collaboratorsOf } from '../../scenarios/hazards/hazard.js';
import { storeHazards } from '../../scenarios/hazards/store-hazards.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import { visits } from './visits.js';

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
