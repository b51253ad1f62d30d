import type { CallDraft } from '../../core/call/call-draft.js';
import type { Hazard } from './hazard.js';

/** An accept is decided on what was read, and written whatever has happened since. */
export const acceptNoCas: Hazard = {
  id: 'accept-no-cas',
  family: 'calls',
  world: 'switchboard',
  documented: 'accept reads, then writes',
  shows: 'two people who accept at once are both told that they have the call',
  enabledBy: 'scheduling',
  shortest: 2,
  change: {
    CallStore: (Base) =>
      class extends Base {
        protected override checks(draft: CallDraft): [key: string, version: number][] {
          return draft.callState === 'ringing' && draft.call?.state === 'accepted' ? [] : super.checks(draft);
        }
      },
  },
};
