import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

const CHANNEL_KEY = /^(?:channel_state|channel_participants|channel_sessions|migration|migration_queue):(\d+)$/;
const LOCK_KEY = 'lock:channel:';

/**
 * Mutual exclusion in its effects: nobody writes a channel while somebody else holds its lock, and nobody writes it without
 * having taken the lock. A holder that has lost its lease may believe what it likes, as long as it writes nothing.
 */
export const exclusiveWrites: Oracle = {
  id: 'exclusive-writes',
  kind: 'safety',
  claim: 'a channel is written only by the holder of its lock',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const owners = new Map<string, string>();
    evidence.onStoreCommand(({ client, words, reply, writes }) => {
      if (words[0] === 'SET' && words[1]?.startsWith(LOCK_KEY) && reply === 'OK') owners.set(words[2]!, client);
      for (const key of writes) {
        const channelId = CHANNEL_KEY.exec(key)?.[1];
        if (channelId === undefined) continue;
        const token = evidence.store.string(LOCK_KEY + channelId);
        const holder = token === null ? null : (owners.get(token) ?? 'someone unknown');
        if (holder === client) continue;
        report({
          message: `${client} writes ${key} while ${holder === null ? 'nobody holds' : `${holder} holds`} the lock of channel ${channelId}`,
          subjects: [client, ...(holder === null ? [] : [holder]), `channel ${channelId}`],
        });
        return;
      }
    });
  },
};
