import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** After every write, the count in a channel's state is the size of its set of participants. */
export const participantCount: Oracle = {
  id: 'participant-count',
  kind: 'safety',
  claim: 'the participant count of a channel is the size of its set of participants, after every command',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    evidence.onStoreWrite(['channel_participants', 'channel_state'], ({ writes, client }) => {
      let channelId = 0;
      for (const key of writes) {
        if (key.startsWith('channel_participants:')) channelId = Number(key.slice(21));
        else if (key.startsWith('channel_state:')) channelId = Number(key.slice(14));
      }
      if (channelId === 0) return;
      const count = Number(evidence.store.hash(`channel_state:${channelId}`).get('count') ?? 0);
      const members = evidence.store.set(`channel_participants:${channelId}`).size;
      if (count !== members) {
        report({
          message: `channel ${channelId} counts ${count} participants and has ${members}, after a write of ${client}`,
          subjects: [client, `channel ${channelId}`],
        });
      }
    });
  },
};
