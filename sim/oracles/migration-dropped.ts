import type { Evidence } from './evidence.js';
import { GoodByes, sessionsOf } from './good-byes.js';
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
    const goodByes = new GoodByes(evidence);
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
      const stayed = [...before.members].filter(
        ([userId, session]) => members.get(userId) === session && !goodByes.has(session, Number(channelId)),
      );
      if (outcome || stayed.length === 0) return;
      report({
        message: `the migration of channel ${channelId} is gone while ${stayed.length} members were in the middle of it`,
        subjects: [`channel ${channelId}`],
      });
    }
  },
};
