import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';
import { mayMoveToSfu } from './rollout-rule.js';

/** A backend that has everything to decide by may take this long to begin. */
const PATIENCE_MS = 15_000;

/**
 * People who have become too many for the mesh are taken to the SFU, and those who are few again back: while nothing is broken, a move
 * begins soon after it is due. After one that failed it may wait as long as the policy lets it.
 */
export const overdueSwitch: Oracle = {
  id: 'overdue-switch',
  kind: 'liveness',
  claim: 'a channel whose size asks for the other mode begins to move there',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const { enableThreshold, disableThreshold, disableHoldMs, retryMaxMs } = evidence.policy;
    // since when a move is due and has not begun, and how long it may wait
    const due = new Map<string, { sinceUs: number; limitMs: number; reported: boolean }>();
    evidence.onStoreCommand(({ writes }) => {
      for (const key of writes) {
        if (!key.startsWith('channel_state:')) continue;
        const channelId = key.slice(14);
        const state = evidence.store.hash(key);
        const mode = state.get('mode');
        const members = evidence.store.set(`channel_participants:${channelId}`).size;
        const wants =
          mode === 'p2p'
            ? members >= enableThreshold && !keptInMesh(evidence) && mayMoveToSfu(evidence, channelId)
            : mode === 'sfu' && members <= disableThreshold && members > 0;
        if (!wants || evidence.store.hash(`migration:${channelId}`).size > 0) {
          due.delete(channelId);
        } else if (!due.has(channelId)) {
          const failed = Number(state.get('failures') ?? 0) > 0;
          const limitMs = PATIENCE_MS + (mode === 'sfu' ? disableHoldMs : 0) + (failed ? retryMaxMs : 0);
          due.set(channelId, { sinceUs: evidence.nowUs, limitMs, reported: false });
        }
      }
      look();
    });

    const look = () => {
      if (due.size === 0) return;
      if (keptInMesh(evidence)) due.clear();
      for (const [channelId, wait] of due) {
        const limitUs = wait.limitMs * 1_000;
        const waitedUs = evidence.nowUs - wait.sinceUs;
        if (evidence.noPlace?.(Number(channelId))) {
          // while no server has room nobody can be moved
          wait.sinceUs = evidence.nowUs;
          continue;
        }
        if (wait.reported || waitedUs <= limitUs || evidence.disturbed(limitUs)) continue;
        wait.reported = true;
        const { size } = evidence.store.set(`channel_participants:${channelId}`);
        report({
          message: `channel ${channelId} has ${size} members and has stayed in ${evidence.store.hash(`channel_state:${channelId}`).get('mode')} for ${Math.round(waitedUs / 1e6)} s without beginning to move`,
          subjects: [`channel ${channelId}`],
        });
      }
    };
  },
  pending(evidence: Evidence): boolean {
    const { enableThreshold } = evidence.policy;
    if (keptInMesh(evidence)) return false;
    return evidence.store.keys('channel_state:').some((key) => {
      const state = evidence.store.hash(key);
      // where the SFU cannot be had the channel is degraded, and says so
      if (state.get('mode') !== 'p2p' || state.get('degraded') === '1') return false;
      const channelId = key.slice(14);
      const { size } = evidence.store.set(`channel_participants:${channelId}`);
      return size >= enableThreshold && mayMoveToSfu(evidence, channelId);
    });
  },
};

/** An operator keeps channels out of the SFU. */
const keptInMesh = ({ store }: Evidence): boolean => store.string('voice:forced_mesh') !== null;
