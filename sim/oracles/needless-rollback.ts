import type { Evidence } from './evidence.js';
import { sessionsOf } from './good-byes.js';
import type { Finding, Oracle } from './oracle.js';

/** After the end of a fault its consequences still explain a failed migration. */
const SETTLE_US = 30_000_000;
/** A word of a member may take this long to arrive, and half of the migration's time. */
const HEARD_US = 5_000_000;

interface Underway {
  readonly epoch: string;
  readonly sinceUs: number;
}

/**
 * Nobody builds a new path in vain: when every member has said that it works, and there was as much time again to hear them, the channel moves.
 * A migration that is rolled back all the same costs people a second one, and those who wait to be let in a long time. When in its time that
 * happens does not matter here; that nothing is undone before its time is over is the claim of `early-rollback`.
 *
 * Somebody who has gone meanwhile is no reason either: whoever waits for one who is not there, where nothing is broken, makes all others wait.
 */
export const needlessRollback: Oracle = {
  id: 'needless-rollback',
  kind: 'liveness',
  claim:
    'without a fault, a migration whose members have all said in good time that their new path works is not rolled back',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const underway = new Map<string, Underway>();
    // per channel and session, the last epoch it was ready for, and since when
    const ready = new Map<string, { epoch: string; atUs: number }>();
    evidence.onReadySent(({ sessionId, channelId, epoch }) => {
      const place = `${channelId}/${sessionId}`;
      if (ready.get(place)?.epoch !== String(epoch)) ready.set(place, { epoch: String(epoch), atUs: evidence.nowUs });
    });
    evidence.onStoreWrite(['migration'], ({ writes }) => {
      const key = writes.find((written) => written.startsWith('migration:'));
      if (key === undefined) return;
      const channelId = key.slice(10);
      const migration = evidence.store.hash(key);
      const state = migration.get('state');
      const before = underway.get(channelId);
      if (state === 'migrating' || state === 'verifying') {
        const epoch = migration.get('epoch') ?? '';
        if (before?.epoch !== epoch) underway.set(channelId, { epoch, sinceUs: evidence.nowUs });
        return;
      }
      underway.delete(channelId);
      if (before === undefined || state !== 'rollingBack') return;
      const tookUs = evidence.nowUs - before.sinceUs;
      if (evidence.disturbed(tookUs + SETTLE_US)) return;
      const sessions = sessionsOf(evidence, channelId);
      const inTime = [...sessions.values()].every((session) => {
        const said = ready.get(`${channelId}/${session}`);
        return said?.epoch === before.epoch && evidence.nowUs - said.atUs >= Math.max(HEARD_US, tookUs / 2);
      });
      if (!inTime) return;
      report({
        message: `the migration of channel ${channelId} is rolled back after ${Math.round(tookUs / 1_000)} ms (${migration.get('reason')}), although all ${sessions.size} members have said that their new path works`,
        subjects: [`channel ${channelId}`],
      });
    });
  },
};
