import type { CallDisplay } from '../../core/client/call-display.js';
import type { Evidence, SessionEvidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** How what the store says is shown. */
const SHOWN: Readonly<Record<string, CallDisplay>> = {
  off: 'off',
  available: 'available',
  ringing: 'ringing',
  calling: 'waiting',
  busy: 'connected',
};

/** What is shown at once agrees with the service in the end: once quiet, every tab shows what the store has of its person, and nothing is only hoped for. */
export const callAgreement: Oracle = {
  id: 'call-agreement',
  kind: 'safety',
  claim: 'once quiet, everybody is shown the call that it has a part in, and no other',
  whenQuiet(evidence: Evidence): Finding[] {
    if (!evidence.callPolicy) return [];
    const newest = new Map<string, SessionEvidence>();
    for (const session of evidence.sessions()) if (!session.leaving) newest.set(session.userId, session);
    const findings: Finding[] = [];
    for (const { userId, sessionId, calls } of newest.values()) {
      if (!calls) continue;
      const { display, seen, wantedOrg } = calls.controller;
      const person = evidence.store.hash(`person:${userId}`);
      const own = person.get('session') === sessionId;
      const state = own ? (person.get('state') ?? 'off') : 'off';
      const callId = own ? (person.get('call') ?? '') : '';
      const shown = display === 'off' ? '' : (seen?.call?.callId ?? '');
      if (display === SHOWN[state] && shown === callId && (wantedOrg === 0 || state !== 'off')) continue;
      findings.push({
        message: `user ${userId} is shown ${display}${shown === '' ? '' : ` (call ${shown})`}, and the service has it as ${state}${callId === '' ? '' : ` (call ${callId})`}`,
        subjects: [userId],
      });
    }
    return findings;
  },
};
