import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** A call rings at the staff of the organisation that was called, and at nobody else. */
export const ownStaff: Oracle = {
  id: 'own-staff',
  kind: 'safety',
  claim: 'a call rings only at people who have said that they take calls of its organisation',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    if (!evidence.callPolicy) return;
    // organisation that each call was made to, and those that each person has taken calls of
    const called = new Map<string, number>();
    const takes = new Map<string, Set<number>>();
    evidence.onClients({
      callSaid({ userId }, message) {
        if (message.type === 'call-offer') called.set(`${userId}.${message.requestId}`, message.org);
        else if (message.type === 'call-on') {
          const orgs = takes.get(userId) ?? new Set();
          takes.set(userId, orgs.add(message.org));
        }
      },
      callShown({ userId }, { state, call }) {
        if (state !== 'ringing' || call === null) return;
        const org = called.get(call.callId);
        if (org !== undefined && takes.get(userId)?.has(org)) return;
        report({
          message: `call ${call.callId} to organisation ${org ?? 'that nobody called'} rings at user ${userId}, who takes calls of ${[...(takes.get(userId) ?? ['none'])].join(' and ')}`,
          subjects: [userId, call.callId.split('.')[0]!],
        });
      },
    });
  },
};
