import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

interface Underway {
  readonly startedAt: string;
  readonly epoch: string;
  readonly failures: string;
  /** user id -> session */
  readonly members: ReadonlyMap<string, string>;
}

/** States in which members stand between two paths: some play the new one, some do not. */
const BETWEEN = new Set(['migrating', 'verifying']);

/**
 * A migration that members are in the middle of has an outcome: the mode changes, or it counts as failed. It does not just vanish, which would leave
 * everybody where they happen to be.
 */
export const migrationDropped: Oracle = {
  id: 'migration-dropped',
  kind: 'safety',
  claim: 'a migration that members take part in completes or fails; it is never just gone',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const underway = new Map<string, Underway>();
    /** Those who have said good-bye, and have not been let in again: they are in the middle of nothing. */
    const gone = new Map<string, Set<string>>();
    const says = (userId: string, channelId: number): void => {
      const key = String(channelId);
      gone.set(key, (gone.get(key) ?? new Set()).add(userId));
    };
    /** Session -> the channel that it has asked for last. */
    const asked = new Map<string, number>();
    evidence.onClients({
      leaving: ({ userId }, channelId) => says(userId, channelId),
      // to ask for another channel is a good-bye, too: the client sends a leave for the one before, and may be back at once
      joinRequested: ({ userId, sessionId }, channelId) => {
        const before = asked.get(sessionId);
        if (before !== undefined && before !== channelId) says(userId, before);
        asked.set(sessionId, channelId);
      },
      joined: ({ userId }, channelId) => {
        gone.get(String(channelId))?.delete(userId);
      },
    });
    evidence.onStoreWrite(['migration'], ({ writes, words }) => {
      if (!/^(EVAL|EVALSHA|DEL|HSET|HDEL|UNLINK)$/i.test(words[0] ?? '')) return;
      for (const key of writes) if (key.startsWith('migration:')) look(key.slice(10));
    });

    function look(channelId: string): void {
      const before = underway.get(channelId);
      const state = evidence.store.hash(`channel_state:${channelId}`);
      const migration = evidence.store.hash(`migration:${channelId}`);
      const members = sessionsOf(evidence, channelId);
      const startedAt = migration.get('startedAt') ?? '';
      if (BETWEEN.has(migration.get('state') ?? '')) {
        const [epoch, failures] = [state.get('epoch') ?? '', state.get('failures') ?? ''];
        underway.set(channelId, { startedAt, epoch, failures, members });
      } else underway.delete(channelId);
      if (before === undefined || startedAt === before.startedAt || evidence.storeDisturbed()) return;
      const outcome = state.get('epoch') !== before.epoch || state.get('failures') !== before.failures;
      const left = gone.get(channelId);
      const stayed = [...before.members].filter(
        ([userId, session]) => members.get(userId) === session && left?.has(userId) !== true,
      );
      if (outcome || stayed.length === 0) return;
      report({
        message: `the migration of channel ${channelId} is gone while ${stayed.length} members were in the middle of it`,
        subjects: [`channel ${channelId}`],
      });
    }
  },
};

/** Who is in the channel with which tab: a person that comes back with another one begins anew. */
function sessionsOf(evidence: Evidence, channelId: string): Map<string, string> {
  const stored = evidence.store.hash(`channel_sessions:${channelId}`);
  return new Map([...stored].map(([userId, session]) => [userId, session.split('|')[0] ?? '']));
}
