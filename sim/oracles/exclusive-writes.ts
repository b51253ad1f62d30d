import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

const LOCK_KEY = 'lock:channel:';
const GUARDED = ['channel_state', 'channel_participants', 'channel_sessions', 'migration_queue', 'migration'];
const PREFIXES = GUARDED.map((family) => `${family}:`);
const FAMILIES = ['lock', ...GUARDED];

interface Lease {
  readonly client: string;
  readonly untilUs: number;
}

/**
 * Mutual exclusion in its effects: nobody writes a channel while somebody else holds its lock, and nobody writes it without
 * having taken the lock. A holder that has lost its lease may believe what it likes, as long as it writes nothing.
 */
export const exclusiveWrites: Oracle = {
  id: 'exclusive-writes',
  kind: 'safety',
  claim: 'a channel is written only by the holder of its lock',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const leases = new Map<string, Lease>();
    evidence.onStoreWrite(FAMILIES, ({ client, words, reply, writes }) => {
      if (words[0] === 'SET' && words[1]?.startsWith(LOCK_KEY)) {
        const ttl = words.indexOf('PX');
        const untilUs = ttl < 0 ? Number.POSITIVE_INFINITY : evidence.nowUs + Number(words[ttl + 1]) * 1_000;
        if (reply === 'OK') leases.set(words[1].slice(LOCK_KEY.length), { client, untilUs });
        return;
      }
      let released: string | null = null;
      let reported = false;
      for (const key of writes) {
        if (key.startsWith(LOCK_KEY)) released = key.slice(LOCK_KEY.length);
        const prefix = PREFIXES.find((each) => key.startsWith(each));
        if (prefix === undefined || reported) continue;
        const channelId = key.slice(prefix.length);
        const lease = leases.get(channelId);
        const holder = lease && evidence.nowUs <= lease.untilUs ? lease.client : null;
        if (holder === client) continue;
        reported = true;
        report({
          message: `${client} writes ${key} while ${holder === null ? 'nobody' : holder} holds the lock of channel ${channelId}`,
          subjects: [client, ...(holder === null ? [] : [holder]), `channel ${channelId}`],
        });
      }
      if (released !== null) leases.delete(released);
    });
  },
};
