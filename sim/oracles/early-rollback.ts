import type { Evidence } from './evidence.js';
import { GoodByes, sessionsOf } from './good-byes.js';
import type { Finding, Oracle } from './oracle.js';

/** After the end of a fault its consequences still excuse a rollback. */
const SETTLE_US = 30_000_000;

interface Migration {
  readonly sinceUs: number;
  /** Epoch of the mode that is to be left. */
  readonly epoch: string | undefined;
  /** User id -> session. */
  members: ReadonlyMap<string, string>;
  /** A member has said that it cannot follow. */
  excused: boolean;
}

const PLACE = /^(?:migration|channel_sessions):(\d+)$/;
const UNDER_WAY = new Set(['preparing', 'migrating', 'verifying']);

/**
 * Nobody is sent back without a reason: a migration whose time is not over, in which nothing is broken and nobody has complained, is not undone,
 * whoever is ready by then. `needless-rollback` asks the other question: whether what was undone, be it at the end of its time, was done already.
 */
export const earlyRollback: Oracle = {
  id: 'early-rollback',
  kind: 'safety',
  claim:
    'without a fault, while there is room, and before its time is over, no migration is undone unless a member has said that it cannot follow',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    // what is decided shows when it is written, at most a lease later: the beginning may show that much late
    const { migrationTimeoutMs, lockTtlMs } = evidence.policy;
    const leastUs = (migrationTimeoutMs - lockTtlMs) * 1_000;
    const running = new Map<string, Migration>();
    evidence.onFailedSent(({ channelId }) => {
      const migration = running.get(String(channelId));
      if (migration) migration.excused = true;
    });
    const goodByes = new GoodByes(evidence);
    evidence.onStoreWrite(['migration', 'channel_sessions'], ({ writes }) => {
      const place = writes.find((key) => PLACE.test(key));
      const channelId = place?.slice(place.indexOf(':') + 1);
      if (channelId === undefined) return;
      const phase = evidence.store.hash(`migration:${channelId}`).get('state') ?? '';
      const before = running.get(channelId);
      if (!before && !UNDER_WAY.has(phase)) return;
      const epoch = evidence.store.hash(`channel_state:${channelId}`).get('epoch');
      const members = sessionsOf(evidence, channelId);
      if (!before) {
        running.set(channelId, { sinceUs: evidence.nowUs, epoch, members, excused: false });
        return;
      }
      const stayed = [...before.members].some(
        ([userId, session]) => members.get(userId) === session && !goodByes.has(session, Number(channelId)),
      );
      before.members = members;
      if (UNDER_WAY.has(phase) && epoch === before.epoch) return;
      running.delete(channelId);
      const lastedUs = evidence.nowUs - before.sinceUs;
      if (epoch !== before.epoch || !stayed || before.excused) return; // done, or nobody is left
      if (lastedUs >= leastUs || evidence.disturbed(SETTLE_US)) return;
      // the last place may go to another channel in the same moment
      if (evidence.noPlace?.(Number(channelId))) return;
      report({
        message: `the migration of channel ${channelId} is undone after ${Math.round(lastedUs / 1_000)} ms, without a reason`,
        subjects: [`channel ${channelId}`],
      });
    });
  },
};
