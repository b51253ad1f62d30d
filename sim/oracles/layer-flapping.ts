import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** B5: never two changes within 5 s. */
const APART_US = 5_000_000;
/** What is decided 5 s apart is heard so much closer at most: frames, transit and jitter differ. */
const HEARD_CLOSER_US = 200_000;

/** Each change of quality is heard: on a link and a device that stay as they are, two in a row are one too many. */
export const layerFlapping: Oracle = {
  id: 'layer-flapping',
  kind: 'safety',
  needs: 'voice',
  claim:
    'while links and devices stay as they are, the layer of a talker that a listener receives changes at most once in 5 s',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    evidence.ears?.listen({
      layerChanged: ({ listener, talker, channelId, listenerHost, talkerHost }, atUs, from, to, sincePreviousUs) => {
        if (sincePreviousUs >= APART_US - HEARD_CLOSER_US) return;
        const calmUs = atUs - sincePreviousUs - APART_US;
        for (const host of [listenerHost, talkerHost])
          if (host.nature.varying || host.changedUs > calmUs || host.limitedUs > calmUs) return;
        if (evidence.disturbed(APART_US)) return;
        report({
          message: `user ${listener.userId} receives user ${talker.userId} in channel ${channelId} in layer ${to} only ${(sincePreviousUs / 1e6).toFixed(1)} s after the change to ${from}`,
          subjects: [listener.userId, talker.userId, `channel ${channelId}`],
        });
      },
    });
  },
};
