import type { Evidence, StoreEvidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

const UNDER_WAY = new Set(['waiting', 'ringing', 'accepted']);

/** Once quiet, nothing is left of what is over: records have an end, and every index names only what it is about. */
export const callLeftovers: Oracle = {
  id: 'call-leftovers',
  kind: 'safety',
  claim: 'nothing is left in the store of calls that are over and of people who have gone',
  whenQuiet(evidence: Evidence): Finding[] {
    const { callPolicy, store } = evidence;
    if (!callPolicy) return [];
    const findings: Finding[] = [];
    const left = (message: string, userId?: string) =>
      void findings.push({ message, subjects: userId === undefined ? [] : [userId] });
    const stateOf = (userId: string) => store.hash(`person:${userId}`).get('state') ?? 'off';
    for (const key of [...store.keys('call:'), ...store.keys('person:')]) {
      const record = store.hash(key);
      const goesOn = key.startsWith('call:')
        ? UNDER_WAY.has(record.get('state') ?? '')
        : (record.get('state') ?? 'off') !== 'off';
      if (!goesOn && store.ttlMs(key) > callPolicy.keepMs) left(`${key} is ${record.get('state')} and stays for ever`);
      if (goesOn && Number.isFinite(store.ttlMs(key))) left(`${key} is ${record.get('state')} and will vanish`);
    }
    for (const { member } of store.sorted('voice:person_leases'))
      if (stateOf(member) === 'off') left(`a lease is left of user ${member}, who is off`, member);
    for (const { member } of store.sorted('voice:calls_due')) {
      const id = member.slice(member.indexOf(':') + 1);
      if (member.startsWith('call:') && !UNDER_WAY.has(store.hash(member).get('state') ?? ''))
        left(`${member} is over and still to be looked at`);
      if (member.startsWith('person:') && stateOf(id) === 'off')
        left(`user ${id} is off and still to be looked at`, id);
    }
    for (const key of store.keys('staff_idle:'))
      for (const { member } of store.sorted(key))
        if (!isIdle(store, key, member)) left(`${key} names user ${member}, who is not free there`, member);
    for (const key of store.keys('calls_waiting:'))
      for (const { member } of store.sorted(key))
        if (store.hash(`call:${member}`).get('state') !== 'waiting')
          left(`${key} names call ${member}, which does not wait`);
    return findings;
  },
};

function isIdle(store: StoreEvidence, key: string, userId: string): boolean {
  const person = store.hash(`person:${userId}`);
  return person.get('state') === 'available' && key === `staff_idle:${person.get('org')}`;
}
