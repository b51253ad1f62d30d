import { onCallClaims } from './call-claims.js';
import type { Evidence } from './evidence.js';
import { type AcceptOnceInput, acceptOnce, checkLinearizability, type Operation } from './linearizability/index.js';
import type { Finding, Oracle } from './oracle.js';

/** Of many who accept a call one gets it: acceptance is a register that is written once, and everybody who is told its value is told the same. */
export const singleAccept: Oracle = {
  id: 'single-accept',
  kind: 'safety',
  claim: 'of all who accept a call exactly one gets it, and everybody is told the same one',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    onCallClaims(evidence, (claim, earlier) => {
      const last = claim.winner;
      if (!last || claim.end !== null || evidence.storeMayForget()) return;
      const told = [...earlier, claim].filter(({ winner, end }) => winner && end === null);
      if (told.length < 2) return;
      const history = told.map(
        ({ winner, atUs }): Operation<AcceptOnceInput, boolean> => ({
          client: winner!,
          input: { kind: 'accept', by: winner! },
          output: true,
          callAt: 0,
          returnAt: atUs,
        }),
      );
      const verdict = checkLinearizability(acceptOnce, history);
      if (verdict.answer !== 'not-linearizable') return;
      const [first] = told;
      report({
        message: `call ${claim.callId} was given to user ${first!.winner} and to user ${last}`,
        subjects: [first!.winner!, last],
      });
    });
  },
};
