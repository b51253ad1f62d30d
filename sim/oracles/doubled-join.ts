import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Once quiet, nobody is in a channel through two tabs at once: the newest has taken over, and the older ones know it. */
export const doubledJoin: Oracle = {
  id: 'doubled-join',
  kind: 'safety',
  claim: 'no user is in a channel twice',
  whenQuiet(evidence: Evidence): Finding[] {
    const findings: Finding[] = [];
    const seen = new Map<string, string>();
    for (const { userId, sessionId, controller } of evidence.sessions()) {
      if (controller.state !== 'in') continue;
      const place = `${controller.channelId}/${userId}`;
      const other = seen.get(place);
      seen.set(place, sessionId);
      if (other === undefined) continue;
      findings.push({
        message: `user ${userId} is in channel ${controller.channelId} twice: sessions ${other} and ${sessionId}`,
        subjects: [userId, `channel ${controller.channelId}`],
      });
    }
    return findings;
  },
};
