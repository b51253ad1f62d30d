import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Time for one who was taken on to bring them together and to die, and for the next to do it. */
const LATE_MS = 10_000;

/** Since when an organisation has had both, and whether it was told. */
const since = new WeakMap<Evidence, Map<string, { readonly sinceUs: number; told: boolean }>>();

/** Whoever waits is put through to whoever is free: no call waits while somebody of its organisation is there, free, and has not declined it. */
export const idleWhileWaiting: Oracle = {
  id: 'idle-while-waiting',
  kind: 'liveness',
  claim: 'no call waits for long while staff of its organisation is free for it',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    if (!evidence.callPolicy) return;
    since.set(evidence, new Map());
    evidence.onStoreCommand(({ writes }) => {
      for (const key of writes) {
        const org = /^(?:staff_idle|calls_waiting):(\d+)$/.exec(key)?.[1];
        if (org !== undefined) for (const finding of look(evidence, org)) report(finding);
      }
    });
  },
  whenQuiet(evidence: Evidence): Finding[] {
    return [...(since.get(evidence)?.keys() ?? [])].flatMap((org) => look(evidence, org));
  },
};

function look(evidence: Evidence, org: string): Finding[] {
  const orgs = since.get(evidence)!;
  const known = orgs.get(org);
  const pair = together(evidence, org);
  if (pair === null) {
    orgs.delete(org);
    return [];
  }
  if (known === undefined) {
    orgs.set(org, { sinceUs: evidence.nowUs, told: false });
    return [];
  }
  const limitUs = (LATE_MS + evidence.callPolicy!.claimMs) * 1e3;
  const lastedUs = evidence.nowUs - known.sinceUs;
  if (known.told || lastedUs <= limitUs || evidence.disturbed(limitUs)) return [];
  known.told = true;
  return [
    {
      message: `for ${Math.round(lastedUs / 1e6)} s calls to organisation ${org} have waited although somebody was free: now call ${pair.callId}, and user ${pair.userId}`,
      subjects: [pair.userId, pair.callId.split('.')[0]!],
    },
  ];
}

/** A call that waits and somebody who is free for it; null: there are no such two. */
function together({ store }: Evidence, org: string): { readonly callId: string; readonly userId: string } | null {
  const waiting = store.sorted(`calls_waiting:${org}`);
  if (waiting.length === 0) return null;
  const leases = new Map(store.sorted('voice:person_leases').map(({ member, score }) => [member, score]));
  const nowMs = store.nowMs();
  const free = store.sorted(`staff_idle:${org}`).filter(({ member }) => (leases.get(member) ?? 0) > nowMs);
  if (free.length === 0) return null;
  for (const { member: callId } of waiting) {
    const declined = (store.hash(`call:${callId}`).get('declined') ?? '').split(',');
    const userId = free.find(({ member }) => !declined.includes(member))?.member;
    if (userId !== undefined) return { callId, userId };
  }
  return null;
}
