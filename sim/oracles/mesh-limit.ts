import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Nobody is put into a mesh that is too large to be carried by its members' uplinks: whatever becomes of the SFU, a peer-to-peer channel stays within the limit. */
export const meshLimit: Oracle = {
  id: 'mesh-limit',
  kind: 'safety',
  claim: 'a channel that is peer to peer has at most as many members as a mesh can carry',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const sizes = new Map<string, number>();
    evidence.onStoreWrite(['channel_state'], ({ writes }) => {
      const key = writes.find((written) => written.startsWith('channel_state:'));
      if (key === undefined) return;
      const channelId = key.slice(14);
      const mesh = evidence.store.hash(key).get('mode') === 'p2p';
      const size = mesh ? evidence.store.set(`channel_participants:${channelId}`).size : 0;
      const before = sizes.get(channelId) ?? 0;
      sizes.set(channelId, size);
      if (size <= evidence.policy.meshLimit || size <= before || evidence.storeDisturbed()) return;
      report({
        message: `channel ${channelId} is a mesh of ${size}, the limit is ${evidence.policy.meshLimit}`,
        subjects: [`channel ${channelId}`],
      });
    });
  },
};
