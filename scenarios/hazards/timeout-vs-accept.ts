import type { CallDraft } from '../../core/call/call-draft.js';
import type { Hazard } from './hazard.js';

/** The worker decides on what it has read that the time is over, and marks the call whatever has happened since. */
export const timeoutVsAccept: Hazard = {
  id: 'timeout-vs-accept',
  family: 'calls',
  world: 'switchboard',
  documented: 'the worker marks as missed what was just accepted',
  shows: 'a call that is talked in is missed: staff is free again in the middle of it',
  enabledBy: 'scheduling',
  shortest: 2,
  change: {
    CallStore: (Base) =>
      class extends Base {
        protected override checks(draft: CallDraft): [key: string, version: number][] {
          return draft.call?.state === 'missed' ? [] : super.checks(draft);
        }
      },
  },
};
