import type { Bearer, Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** From the revocation until the last who is inside has gone: a look of the node, and its way to the store. */
const PATIENCE_US = 5_000_000;

/** Who is inside an SFU room is there with a token that has not been revoked, or was revoked a moment ago. */
export const revokedMeansRevoked: Oracle = {
  id: 'revoked-means-revoked',
  kind: 'safety',
  claim: 'a revoked token lets nobody in, and who is inside with one is removed',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const { tokens } = evidence;
    if (tokens === null) return;
    const revokedUs = new Map<string, number>();
    const reported = new Set<string>();
    let lookUs = 0;
    evidence.onStoreCommand(({ writes, words }) => {
      if (/^(SET|EVAL|EVALSHA)$/i.test(words[0] ?? ''))
        for (const key of writes) if (key.startsWith('tokens_revoked:')) revokedUs.set(key.slice(15), evidence.nowUs);
      if (revokedUs.size === 0 || evidence.nowUs < lookUs || evidence.storeDisturbed()) return;
      lookUs = evidence.nowUs + 500_000;
      for (const bearer of tokens.bearers()) {
        const sinceUs = revokedUs.get(bearer.userId);
        if (sinceUs === undefined || !isRevoked(evidence, bearer) || reported.has(bearer.sessionId)) continue;
        const waitedUs = evidence.nowUs - sinceUs;
        if (waitedUs <= PATIENCE_US) continue;
        reported.add(bearer.sessionId);
        report(finding(bearer, waitedUs));
      }
    });
  },
  whenQuiet(evidence: Evidence): Finding[] {
    const { tokens } = evidence;
    if (tokens === null) return [];
    return [...tokens.bearers()].filter((bearer) => isRevoked(evidence, bearer)).map((bearer) => finding(bearer, null));
  },
};

function isRevoked(evidence: Evidence, { userId, stamp }: Bearer): boolean {
  const revoked = evidence.store.string(`tokens_revoked:${userId}`);
  return revoked !== null && stamp <= Number(revoked);
}

function finding({ userId, sessionId, room }: Bearer, waitedUs: number | null): Finding {
  const when = waitedUs === null ? '' : ` ${Math.round(waitedUs / 1e6)} s after its revocation`;
  return {
    message: `user ${userId} (session ${sessionId}) is in ${room} with a revoked token${when}`,
    subjects: [userId],
  };
}
