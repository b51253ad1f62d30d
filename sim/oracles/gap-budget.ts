import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Longest silence that needs no excuse: what a listener takes for a breath. */
const BUDGET_US = 200_000;
/** When one of the two goes, one end is always closed before the other. */
const LEAVING_US = 2_000_000;
/** After the end of a fault its consequences still explain a gap. */
const SETTLE_US = 30_000_000;
/** After a link has changed, so do senders. */
const LINK_SETTLE_US = 10_000_000;

/** Over links that can carry voice, voice arrives: no migration, layer switch or buffer may swallow a word. */
export const gapBudget: Oracle = {
  id: 'gap-budget',
  kind: 'safety',
  needs: 'voice',
  claim: 'without a fault, and between links that can carry voice, nothing said stays unheard for more than 200 ms',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const { ears } = evidence;
    ears?.listen({
      gap: (gap) => {
        const lastedUs = gap.toUs - gap.fromUs;
        if (gap.asleep || lastedUs <= (gap.unfinished ? LEAVING_US : BUDGET_US)) return;
        if (evidence.disturbed(SETTLE_US + lastedUs)) return;
        const calmUs = gap.fromUs - LINK_SETTLE_US;
        if (!ears.links.host(gap.listenerHost).goodSince(calmUs)) return;
        if (!ears.links.host(gap.talkerHost).goodSince(calmUs)) return;
        report({
          message: `user ${gap.listener} does not hear what user ${gap.talker} says in channel ${gap.channelId} for ${Math.round(lastedUs / 1_000)} ms: ${gap.cause}`,
          subjects: [gap.listener, gap.talker, `channel ${gap.channelId}`],
        });
      },
    });
  },
};
