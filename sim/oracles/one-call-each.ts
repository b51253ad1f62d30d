import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

const UNDER_WAY = new Set(['waiting', 'ringing', 'accepted']);

/** Nobody is given two calls: at any time a person calls, is rung or talks in one call at most. */
export const oneCallEach: Oracle = {
  id: 'one-call-each',
  kind: 'safety',
  claim: 'nobody has a part in two calls at once',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    if (!evidence.callPolicy) return;
    const people = new Map<string, readonly string[]>();
    const callOf = new Map<string, string>();
    evidence.onStoreWrite(['call'], ({ writes }) => {
      for (const key of writes) if (key.startsWith('call:')) look(key.slice('call:'.length));
    });

    function look(callId: string): void {
      const call = evidence.store.hash(`call:${callId}`);
      const present = UNDER_WAY.has(call.get('state') ?? '')
        ? [call.get('caller'), call.get('answered_by'), ...(call.get('ringing') ?? '').split(',')].filter(
            (userId): userId is string => userId !== undefined && userId !== '',
          )
        : [];
      for (const userId of people.get(callId) ?? []) if (callOf.get(userId) === callId) callOf.delete(userId);
      if (present.length === 0) people.delete(callId);
      else people.set(callId, present);
      for (const userId of present) {
        const other = callOf.get(userId);
        callOf.set(userId, callId);
        if (other === undefined || other === callId || evidence.storeMayForget()) continue;
        report({ message: `user ${userId} is in call ${other} and in call ${callId}`, subjects: [userId] });
      }
    }
  },
};
