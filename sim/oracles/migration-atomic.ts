import type { Evidence, StoreCommand } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** States of a migration that has changed nothing yet. */
const GOING: ReadonlySet<string> = new Set(['preparing', 'migrating', 'verifying']);

/**
 * A migration is all or nothing: when the store changes the mode of a channel, every member has said that its new path works,
 * after this attempt began: what it said about an earlier one, or about the way back from it, does not count. A mesh that is full, and turns people away because of a few who could not follow to the SFU twice, is left without those few: then
 * three quarters have said so. Members who come in with the change itself, and members who have lost their connection, are judged
 * when everything is quiet (`mode-agreement`, `one-path`).
 */
export const migrationAtomic: Oracle = {
  id: 'migration-atomic',
  kind: 'safety',
  claim:
    'the mode of a channel changes only when every member has the new path, or when a full mesh has waited for a few of them twice',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const { meshLimit } = evidence.policy;
    // members as the store has them, and attempts that have failed
    const modes = new Map<number, { mode: string; epoch: number; members: readonly string[]; failures: number }>();
    const ready = new Map<string, number>();
    /** Epoch of the attempt that is under way, by channel. */
    const attempts = new Map<number, number>();
    evidence.onReadySent(({ sessionId, channelId, epoch }) => ready.set(`${channelId}/${sessionId}`, epoch));
    evidence.onStoreWrite(['channel_state', 'migration'], (command) => {
      judge(command);
      // what this command has written counts from the next one on: a change of mode ends the attempt
      for (const key of command.writes) if (key.startsWith('migration:')) remember(Number(key.slice(10)));
    });

    function remember(channelId: number): void {
      const migration = evidence.store.hash(`migration:${channelId}`);
      if (GOING.has(migration.get('state') ?? '')) attempts.set(channelId, Number(migration.get('epoch')));
    }

    function judge({ writes }: StoreCommand): void {
      const key = writes.find((written) => written.startsWith('channel_state:'));
      if (key === undefined) return;
      const channelId = Number(key.slice(14));
      const state = evidence.store.hash(key);
      if (state.size === 0) {
        modes.delete(channelId);
        return;
      }
      const mode = state.get('mode')!;
      const epoch = Number(state.get('epoch'));
      const before = modes.get(channelId);
      const sessions = evidence.store.hash(`channel_sessions:${channelId}`);
      const failures = Number(state.get('failures') ?? 0);
      modes.set(channelId, { mode, epoch, members: [...sessions.values()], failures });
      if (!before || before.mode === mode || evidence.storeDisturbed()) return;
      const since = Math.max(before.epoch + 1, attempts.get(channelId) ?? 0);
      const members = before.members.map((session) => session.split('|')[0]!);
      const late = [...sessions].filter(([, session]) => {
        const sessionId = session.split('|')[0]!;
        return members.includes(sessionId) && (ready.get(`${channelId}/${sessionId}`) ?? 0) < since;
      });
      const waited = mode === 'sfu' && before.failures >= 2 && sessions.size >= meshLimit;
      if (waited && late.length <= sessions.size / 4) return;
      for (const [userId] of late) {
        report({
          message: `channel ${channelId} goes from ${before.mode} to ${mode} although user ${userId} has never said that its new path works`,
          subjects: [userId, `channel ${channelId}`],
        });
      }
    }
  },
};
