import { onCallClaims } from './call-claims.js';
import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** A call is answered, or it is not: nobody is told that a call was missed or given up of which somebody else was told that it was answered. */
export const acceptedOrMissed: Oracle = {
  id: 'accepted-or-missed',
  kind: 'safety',
  claim: 'a call that was accepted is never missed, cancelled or failed, and the other way round',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    onCallClaims(evidence, (claim, earlier) => {
      const { winner: won } = claim;
      if (won === undefined) return;
      const contrary = earlier.find(({ winner }) => winner !== undefined && (winner === null) !== (won === null));
      if (contrary === undefined || evidence.storeMayForget()) return;
      const unanswered = claim.winner === null ? claim : contrary;
      const answered = claim.winner === null ? contrary : claim;
      report({
        message: `call ${claim.callId} was accepted by ${answered.winner === 'somebody' ? answered.winner : `user ${answered.winner}`}, as user ${answered.told} was told, and ${unanswered.end}, as user ${unanswered.told} was told`,
        subjects: [answered.told, unanswered.told],
      });
    });
  },
};
