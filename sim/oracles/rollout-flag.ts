import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';
import { mayMoveToSfu, mayStayOnSfu } from './rollout-rule.js';

/** A change of the flag reaches every channel within this. */
const REACH_US = 30_000_000;

/**
 * Who has not been given the hybrid service is not moved to it beyond the written rule (see {@link mayMoveToSfu}), and whoever has lost it goes back, as far as
 * the channel fits into a mesh: after a rollback that is everybody.
 */
export const rolloutFlag: Oracle = {
  id: 'rollout-flag',
  kind: 'safety',
  claim: 'only channels whose senior member has the flag move to the SFU, and without the flag they go back',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    if (evidence.rollout == null) return;
    const moving = new Set<string>();
    evidence.onStoreWrite(['migration'], ({ writes }) => {
      for (const key of writes) {
        if (!key.startsWith('migration:')) continue;
        const channelId = key.slice(10);
        const migration = evidence.store.hash(key);
        const toSfu = migration.get('to') === 'sfu' && migration.get('state') !== 'completed';
        const begins = toSfu && !moving.has(channelId);
        if (toSfu) moving.add(channelId);
        else moving.delete(channelId);
        // from one room to another is no move to the SFU
        if (!begins || evidence.store.hash(`channel_state:${channelId}`).get('mode') !== 'p2p') continue;
        if (evidence.storeDisturbed() || mayMoveToSfu(evidence, channelId) || evidence.rollout?.changedWithin(REACH_US))
          continue;
        report({
          message: `channel ${channelId} moves to the SFU although its senior member does not have the flag`,
          subjects: [`channel ${channelId}`],
        });
      }
    });
  },
  whenQuiet(evidence: Evidence): Finding[] {
    return left(evidence).map((channelId) => ({
      message: `channel ${channelId} is still on the SFU although nobody in it has the flag`,
      subjects: [`channel ${channelId}`],
    }));
  },
  pending(evidence: Evidence): boolean {
    return evidence.rollout?.changedWithin(REACH_US) === true && left(evidence).length > 0;
  },
};

function left(evidence: Evidence): string[] {
  if (evidence.rollout == null) return [];
  return evidence.store
    .keys('channel_state:')
    .filter((key) => evidence.store.hash(key).get('mode') === 'sfu')
    .map((key) => key.slice(14))
    .filter((channelId) => {
      const { size } = evidence.store.set(`channel_participants:${channelId}`);
      return size > 0 && size <= evidence.policy.meshLimit && !mayStayOnSfu(evidence, channelId);
    });
}
