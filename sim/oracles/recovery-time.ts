import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** B10: recovers within 2 s of the network. */
const LIMIT_US = 2_000_000;
/** A gap that begins later than this after the end of an impairment has another reason. */
const FOLLOWS_US = 1_000_000;
/** Two layers up, each after 10 s without loss (B5), and an estimate that grows 8 % a second from the bottom: doubled, for luck of the draw. */
const LAYERS_LIMIT_MS = 60_000;
const SETTLE_US = 30_000_000;

/** When a link is good again, so is voice: at once audible, and in time as good as before. */
export const recoveryTime: Oracle = {
  id: 'recovery-time',
  kind: 'safety',
  needs: 'voice',
  claim: 'within 2 s after a link is good again everybody is heard over it, and within 60 s in the layer of before',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const { ears } = evidence;
    ears?.listen({
      gap: (gap) => {
        if (gap.asleep || evidence.disturbed(SETTLE_US)) return;
        const ends = [ears.links.host(gap.listenerHost), ears.links.host(gap.talkerHost)];
        const mendedUs = Math.max(...ends.map((host) => host.mendedUs ?? Number.NEGATIVE_INFINITY));
        if (mendedUs < 0 || ends.some(({ poorSinceUs }) => poorSinceUs !== null)) return;
        const lateUs = gap.toUs - mendedUs;
        if (gap.fromUs > mendedUs + FOLLOWS_US || lateUs <= LIMIT_US) return;
        report({
          message: `user ${gap.listener} hears user ${gap.talker} in channel ${gap.channelId} only ${(lateUs / 1e6).toFixed(1)} s after the link between them was good again: ${gap.cause}`,
          subjects: [gap.listener, gap.talker, `channel ${gap.channelId}`],
        });
      },
      layersBack: ({ hostId, layerRecoveryMs }) => {
        if (layerRecoveryMs === null || layerRecoveryMs <= LAYERS_LIMIT_MS || evidence.disturbed(SETTLE_US)) return;
        report({
          message: `${Math.round(layerRecoveryMs / 1_000)} s after the link of ${hostId} was good again, voice over it was not yet as good as before`,
          subjects: [hostId],
        });
      },
    });
  },
};
