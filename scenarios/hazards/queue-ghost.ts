import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';

/** Those who leave or lose their connection are looked for among the members only; the queue keeps them, and lets them in. */
export const queueGhost: Hazard = {
  id: 'queue-ghost',
  family: 'queue',
  documented: 'a queued join is done although its user has gone or given up',
  shows: 'a participant whom nobody is behind',
  enabledBy: 'scheduling',
  shortest: 3,
  change: {
    Admission: (Base) =>
      class extends Base {
        override leave(context: RuleContext, userId: string, sessionId: string): void {
          const { draft } = context;
          if (draft.record.members.get(userId)?.sessionId === sessionId) draft.removeMember(userId);
        }

        override connectionLost({ draft, nowMs }: RuleContext, isLost: (connection: string) => boolean): void {
          for (const member of draft.record.members.values())
            if (member.lostAtMs === 0 && isLost(member.connection)) draft.touchMember(member, member.connection, nowMs);
        }
      },
  },
};
