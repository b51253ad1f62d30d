import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/**
 * No user is given more tokens than the limit in any window, counted by what was really signed, in the order and at the moments of the store that
 * keeps the window. After a failover or a restart the store may have forgotten what it had acknowledged: then counting begins anew.
 */
export const tokenWindow: Oracle = {
  id: 'token-window',
  kind: 'safety',
  claim: 'no user is given more tokens in any window than the limit allows',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const { tokens } = evidence;
    if (tokens === null) return;
    const { perWindow, windowMs } = tokens;
    const issued = new Map<string, number[]>();
    tokens.onIssued((userId, stampMs) => {
      if (evidence.storeDisturbed()) {
        issued.delete(userId);
        return;
      }
      const stamps = issued.get(userId) ?? [];
      issued.set(userId, stamps);
      stamps.push(stampMs);
      stamps.sort((a, b) => a - b);
      // stamps arrive a little out of order: keep twice as many as can be needed
      if (stamps.length > 2 * perWindow + 2) stamps.shift();
      for (let last = perWindow; last < stamps.length; last++) {
        const spanMs = stamps[last]! - stamps[last - perWindow]!;
        if (spanMs >= windowMs) continue;
        report({
          message: `user ${userId} was given ${perWindow + 1} tokens within ${spanMs} ms; the limit is ${perWindow} in ${windowMs} ms`,
          subjects: [userId],
        });
        issued.delete(userId);
        return;
      }
    });
  },
};
