import type { Evidence, SessionEvidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/**
 * Once quiet, whoever has opened a tab and not left is in a channel through the newest one, or it is still trying: only a newer tab may push one out.
 * Which of two is newer, the service can know only if the older one has been answered before the other is opened; otherwise the two wishes are
 * on their way together and the one that comes later counts.
 */
export const newestTab: Oracle = {
  id: 'newest-tab',
  kind: 'safety',
  claim: 'the newest tab of somebody who did not leave is in, or still trying',
  whenQuiet(evidence: Evidence): Finding[] {
    const newest = new Map<string, SessionEvidence>();
    for (const session of evidence.sessions()) newest.set(session.userId, session);
    const findings: Finding[] = [];
    for (const { userId, sessionId, controller, leaving, crossed, calls } of newest.values()) {
      // a tab that is open for calls is in a channel only while there is one
      if (controller.state !== 'out' || leaving || crossed || calls) continue;
      findings.push({
        message: `user ${userId} is out although the newest tab (session ${sessionId}) is open and has not left`,
        subjects: [userId],
      });
    }
    return findings;
  },
};
