import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Once quiet, every listener hears every other member over exactly one path: the old ones have been given up. */
export const onePath: Oracle = {
  id: 'one-path',
  kind: 'safety',
  claim: 'once quiet, every pair of members has exactly one live path, and plays it',
  whenQuiet(evidence: Evidence): Finding[] {
    return evidence.hearing.pairsWithoutOnePath().map((pair) => ({
      message: `user ${pair.listener.userId} ${pair.heard ? 'hears' : 'does not hear'} user ${pair.talker.userId} in channel ${pair.channelId}: p2p ${pair.p2p ? 'up' : 'down'}, sfu ${pair.sfu ? 'up' : 'down'}, plays ${pair.played}`,
      subjects: [pair.listener.userId, pair.talker.userId, `channel ${pair.channelId}`],
    }));
  },
};
