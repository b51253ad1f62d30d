import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Once quiet, nobody is still asking or waiting: every join was done, refused for good, or given up by the user. Where there is no place, people go on asking. */
export const lostJoin: Oracle = {
  id: 'lost-join',
  kind: 'safety',
  claim: 'every join is done in the end: nobody waits for an answer that will not come',
  whenQuiet(evidence: Evidence): Finding[] {
    const findings: Finding[] = [];
    for (const { userId, controller } of evidence.sessions()) {
      if (controller.state !== 'joining' && controller.state !== 'queued') continue;
      // refused, and asks again
      if (controller.channelId !== null && evidence.noPlace?.(controller.channelId)) continue;
      findings.push({
        message: `user ${userId} is still ${controller.state} for channel ${controller.channelId}`,
        subjects: [userId, `channel ${controller.channelId}`],
      });
    }
    for (const key of evidence.store.keys('migration_queue:')) {
      const waiting = evidence.store.list(key);
      if (waiting.length > 0)
        findings.push({
          message: `${waiting.length} joins are left in ${key}`,
          subjects: [`channel ${key.slice(16)}`],
        });
    }
    return findings;
  },
};
