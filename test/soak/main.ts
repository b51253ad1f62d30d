/**
 * Runs many seeds of every built-in scenario on all cores and prints what did not pass: `npm run soak -- [from] [to] [scenario ...]`.
 * The scenario `chaos` is another one for each seed. Exit 1 if any seed is violated, misses a service level, or crashes.
 */
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { builtInScenarios } from '../../scenarios/index.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import { chaosScenario } from './chaos.js';

interface Task {
  readonly scenario: string;
  readonly seed: number;
}

interface Outcome extends Task {
  readonly verdict: string;
  readonly problems: readonly string[];
  readonly events: number;
}

async function run({ scenario, seed }: Task): Promise<Outcome> {
  const input = scenario === 'chaos' ? chaosScenario(seed) : builtInScenarios.find(({ name }) => name === scenario)!;
  try {
    const result = await simulate(resolveScenario(input), { seed });
    const missed = result.expectations.filter(({ pass, level }) => !pass && level === 'fail');
    return {
      scenario,
      seed,
      verdict: result.verdict,
      events: result.events,
      problems: [
        ...result.violations.map(({ oracle, atS, message }) => `${oracle} at ${atS} s: ${message}`),
        ...missed.map(({ metric, expression, actual }) => `${metric} ${expression}: ${actual}`),
      ],
    };
  } catch (error) {
    return {
      scenario,
      seed,
      verdict: 'crash',
      events: 0,
      problems: [String(error instanceof Error ? error.stack : error)],
    };
  }
}

async function main(): Promise<void> {
  const [from = '1', to = '20', ...names] = process.argv.slice(2);
  const scenarios = names.length > 0 ? names : builtInScenarios.map(({ name }) => name);
  const tasks: Task[] = [];
  for (const scenario of scenarios)
    for (let seed = Number(from); seed <= Number(to); seed++) tasks.push({ scenario, seed });
  let done = 0;
  let failed = 0;
  let events = 0;
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const worker = new Worker(new URL(import.meta.url));
      for (let task = tasks.shift(); task; task = tasks.shift()) {
        const outcome = await new Promise<Outcome>((resolve, reject) => {
          worker.once('message', (message: Outcome) => {
            worker.off('error', reject);
            resolve(message);
          });
          worker.once('error', reject);
          worker.postMessage(task);
        });
        done++;
        events += outcome.events;
        if (outcome.verdict === 'pass') continue;
        failed++;
        console.log(
          `${outcome.scenario} --seed ${outcome.seed}: ${outcome.verdict}\n  ${outcome.problems.slice(0, 4).join('\n  ')}`,
        );
      }
      await worker.terminate();
    }),
  );
  console.log(`${done} runs of ${scenarios.length} scenarios, ${events} events: ${failed} did not pass`);
  process.exitCode = failed > 0 ? 1 : 0;
}

if (isMainThread) await main();
else parentPort!.on('message', (task: Task) => void run(task).then((outcome) => parentPort!.postMessage(outcome)));
