import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

const WHAT = {
  'sequence-jump': 'sequence numbers jump over packets that never were',
  'sequence-repeat': 'a sequence number comes again',
  'timestamp-jump': 'timestamps jump',
  'ssrc-change': 'the source changes',
} as const;

/** Whatever layer is forwarded, a listener receives one stream: otherwise its jitter buffer conceals what was never lost, or throws good voice away. */
export const layerContinuity: Oracle = {
  id: 'layer-continuity',
  kind: 'safety',
  needs: 'voice',
  claim: 'what a listener receives of a talker goes on without jump or repeat, but for what the network has lost',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    evidence.ears?.listen({
      discontinuity: ({ listener, talker, channelId, layerNow }, _atUs, kind) =>
        report({
          message: `user ${listener.userId} receives user ${talker.userId} in channel ${channelId} (layer ${layerNow ?? 'unknown'}) as a broken stream: ${WHAT[kind]}`,
          subjects: [listener.userId, talker.userId, `channel ${channelId}`],
        }),
    });
  },
};
