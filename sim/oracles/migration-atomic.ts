import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/**
 * A migration is all or nothing: when the store changes the mode of a channel, every member has said that its new path works,
 * after the migration began. Members who come in with the change itself, and members who have lost their connection, are judged
 * when everything is quiet (`mode-agreement`, `one-path`).
 */
export const migrationAtomic: Oracle = {
  id: 'migration-atomic',
  kind: 'safety',
  claim: 'the mode of a channel changes only when every member has the new path',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const modes = new Map<number, { mode: string; epoch: number; members: readonly string[] }>(); // members as the store has them
    const ready = new Map<string, number>();
    evidence.onReadySent(({ sessionId, channelId, epoch }) => ready.set(`${channelId}/${sessionId}`, epoch));
    evidence.onStoreWrite(['channel_state'], ({ writes }) => {
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
      modes.set(channelId, { mode, epoch, members: [...sessions.values()] });
      if (!before || before.mode === mode || evidence.storeDisturbed()) return;
      const members = before.members.map((session) => session.split('|')[0]!);
      for (const [userId, session] of sessions) {
        const sessionId = session.split('|')[0]!;
        if (!members.includes(sessionId) || (ready.get(`${channelId}/${sessionId}`) ?? 0) > before.epoch) continue;
        report({
          message: `channel ${channelId} goes from ${before.mode} to ${mode} although user ${userId} has never said that its new path works`,
          subjects: [userId, `channel ${channelId}`],
        });
      }
    });
  },
};
