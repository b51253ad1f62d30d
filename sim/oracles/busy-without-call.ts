import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** Beyond lease and grace: what is due is looked for every second, and whoever has taken it on may have died. */
const LATE_MS = 15_000;

interface Busy {
  readonly sinceUs: number;
  told: boolean;
}

/** When each person was first found to be taken by a call that does not have it. */
const taken = new WeakMap<Evidence, Map<string, Busy>>();

/** A crash leaves nobody busy for ever: who counts as rung, calling or talking has a part in a call that goes on, but for the time a lease takes to run out. */
export const busyWithoutCall: Oracle = {
  id: 'busy-without-call',
  kind: 'liveness',
  claim: 'nobody counts as busy for longer than lease and grace without a call that goes on',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    if (!evidence.callPolicy) return;
    const people = new Map<string, Busy>();
    taken.set(evidence, people);
    evidence.onStoreWrite(['person', 'call'], ({ writes }) => {
      for (const key of writes) {
        if (key.startsWith('person:')) note(people, evidence, key.slice('person:'.length), report);
        else if (key.startsWith('call:')) {
          const call = evidence.store.hash(key);
          for (const userId of [call.get('caller'), call.get('answered_by')])
            if (userId) note(people, evidence, userId, report);
        }
      }
    });
  },
  whenQuiet(evidence: Evidence): Finding[] {
    const findings: Finding[] = [];
    for (const userId of [...(taken.get(evidence)?.keys() ?? [])])
      note(taken.get(evidence)!, evidence, userId, (finding) => findings.push(finding), true);
    return findings;
  },
  pending(evidence: Evidence): boolean {
    for (const [userId] of taken.get(evidence) ?? []) if (callless(evidence, userId) !== null) return true;
    return false;
  },
};

function note(
  people: Map<string, Busy>,
  evidence: Evidence,
  userId: string,
  report: (finding: Finding) => void,
  again = false,
): void {
  const state = callless(evidence, userId);
  const since = people.get(userId);
  if (since !== undefined && (!since.told || again)) {
    const { leaseMs, busyGraceMs } = evidence.callPolicy!;
    const limitUs = (leaseMs + busyGraceMs + LATE_MS) * 1e3;
    const lastedUs = evidence.nowUs - since.sinceUs;
    if (lastedUs > limitUs && !evidence.disturbed(limitUs)) {
      since.told = true;
      report({
        message: `user ${userId} has counted as ${state ?? 'busy'} for ${Math.round(lastedUs / 1e6)} s without a call that goes on`,
        subjects: [userId],
      });
    }
  }
  if (state === null) people.delete(userId);
  else if (since === undefined) people.set(userId, { sinceUs: evidence.nowUs, told: false });
}

/** What the person counts as, if no call that goes on says so, too; else null. */
function callless({ store }: Evidence, userId: string): string | null {
  const person = store.hash(`person:${userId}`);
  const state = person.get('state') ?? 'off';
  if (state === 'off' || state === 'available') return null;
  const call = store.hash(`call:${person.get('call') ?? ''}`);
  const here =
    state === 'ringing'
      ? (call.get('ringing') ?? '').split(',').includes(userId)
      : call.get('caller') === userId || call.get('answered_by') === userId;
  const goesOn = ['waiting', 'ringing', 'accepted'].includes(call.get('state') ?? '');
  return here && goesOn ? null : state;
}
