import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** B10: adapts within 5 s. */
const LIMIT_MS = 5_000;
/** While servers are down, nobody steers. */
const SETTLE_US = 30_000_000;

/** When a link becomes worse, senders send what it can carry. */
export const adaptationTime: Oracle = {
  id: 'adaptation-time',
  kind: 'safety',
  needs: 'voice',
  claim: 'within 5 s after a link has become worse, voice over it loses no more than the link itself loses, and 2 %',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    evidence.ears?.listen({
      adapted: ({ hostId, kind, fromUs, adaptationMs }) => {
        if (adaptationMs === null || adaptationMs <= LIMIT_MS || evidence.disturbed(SETTLE_US)) return;
        report({
          message: `after the link of ${hostId} became worse (${kind}) at ${(fromUs / 1e6).toFixed(1)} s, it took ${(adaptationMs / 1e3).toFixed(1)} s until voice over it was not lost any more`,
          subjects: [hostId],
        });
      },
    });
  },
};
