import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Once quiet, an SFU room exists exactly for the channels in SFU mode, and each of these has one. */
export const orphanRoom: Oracle = {
  id: 'orphan-room',
  kind: 'safety',
  claim: 'every SFU room belongs to a channel that uses it, and no two rooms to one channel',
  whenQuiet(evidence: Evidence): Finding[] {
    const findings: Finding[] = [];
    const used = new Set<string>();
    for (const key of evidence.store.keys('channel_state:')) {
      const state = evidence.store.hash(key);
      if (state.get('mode') === 'sfu') used.add(state.get('sfuRoom') ?? '');
    }
    for (const { node, room, epoch } of evidence.rooms()) {
      if (used.delete(`${node}|${room}|${epoch}`)) continue;
      findings.push({
        message: `room ${room} (epoch ${epoch}) on ${node} belongs to no channel`,
        subjects: [node, `channel ${room.replace('channel_', '')}`],
      });
    }
    for (const room of used) {
      const [node = '', name = ''] = room.split('|');
      findings.push({
        message: `the room ${name} that its channel uses does not exist on ${node}`,
        subjects: [node, `channel ${name.replace('channel_', '')}`],
      });
    }
    return findings;
  },
};
