import type { EarHost, EarPair } from '../media/ears/index.js';
import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

const SETTLE_US = 30_000_000;
/** A link that has just become good again may still have consequences. */
const LINK_SETTLE_US = 10_000_000;

/** A bad link is the trouble of those at its ends: what others say to each other stays as good as it was. */
export const isolation: Oracle = {
  id: 'isolation',
  kind: 'safety',
  needs: 'voice',
  claim:
    'one poor link harms nobody else: two people on good links understand each other whoever else is in the channel',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const { ears } = evidence;
    /** When each pair was hard to understand for the first time. */
    const firstUs = new WeakMap<EarPair, number>();
    ears?.listen({
      poorVoice: ({ pair, fromUs, lostShare, r }) => {
        const beganUs = firstUs.get(pair) ?? fromUs;
        firstUs.set(pair, beganUs);
        const calmUs = fromUs - LINK_SETTLE_US;
        if (!pair.listenerHost.goodSince(calmUs) || !pair.talkerHost.goodSince(calmUs)) return;
        if (evidence.disturbed(SETTLE_US)) return;
        const third = poorThird(ears.links.poorHosts, pair, beganUs);
        if (third === null) return;
        const { listener, talker, channelId } = pair;
        report({
          message: `users ${listener.userId} and ${talker.userId} have good links, but since that of ${third.id} is poor ${listener.userId} loses ${(lostShare * 100).toFixed(1)} % of what ${talker.userId} says in channel ${channelId} (rating ${r.toFixed(0)})`,
          subjects: [listener.userId, talker.userId, third.id, `channel ${channelId}`],
        });
      },
    });
  },
};

/** Somebody else in the channel whose link was poor before these two had trouble. */
function poorThird(poor: Iterable<EarHost>, pair: EarPair, beganUs: number): EarHost | null {
  for (const host of poor) {
    if (host === pair.listenerHost || host === pair.talkerHost || (host.poorSinceUs ?? beganUs) > beganUs) continue;
    for (const { channelId } of host.pairs) if (channelId === pair.channelId) return host;
  }
  return null;
}
