import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Over this time changes are counted. */
const WINDOW_US = 60_000_000;
/** A fault moves channels for this long after its end. */
const SETTLE_US = 30_000_000;
/** Changes of the mode without a cause: up, and down again after the time for which it holds, and one to spare. */
const MODES_MAX = 3;
/** Steps of migrations without a cause: attempts grow rarer, each takes about six steps, and members who wander add some. */
const STEPS_MAX = 40;

interface Heat {
  mode: string;
  step: string;
  members: string;
  sinceUs: number;
  modes: number;
  steps: number;
  /** When the mesh was last chosen over the SFU. */
  downUs: number;
  reported: boolean;
}

/**
 * A channel rests when nobody gives it a reason to move: without joins, leaves and faults it does not keep changing its mode or the state
 * of its migration (livelock). And however people come and go, it does not go back to the mesh twice within the time for which
 * it is to hold on before it does (flapping).
 */
export const hotState: Oracle = {
  id: 'hot-state',
  kind: 'liveness',
  claim:
    'a channel does not keep changing its mode or migrating without a cause from outside, nor faster than its policy holds',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const channels = new Map<string, Heat>();
    const holdUs = evidence.policy.disableHoldMs * 1_000;
    evidence.onStoreWrite(['channel_state', 'migration'], ({ writes }) => {
      let channelId: string | null = null;
      for (const key of writes) {
        if (key.startsWith('channel_state:')) channelId = key.slice(14);
        else if (key.startsWith('migration:')) channelId = key.slice(10);
      }
      if (channelId !== null) moved(channelId);
    });

    function moved(channelId: string): void {
      const state = evidence.store.hash(`channel_state:${channelId}`);
      const mode = state.get('mode');
      if (mode === undefined) {
        channels.delete(channelId);
        return;
      }
      const step = evidence.store.hash(`migration:${channelId}`).get('state') ?? '';
      const members = state.get('count') ?? '';
      const heat = channels.get(channelId);
      if (!heat) {
        const sinceUs = evidence.nowUs;
        const downUs = Number.NEGATIVE_INFINITY;
        channels.set(channelId, { mode, step, members, sinceUs, modes: 0, steps: 0, downUs, reported: false });
        return;
      }
      if (heat.mode === mode && heat.step === step && heat.members === members) return;
      const { nowUs } = evidence;
      if (heat.members !== members || nowUs - heat.sinceUs > WINDOW_US || evidence.disturbed(SETTLE_US)) {
        heat.sinceUs = nowUs;
        heat.modes = heat.steps = 0;
        heat.members = members;
        heat.reported = false;
      }
      if (heat.step !== step) heat.steps++;
      if (heat.mode !== mode) {
        heat.modes++;
        if (mode === 'p2p') wentDown(channelId, heat);
      }
      heat.mode = mode;
      heat.step = step;
      if ((heat.modes > MODES_MAX || heat.steps > STEPS_MAX) && !heat.reported) {
        heat.reported = true;
        report({
          message: `channel ${channelId} has changed its mode ${heat.modes} times and the state of its migration ${heat.steps} times in ${Math.round((nowUs - heat.sinceUs) / 1e6)} s, though nobody has come or gone and nothing is broken`,
          subjects: [`channel ${channelId}`],
        });
      }
    }

    function wentDown(channelId: string, heat: Heat): void {
      const { nowUs } = evidence;
      const apartUs = nowUs - heat.downUs;
      heat.downUs = nowUs;
      if (apartUs >= holdUs || evidence.disturbed(SETTLE_US)) return;
      report({
        message: `channel ${channelId} goes back to the mesh twice within ${Math.round(apartUs / 1e3)} ms, though it is to stay with the SFU for ${holdUs / 1e3} ms before it does`,
        subjects: [`channel ${channelId}`],
      });
    }
  },
};
