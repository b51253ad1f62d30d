import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/**
 * A client never goes back: within a session, for each channel, views grow in version, and epochs never fall, not even over a leave; and one version means one
 * thing to everybody.
 */
export const epochOrder: Oracle = {
  id: 'epoch-order',
  kind: 'safety',
  claim: 'no client applies an older epoch, and no two clients are told different things under one version',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    // session -> channel -> the newest view
    const last = new Map<string, Map<number, { version: number; epoch: number }>>();
    // per channel, what its newest version was said to mean
    const newest = new Map<number, { version: number; epoch: number; mode: string }>();
    evidence.onClients({ tabClosed: ({ sessionId }) => void last.delete(sessionId) });
    evidence.onView(({ userId, sessionId, channelId, version, epoch, mode }) => {
      let channels = last.get(sessionId);
      if (channels === undefined) {
        channels = new Map();
        last.set(sessionId, channels);
      }
      const before = channels.get(channelId);
      if (before === undefined) channels.set(channelId, { version, epoch });
      else {
        if (version <= before.version || epoch < before.epoch) {
          report({
            message: `user ${userId} goes from version ${before.version} (epoch ${before.epoch}) of channel ${channelId} back to ${version} (epoch ${epoch})`,
            subjects: [userId, `channel ${channelId}`],
          });
        }
        before.version = version;
        before.epoch = epoch;
      }
      const told = newest.get(channelId);
      if (told === undefined || version > told.version) newest.set(channelId, { version, epoch, mode });
      else if (version === told.version && (epoch !== told.epoch || mode !== told.mode)) {
        report({
          message: `version ${version} of channel ${channelId} is ${mode} of epoch ${epoch} for user ${userId} and ${told.mode} of epoch ${told.epoch} for others`,
          subjects: [userId, `channel ${channelId}`],
        });
      }
    });
  },
};
