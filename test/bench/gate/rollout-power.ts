import { runPoints } from '../../../sim/campaign/index.js';
import { resolveScenario, type Scenario } from '../../../sim/scenario/index.js';
import { flakyNodes, rolloutCalls } from '../../support/rollout-calls.js';

/** What became of the rollouts of one size of regression. */
export interface RolloutPower {
  /** Share of rooms that cannot be started, on top of what fails by itself. */
  readonly failing: number;
  readonly seeds: number;
  /** The stage that it must not leave forwards; null: none should stop it. */
  readonly stoppedIn: string | null;
  /** How many were in which stage at the end, or complete, or rolled back from which stage. */
  readonly ended: Readonly<Record<string, number>>;
  /** Of these how many got beyond the stage that should stop them. */
  readonly missed: number;
}

const SEEDS = 20;
const DURATION_S = 1_500;

/** The regressions, and the stages that they must not leave forwards; null: none should stop it. */
const SIZES: readonly (readonly [failing: number, stoppedIn: 'alpha' | 'beta' | null])[] = [
  [0, null],
  [0.03, 'beta'],
  [0.08, 'alpha'],
  [0.3, 'alpha'],
];

/** Calls of one who stays and two who come and go, over one SFU node, with 95 % of migrations asked for in alpha and 98 % behind it. */
function world(failing: number): Scenario {
  return resolveScenario({
    name: 'rollout-power',
    durationS: DURATION_S,
    drainS: 20,
    ...rolloutCalls(20, { stayS: 9, awayS: 6 }),
    topology: { backends: 2, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } },
    rollout: {
      startS: 10,
      stages: [
        { name: 'alpha', share: 0.5, minS: 30, minMigrations: 20, successAbove: 0.95, confidence: 0.95 },
        { name: 'beta', share: 1, minS: 30, minMigrations: 50, successAbove: 0.98, confidence: 0.95 },
      ],
    },
    faults: failing === 0 ? [] : flakyNodes(1, DURATION_S - 2, { startFailShare: failing }),
  });
}

/** Rollouts of services with regressions of known size: in which stage they end. */
export async function measureRollouts(workers: number): Promise<RolloutPower[]> {
  const found: RolloutPower[] = [];
  for (const [failing, stoppedIn] of SIZES) {
    const scenario = world(failing);
    const names = scenario.rollout!.stages.map(({ name }) => name);
    const ended: Record<string, number> = {};
    let missed = 0;
    const points = Array.from({ length: SEEDS }, (_, index) => ({
      key: `${failing} ${index}`,
      scenario,
      seed: index + 1,
    }));
    await runPoints(points, {
      workers,
      detail: 'figures',
      onOutcome: ({ key }, outcome) => {
        if (outcome.kind === 'failed') throw new Error(`${key}: ${outcome.message}`);
        const last = outcome.result.rollout!.decisions.at(-1)!;
        const stage = names[last.stage]!;
        const end =
          last.status === 'running' ? `in ${stage}` : last.status === 'complete' ? 'complete' : `back from ${stage}`;
        ended[end] = (ended[end] ?? 0) + 1;
        const beyond =
          stoppedIn === null
            ? last.status !== 'complete'
            : last.status === 'complete' || last.stage > names.indexOf(stoppedIn);
        if (beyond) missed++;
      },
    });
    found.push({ failing, seeds: SEEDS, stoppedIn, ended, missed });
  }
  return found;
}
