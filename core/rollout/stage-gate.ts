import type { RolloutPlan, RolloutStage } from './rollout-plan.js';
import type { RolloutFigures, RolloutSamples } from './rollout-samples.js';
import { missOfAttempt, type SuccessVerdict, testSuccess } from './success-test.js';

/** What is to be done at the end of a look at a stage. */
export type GateVerdict =
  | { readonly do: 'advance' }
  | { readonly do: 'hold'; readonly reason: string }
  /** The stage has been tried and was not good enough: it begins anew, with new samples. To wait until the figures look good by chance would be no test. */
  | { readonly do: 'repeat'; readonly reason: string }
  | { readonly do: 'roll-back'; readonly reason: string };

/** What a test of success needs beside the figures: the ends by direction, and how often stages have begun anew. */
export interface StageAttempt extends Pick<RolloutSamples, 'toSfu' | 'toMesh'> {
  readonly repeats: number;
}

/** Judges a stage: back at once when a trigger is hit (C6); on when it has lasted, there are samples, and every gate holds (C5). */
export function judgeStage(
  plan: RolloutPlan,
  stage: RolloutStage,
  figures: RolloutFigures,
  heardMs: number,
  elapsedMs: number,
  attempt?: StageAttempt,
): GateVerdict {
  const { failures, failed, dropouts } = figures;
  if (failures !== null && failed >= plan.rollbackMinFailures && failures > plan.rollbackFailuresAbove)
    return { do: 'roll-back', reason: `migration failures ${percent(failures)}` };
  if (dropouts !== null && heardMs >= plan.rollbackMinHeardMs && dropouts > plan.rollbackDropoutsAbove)
    return { do: 'roll-back', reason: `dropouts ${percent(dropouts)}` };
  if (elapsedMs < stage.minMs) return { do: 'hold', reason: 'time' };
  if (figures.migrations < stage.minMigrations)
    return { do: 'hold', reason: `samples: ${figures.migrations} of ${stage.minMigrations} migrations` };
  const success = attempt === undefined || stage.confidence === 0 ? null : successOf(stage, attempt);
  if (success === 'undecided') {
    const { completed, failed } = attempt!.toSfu;
    const seen = `${completed + failed} migrations, ${failed} failed`;
    return { do: 'hold', reason: `samples: ${seen}, do not tell yet whether ${percent(stage.successAbove)} succeed` };
  }
  if (success === 'bad') return { do: 'repeat', reason: `migration success ${percent(1 - (failures ?? 1))}` };
  const problem = gateProblem(plan, stage, success === 'good' ? { ...figures, failures: null } : figures);
  return problem === null ? { do: 'advance' } : { do: 'repeat', reason: problem };
}

/** Moves to the SFU have to be good; of moves back, of which there may be few, it is enough that they are not bad. */
function successOf(
  { successAbove, confidence }: RolloutStage,
  { toSfu, toMesh, repeats }: StageAttempt,
): SuccessVerdict {
  const wrong = 1 - confidence;
  const missBad = missOfAttempt(wrong, repeats);
  const of = (ends: StageAttempt['toSfu']) => testSuccess(ends, 1 - successAbove, missBad, wrong);
  return of(toMesh) === 'bad' ? 'bad' : of(toSfu);
}

/** The first gate that does not hold, or null. */
export function gateProblem(plan: RolloutPlan, stage: RolloutStage, figures: RolloutFigures): string | null {
  const { failures, dropouts, score, latencyP95Ms, errors } = figures;
  if (failures !== null && 1 - failures <= stage.successAbove) return `migration success ${percent(1 - failures)}`;
  if (dropouts !== null && dropouts >= plan.dropoutsBelow) return `dropouts ${percent(dropouts)}`;
  if (score !== null && score <= plan.scoreAbove) return `MOS ${score.toFixed(2)}`;
  if (latencyP95Ms !== null && latencyP95Ms > plan.latencyP95BelowMs) return `p95 latency ${latencyP95Ms} ms`;
  if (errors !== null && errors >= plan.errorsBelow) return `errors ${percent(errors)}`;
  return null;
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
