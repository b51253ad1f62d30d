import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

const PARTICIPANTS = 'channel_participants:';

/** Nobody is in more channels at once than the service lets a user be, whatever tabs and backends it asks through. */
export const roomLimit: Oracle = {
  id: 'room-limit',
  kind: 'safety',
  claim: 'nobody is in more channels at once than a user may be',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const { roomsPerUser } = evidence.policy;
    if (roomsPerUser === 0) return;
    const members = new Map<string, ReadonlySet<string>>();
    const rooms = new Map<string, number>();
    evidence.onStoreWrite(['channel_participants'], ({ writes }) => {
      for (const key of writes) if (key.startsWith(PARTICIPANTS)) look(key);
    });

    function look(key: string): void {
      const before = members.get(key) ?? new Set<string>();
      const present = new Set(evidence.store.set(key));
      if (present.size > 0) members.set(key, present);
      else members.delete(key);
      for (const userId of before) if (!present.has(userId)) rooms.set(userId, (rooms.get(userId) ?? 0) - 1);
      for (const userId of present) {
        if (before.has(userId)) continue;
        const count = (rooms.get(userId) ?? 0) + 1;
        rooms.set(userId, count);
        if (count <= roomsPerUser || evidence.storeDisturbed()) continue;
        report({
          message: `user ${userId} is in ${count} channels; a user may be in ${roomsPerUser}`,
          subjects: [userId],
        });
      }
    }
  },
};
