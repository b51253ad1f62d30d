import { formatClock, formatMs, formatValue } from './format.js';
import type { RolloutResult, RunResult } from './result-schema.js';

export type Decision = RolloutResult['decisions'][number];

/** What a decision did, in words: `beta, 5 %`, `complete`, `rolled back: dropouts 7.8 %`. */
export function decisionText({ stages }: RolloutResult, { status, stage, share, reason }: Decision): string {
  switch (status) {
    case 'waiting':
      return 'nobody yet';
    case 'complete':
      return 'complete';
    case 'rolled-back':
      return `rolled back: ${reason}`;
    default: {
      const name = stages[stage]?.name ?? '';
      if (reason !== '') return `${name} again: ${reason}`;
      const percent = formatValue(share, 'share');
      return name.replaceAll(' ', '') === percent.replace(/\s/g, '') ? percent : `${name}, ${percent}`;
    }
  }
}

/** Sentences on a rollout; none where there was none. */
export function rolloutSummary(result: RunResult): string[] {
  const { rollout } = result;
  const last = rollout?.decisions.at(-1);
  if (rollout === undefined || last === undefined) return [];
  const steps = rollout.decisions
    .filter(({ status }) => status !== 'waiting')
    .map((decision) => `${formatClock(decision.atS)} ${decisionText(rollout, decision)}`);
  const lines = [`Rollout: ${steps.length === 0 ? 'has not begun' : steps.join('; ')}.`];
  const stage = rollout.stages[last.stage]?.name ?? '';
  if (last.status === 'rolled-back') {
    const back = result.metrics.rollout_return_ms;
    const after = back !== undefined && back.kind !== 'histogram' ? back.value : null;
    lines.push(
      after === null
        ? `Taken back in stage ${stage}; somebody was still on the SFU at the end.`
        : `Taken back in stage ${stage}; nobody was on the SFU any more ${formatMs(after)} later.`,
    );
  } else if (last.status === 'running') {
    const reason = rollout.held?.reason ?? '';
    lines.push(`It was still in stage ${stage} at the end${reason === '' ? '' : `, held by ${reason}`}.`);
  }
  return lines;
}
