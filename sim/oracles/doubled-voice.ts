import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Three packets: so much may depend on where the boundaries of frames lie. */
const LIMIT_US = 60_000;

/** Where paths overlap, one fades out as the other fades in: together they are never louder than one voice. */
export const doubledVoice: Oracle = {
  id: 'doubled-voice',
  kind: 'safety',
  needs: 'voice',
  claim: 'nobody hears the same voice over two paths at once for longer than three packets',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    evidence.ears?.listen({
      doubled: ({ listener, talker, channelId }, fromUs, toUs) => {
        if (toUs - fromUs <= LIMIT_US) return;
        report({
          message: `user ${listener.userId} hears user ${talker.userId} twice in channel ${channelId} for ${Math.round((toUs - fromUs) / 1_000)} ms`,
          subjects: [listener.userId, talker.userId, `channel ${channelId}`],
        });
      },
    });
  },
};
