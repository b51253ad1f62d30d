import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Time for one who was taken on to bring them together and to die, and for the next to do it. */
const LATE_MS = 10_000;

interface Watch {
  /** Since when an organisation has had both, and whether it was told. */
  readonly orgs: Map<string, { readonly sinceUs: number; told: boolean }>;
  readonly report: (finding: Finding) => void;
}

const watches = new WeakMap<Evidence, Watch>();

/** Whoever waits is put through to whoever is free: no call waits while somebody of its organisation is there, free, and has not declined it. */
export const idleWhileWaiting: Oracle = {
  id: 'idle-while-waiting',
  kind: 'liveness',
  claim: 'no call waits for long while staff of its organisation is free for it',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    if (!evidence.callPolicy) return;
    const watch: Watch = { orgs: new Map(), report };
    watches.set(evidence, watch);
    evidence.onStoreWrite(['staff_idle', 'calls_waiting'], ({ writes }) => {
      for (const key of writes) {
        const org = /^(?:staff_idle|calls_waiting):(\d+)$/.exec(key)?.[1];
        if (org !== undefined) look(evidence, watch, org);
      }
    });
  },
  /** Nothing may happen in the store while both wait for each other: whoever looks notices. */
  whenQuiet(evidence: Evidence): Finding[] {
    const watch = watches.get(evidence);
    if (watch) for (const org of [...watch.orgs.keys()]) look(evidence, watch, org);
    return [];
  },
  pending(evidence: Evidence): boolean {
    return (watches.get(evidence)?.orgs.size ?? 0) > 0;
  },
};

function look(evidence: Evidence, { orgs, report }: Watch, org: string): void {
  const known = orgs.get(org);
  const pair = together(evidence, org);
  if (pair === null) {
    orgs.delete(org);
    return;
  }
  if (known === undefined) {
    orgs.set(org, { sinceUs: evidence.nowUs, told: false });
    return;
  }
  const limitUs = (LATE_MS + evidence.callPolicy!.claimMs) * 1e3;
  const lastedUs = evidence.nowUs - known.sinceUs;
  if (known.told || lastedUs <= limitUs || evidence.disturbed(limitUs)) return;
  known.told = true;
  report({
    message: `for ${Math.round(lastedUs / 1e6)} s calls to organisation ${org} have waited although somebody was free: now call ${pair.callId}, and user ${pair.userId}`,
    subjects: [pair.userId, pair.callId.split('.')[0]!],
  });
}

/** A call that waits and somebody who is free for it; null: there are no such two. */
function together({ store }: Evidence, org: string): { readonly callId: string; readonly userId: string } | null {
  const waiting = store.sorted(`calls_waiting:${org}`);
  if (waiting.length === 0) return null;
  const idle = store.sorted(`staff_idle:${org}`);
  if (idle.length === 0) return null;
  const leases = new Map(store.sorted('voice:person_leases').map(({ member, score }) => [member, score]));
  const nowMs = store.nowMs();
  const free = idle.filter(({ member }) => (leases.get(member) ?? 0) > nowMs);
  if (free.length === 0) return null;
  for (const { member: callId } of waiting) {
    const declined = (store.hash(`call:${callId}`).get('declined') ?? '').split(',');
    const userId = free.find(({ member }) => !declined.includes(member))?.member;
    if (userId !== undefined) return { callId, userId };
  }
  return null;
}
