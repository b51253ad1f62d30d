import type { CallDraft } from '../../core/call/call-draft.js';
import type { Hazard } from './hazard.js';

/** Who is free is read, then a call is given to them: only the call must be as it was, not the people. */
export const routeTwoCalls: Hazard = {
  id: 'route-two-calls',
  family: 'calls',
  world: 'switchboard',
  documented: 'availability is read, then assigned',
  shows: 'two calls ring at one person, and the first is forgotten there',
  enabledBy: 'scheduling',
  shortest: 2,
  change: {
    CallStore: (Base) =>
      class extends Base {
        protected override checks(draft: CallDraft): [key: string, version: number][] {
          const checks = super.checks(draft);
          return draft.callState !== 'ringing' && draft.call?.state === 'ringing'
            ? checks.filter(([key]) => key.startsWith('call:'))
            : checks;
        }
      },
  },
};
