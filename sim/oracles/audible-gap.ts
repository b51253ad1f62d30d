import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Longest silence that needs no excuse: what a listener takes for a breath. */
const GAP_LIMIT_US = 200_000;
/** Silence that ends because one of the two goes: one end is always closed before the other, a second tab takes over before the first knows. */
const LEAVING_LIMIT_US = 2_000_000;
/** After the end of a fault its consequences still explain a gap. */
const SETTLE_US = 30_000_000;

/** While nothing is broken, nobody falls silent for anybody: no migration, join or leave may cost a word. And nobody is ever heard twice. */
export const audibleGap: Oracle = {
  id: 'audible-gap',
  kind: 'safety',
  claim: 'without a fault no pair falls silent for more than 200 ms, and no voice is ever heard twice at once',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    evidence.onGap((gap) => {
      // a laptop that sleeps is silent, and after it wakes it is silent until its connections work again: no service can prevent that
      if (gap.asleep) return;
      const lastedUs = gap.toUs - gap.fromUs;
      if (lastedUs <= (gap.unfinished ? LEAVING_LIMIT_US : GAP_LIMIT_US) || evidence.disturbed(SETTLE_US)) return;
      report({
        message: `user ${gap.listener} does not hear user ${gap.talker} in channel ${gap.channelId} for ${Math.round(lastedUs / 1_000)} ms: ${gap.cause}`,
        subjects: [gap.listener, gap.talker, `channel ${gap.channelId}`],
      });
    });
    evidence.onDoubled((listener, talker, channelId) => {
      report({
        message: `user ${listener} hears user ${talker} twice in channel ${channelId}`,
        subjects: [listener, talker, `channel ${channelId}`],
      });
    });
  },
};
