import type { CallDraft } from '../../core/call/call-draft.js';
import type { Hazard } from './hazard.js';

/** Who has been silent for longer than its lease is taken for one who has decided nothing: others let the call be accepted again. */
export const holdTakenOver: Hazard = {
  id: 'hold-taken-over',
  family: 'calls',
  world: 'switchboard-without-redis',
  documented: 'a backend falls back to memory, and another takes its calls over when the lease has run out',
  shows: 'a call that was accepted without Redis is given to somebody else',
  enabledBy: 'network',
  shortest: 4,
  change: {
    CallKeeper: (Base) =>
      class extends Base {
        override beforeWrite(draft: CallDraft, inLine: object | null): void {
          const { keptBy, keptUntilMs, nowMs } = draft;
          const takenOver = keptBy !== '' && keptBy !== this.keeping.instance && keptUntilMs <= nowMs;
          if (!takenOver) super.beforeWrite(draft, inLine);
        }
      },
  },
};
