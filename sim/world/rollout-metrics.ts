import { Samples } from '../metrics/recorder.js';
import type { Measured } from '../scenario/index.js';
import type { RolloutWatch } from './rollout-watch.js';

/** What expectations may ask of a rollout. */
export function rolloutMetrics({
  decisions,
  plan,
  returnedAfterUs,
}: RolloutWatch): [name: string, measured: Measured][] {
  const last = decisions.at(-1);
  const reached =
    last === undefined || last.status === 'waiting' ? 0 : last.stage + (last.status === 'complete' ? 2 : 1);
  const rollbacks = decisions.filter(({ status }) => status === 'rolled-back').length;
  const lasted = new Samples();
  // a stage that is repeated is still the same
  const stages = decisions.filter(
    ({ status, stage }, index) =>
      status !== 'running' || decisions[index - 1]?.status !== 'running' || decisions[index - 1]?.stage !== stage,
  );
  stages.forEach(({ status, atUs }, index) => {
    const next = stages[index + 1];
    if (status === 'running' && next !== undefined) lasted.add(next.atUs / 1e6, (next.atUs - atUs) / 1e3);
  });
  const complete = last?.status === 'complete' && plan.stages.length > 0;
  return [
    ['rollout_stage', { kind: 'gauge', value: reached }],
    ['rollout_share', { kind: 'gauge', value: (last?.ppm ?? 0) / 1e6 }],
    ['rollout_complete', { kind: 'gauge', value: complete ? 1 : 0 }],
    ['rollout_rollbacks', { kind: 'counter', value: rollbacks }],
    ['rollout_stage_ms', lasted],
    ['rollout_return_ms', { kind: 'gauge', value: returnedAfterUs === null ? null : returnedAfterUs / 1e3 }],
  ];
}
