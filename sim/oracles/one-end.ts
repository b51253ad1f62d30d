import { onCallClaims } from './call-claims.js';
import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** What is due may be done this much later: it is looked for every second, and whoever has taken it on may have died. */
const LATE_MS = 10_000;

/** Every call comes to one end, in time: nobody is told of two, and none waits or rings for longer than the service has promised. */
export const oneEnd: Oracle = {
  id: 'one-end',
  kind: 'liveness',
  claim: 'every call comes to exactly one end: answered or missed in time, and over when one of the two has gone',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    onCallClaims(evidence, (claim, earlier) => {
      if (claim.end === null || evidence.storeMayForget()) return;
      const other = earlier.find(({ end }) => end !== null && end !== claim.end);
      if (other === undefined) return;
      report({
        message: `call ${claim.callId} is ${other.end}, as user ${other.told} was told, and ${claim.end}, as user ${claim.told} was told`,
        subjects: [other.told, claim.told],
      });
    });
  },
  whenQuiet(evidence: Evidence): Finding[] {
    return underWay(evidence).flatMap(({ callId, caller, state, leftMs }) =>
      leftMs >= 0
        ? []
        : [
            {
              message: `call ${callId} of user ${caller} is still ${state}, ${Math.round(-leftMs / 1e3)} s after its time`,
              subjects: [caller],
            },
          ],
    );
  },
  pending(evidence: Evidence): boolean {
    return underWay(evidence).some(({ leftMs }) => Number.isFinite(leftMs) && leftMs >= 0);
  },
};

/** Calls that are not over, and how long each may stay as it is; Infinity: as long as the two like. */
function underWay(
  evidence: Evidence,
): { readonly callId: string; readonly caller: string; readonly state: string; readonly leftMs: number }[] {
  const { callPolicy, store } = evidence;
  if (!callPolicy) return [];
  const leases = new Map(store.sorted('voice:person_leases').map(({ member, score }) => [member, score]));
  const nowMs = store.nowMs();
  return store.keys('call:').flatMap((key) => {
    const call = store.hash(key);
    const state = call.get('state') ?? '';
    const caller = call.get('caller') ?? '';
    const at = (field: string) => Number(call.get(field) ?? 0);
    const callId = key.slice('call:'.length);
    const until = (ms: number) => [
      { callId, caller, state, leftMs: ms + LATE_MS + callPolicy.claimMs + 3 * callPolicy.holdMs - nowMs },
    ];
    if (state === 'waiting') return until(at('offered') + callPolicy.waitTimeoutMs);
    if (state === 'ringing') return until(at('rung') + callPolicy.ringTimeoutMs);
    if (state !== 'accepted') return [];
    const people = [caller, call.get('answered_by') ?? ''];
    const leaseMs = Math.min(...people.map((userId) => leases.get(userId) ?? 0));
    return leaseMs > nowMs
      ? [{ callId, caller, state, leftMs: Number.POSITIVE_INFINITY }]
      : until(leaseMs + callPolicy.busyGraceMs);
  });
}
