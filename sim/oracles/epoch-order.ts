import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/**
 * A client never goes back: within a session views grow in version, within a membership epochs never fall; and one version means one thing to everybody.
 *
 * Who has left has given up every path, so that there is nothing an older epoch could undo: a store that has lost its last second lets one who is back at once
 * in under an epoch of before. The version must be newer all the same: an answer to the wish before is caught by it.
 */
export const epochOrder: Oracle = {
  id: 'epoch-order',
  kind: 'safety',
  claim: 'no member applies an older epoch, and no two clients are told different things under one version',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const last = new Map<string, { channelId: number; version: number; epoch: number }>();
    // per channel, what its newest version was said to mean
    const newest = new Map<number, { version: number; epoch: number; mode: string }>();
    evidence.onClients({
      tabClosed: ({ sessionId }) => void last.delete(sessionId),
      leaving: ({ sessionId }) => {
        const before = last.get(sessionId);
        if (before !== undefined) before.epoch = 0;
      },
    });
    evidence.onView(({ userId, sessionId, channelId, version, epoch, mode }) => {
      const before = last.get(sessionId);
      if (before === undefined) last.set(sessionId, { channelId, version, epoch });
      else {
        if (before.channelId === channelId && (version <= before.version || epoch < before.epoch)) {
          report({
            message: `user ${userId} goes from version ${before.version} (epoch ${before.epoch}) of channel ${channelId} back to ${version} (epoch ${epoch})`,
            subjects: [userId, `channel ${channelId}`],
          });
        }
        before.channelId = channelId;
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
