import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** A client never goes back: within a session, views grow in version and epochs never fall; and one version means one thing to everybody. */
export const epochOrder: Oracle = {
  id: 'epoch-order',
  kind: 'safety',
  claim: 'no client applies an older epoch, and no two clients are told different things under one version',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const last = new Map<string, { version: number; epoch: number }>();
    const told = new Map<number, Map<number, string>>();
    evidence.onView(({ userId, sessionId, channelId, version, epoch, mode }) => {
      const key = `${sessionId}/${channelId}`;
      const before = last.get(key);
      if (before && (version <= before.version || epoch < before.epoch)) {
        report({
          message: `user ${userId} goes from version ${before.version} (epoch ${before.epoch}) of channel ${channelId} back to ${version} (epoch ${epoch})`,
          subjects: [userId, `channel ${channelId}`],
        });
      }
      last.set(key, { version, epoch });
      let versions = told.get(channelId);
      if (!versions) {
        versions = new Map();
        told.set(channelId, versions);
      }
      const meaning = `${mode} of epoch ${epoch}`;
      const other = versions.get(version);
      if (other !== undefined && other !== meaning) {
        report({
          message: `version ${version} of channel ${channelId} is ${meaning} for user ${userId} and ${other} for others`,
          subjects: [userId, `channel ${channelId}`],
        });
      }
      versions.set(version, meaning);
      if (versions.size > 64) versions.delete(versions.keys().next().value!);
    });
  },
};
