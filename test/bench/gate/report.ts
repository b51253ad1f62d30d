import type { Row } from '../hunting/report.js';
import type { PowerFigures } from './detection-power.js';
import type { RolloutPower } from './rollout-power.js';
import type { WorkersFigures } from './two-workers.js';

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** What the gate promises. */
export function gateRows({ runs, one, two, work }: WorkersFigures, power: PowerFigures): Row[] {
  const { injected, seedsAGate, trials, seeds, comparisons, flagged, flaggedUnpaired, falseAlarms } = power;
  return [
    {
      what: 'gate: two workers against one',
      measured: `${two.toFixed(1)} against ${one.toFixed(1)} runs/s (${runs} runs): ${(two / one).toFixed(2)}x, with ${work.toFixed(2)}x the processor time`,
      target: '1.85x',
      met: two >= 1.85 * one,
    },
    {
      what: `gate: migrations ${percent(injected - 1)} longer, flagged`,
      measured: `${percent(flagged)} of ${trials} trials with ${seedsAGate} of ${seeds} seeds; ${percent(flaggedUnpaired)} without common random numbers`,
      target: '95 %',
      met: flagged >= 0.95,
    },
    {
      what: '  false alarms',
      measured: `${percent(falseAlarms)} of ${trials} trials, ${comparisons} figures each, other random numbers; none with the same`,
      target: '1 %',
      met: falseAlarms <= 0.01,
    },
  ];
}

/** Whether rollouts of regressions of known size end where they should. At most one in twenty may go wrong. */
export function rolloutRows(sizes: readonly RolloutPower[]): Row[] {
  return sizes.map(({ failing, seeds, stoppedIn, ended, missed }) => ({
    what:
      failing === 0
        ? 'rollout: nothing is wrong'
        : `rollout: ${percent(failing)} of rooms fail, to be stopped in ${stoppedIn ?? 'no stage'}`,
    measured: `${seeds - missed} of ${seeds} ended well: ${Object.entries(ended)
      .map(([end, count]) => `${count} ${end}`)
      .join(', ')}`,
    target: '95 %',
    met: missed <= 0.05 * seeds,
  }));
}
