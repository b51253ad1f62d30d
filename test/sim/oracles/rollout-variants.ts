import { ModeChoice } from '../../../core/channel/mode-choice.js';
import { RolloutController } from '../../../core/rollout/rollout-controller.js';
import type { Variant } from './variants.js';

export const flagForgotten: Variant = {
  what: 'channels that move to the SFU without the flag',
  collaborators: {
    ModeChoice: class extends ModeChoice {
      override decide(context: Parameters<ModeChoice['decide']>[0]): boolean {
        context.draft.record.rollout = null;
        return super.decide(context);
      }
    },
  },
};

export const gateForgotten: Variant = {
  what: 'a stage that advances although its gate fails',
  collaborators: {
    RolloutController: class extends RolloutController {
      protected override judge(_stage: unknown, _figures: unknown, _heardMs: number, elapsedMs: number) {
        return elapsedMs > 30_000 ? ({ do: 'advance' } as const) : ({ do: 'hold', reason: '' } as const);
      }
    },
  },
};
