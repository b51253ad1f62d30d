import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Once quiet, the members of a channel are those who believe that they are in it: no ghosts, nobody forgotten. */
export const membership: Oracle = {
  id: 'membership',
  kind: 'safety',
  claim: 'the members in the store are exactly the users who believe that they are in the channel',
  whenQuiet(evidence: Evidence): Finding[] {
    const findings: Finding[] = [];
    const believers = new Map<string, string>();
    for (const { userId, sessionId, controller } of evidence.sessions()) {
      if (controller.state !== 'in') continue;
      const place = `${controller.channelId}/${userId}`;
      believers.set(place, sessionId);
    }
    for (const key of evidence.store.keys('channel_participants:')) {
      const channelId = Number(key.slice('channel_participants:'.length));
      for (const userId of evidence.store.set(key)) {
        if (believers.delete(`${channelId}/${userId}`)) continue;
        findings.push({
          message: `user ${userId} is a ghost in channel ${channelId}: nobody is there`,
          subjects: [userId, `channel ${channelId}`],
        });
      }
    }
    for (const place of believers.keys()) {
      const [channelId, userId] = place.split('/');
      findings.push({
        message: `user ${userId} believes to be in channel ${channelId}, the store does not know it`,
        subjects: [userId!, `channel ${channelId}`],
      });
    }
    return findings;
  },
};
