import type { CallView, LastCall, PersonView } from '../../../../core/call/call-protocol.js';
import type { MadeUpEvidence } from '../made-up-evidence.js';
import type { Cases } from './case.js';

const one = (userId: string) => ({ userId, sessionId: `${userId}.1` });
const CALL = '9.a';

const call = (state: CallView['state'], answeredBy = ''): CallView => ({
  callId: CALL,
  state,
  org: 1,
  caller: '9',
  answeredBy,
  channelId: answeredBy === '' ? 0 : 500_001,
});
const last = (state: LastCall['state'], reason = ''): LastCall => ({ callId: CALL, state, reason });

/** A person is shown something. */
function shown(e: MadeUpEvidence, userId: string, view: Partial<PersonView>): void {
  e.clients.callShown?.(one(userId), { version: 1, state: 'busy', org: 1, call: null, last: null, ...view });
}

/** A person accepts the call, and is told that it has it. */
function accepts(e: MadeUpEvidence, userId: string): void {
  e.clients.callSaid?.(one(userId), { type: 'call-accept', requestId: 'r', callId: CALL });
  e.clients.callAnswered?.(one(userId), { type: 'call-done', requestId: 'r', callId: CALL, version: 1 });
}

/** A tab that shows something of calls. */
function tab(e: MadeUpEvidence, userId: string, display: 'available' | 'accepting' | 'off', wantedOrg: number): void {
  e.tab(userId, `${userId}.1`, {});
  const session = e.tabs.pop()!;
  e.tabs.push({ ...session, calls: { controller: { display, seen: null, wantedOrg } } });
}

export const callCases: Cases = {
  'single-accept': [
    [
      'one who accepts, and everybody who is shown so',
      (e) => {
        accepts(e, '1');
        shown(e, '1', { call: call('accepted', '1') });
        shown(e, '9', { call: call('accepted', '1') });
      },
      [],
    ],
    [
      'two who are told that they have the call',
      (e) => {
        accepts(e, '1');
        accepts(e, '2');
      },
      ['call 9.a was given to user 1 and to user 2'],
    ],
    [
      'a caller who is shown somebody else',
      (e) => {
        accepts(e, '1');
        shown(e, '9', { call: call('accepted', '2') });
      },
      ['call 9.a was given to user 1 and to user 2'],
    ],
  ],
  'accepted-or-missed': [
    [
      'a call that is missed after another was accepted',
      (e) => {
        accepts(e, '1');
        shown(e, '9', { last: { ...last('missed'), callId: '9.b' } });
      },
      [],
    ],
    [
      'a call that is accepted and missed',
      (e) => {
        accepts(e, '1');
        shown(e, '9', { last: last('missed') });
      },
      ['call 9.a was accepted by user 1, as user 1 was told, and missed, as user 9 was told'],
    ],
    [
      'a call that was accepted where nobody could write it down, and lost for the others',
      (e) => {
        accepts(e, '1');
        shown(e, '2', { last: last('lost', 'keeper-lost') });
        shown(e, '9', { call: call('accepted', '1') });
      },
      [],
    ],
    [
      'a call that was given up, and has ended for the other',
      (e) => {
        shown(e, '9', { last: last('cancelled') });
        shown(e, '1', { last: last('ended') });
      },
      ['call 9.a was accepted by somebody, as user 1 was told, and cancelled, as user 9 was told'],
    ],
  ],
  'one-end': [
    [
      'a call that rings, and one that two talk in',
      (e) => {
        e.hash('call:9.a', { state: 'ringing', caller: '9', rung: 0 });
        e.hash('call:8.a', { state: 'accepted', caller: '8', answered_by: '1' });
        e.sortedSets.set('voice:person_leases', [
          { member: '8', score: 1e6 },
          { member: '1', score: 1e6 },
        ]);
      },
      [],
    ],
    [
      'a call that rings for ever',
      (e) => {
        e.hash('call:9.a', { state: 'ringing', caller: '9', rung: 0 });
        e.nowUs = 90e6;
      },
      ['call 9.a of user 9 is still ringing, 30 s after its time'],
    ],
    [
      'a call whose staff has gone for long',
      (e) => {
        e.hash('call:9.a', { state: 'accepted', caller: '9', answered_by: '1' });
        e.nowUs = 100e6;
      },
      ['call 9.a of user 9 is still accepted, 65 s after its time'],
    ],
    [
      'a call that is lost for one and missed for the other',
      (e) => {
        shown(e, '1', { last: last('lost') });
        shown(e, '9', { last: last('missed') });
      },
      ['call 9.a is lost, as user 1 was told, and missed, as user 9 was told'],
    ],
    [
      'a call with two ends',
      (e) => {
        shown(e, '9', { last: last('missed') });
        shown(e, '9', { last: last('cancelled') });
      },
      ['call 9.a is missed, as user 9 was told, and cancelled, as user 9 was told'],
    ],
  ],
  'one-call-each': [
    [
      'a person who rings, and rings again when the first call is over',
      (e) => {
        e.hash('call:9.a', { state: 'ringing', caller: '9', ringing: '1,2' }).command('b', 'HSET', ['call:9.a']);
        e.hash('call:9.a', { state: 'missed', caller: '9', ringing: '' }).command('b', 'HSET', ['call:9.a']);
        e.hash('call:8.a', { state: 'ringing', caller: '8', ringing: '1' }).command('b', 'HSET', ['call:8.a']);
      },
      [],
    ],
    [
      'two calls that ring at one',
      (e) => {
        e.hash('call:9.a', { state: 'ringing', caller: '9', ringing: '1,2' }).command('b', 'HSET', ['call:9.a']);
        e.hash('call:8.a', { state: 'ringing', caller: '8', ringing: '1' }).command('b', 'HSET', ['call:8.a']);
      },
      ['user 1 is in call 9.a and in call 8.a'],
    ],
  ],
  'busy-without-call': [
    [
      'one who is busy in a call',
      (e) => {
        e.hash('call:9.a', { state: 'accepted', caller: '9', answered_by: '1' });
        e.hash('person:1', { state: 'busy', call: '9.a' }).command('b', 'HSET', ['person:1']);
        e.nowUs = 500e6;
      },
      [],
    ],
    [
      'one who is busy for a moment in a call that is over',
      (e) => {
        e.hash('person:1', { state: 'busy', call: '9.a' }).command('b', 'HSET', ['person:1']);
        e.nowUs = 50e6;
      },
      [],
    ],
    [
      'one who stays busy in a call that is over',
      (e) => {
        e.hash('call:9.a', { state: 'ended', caller: '9', answered_by: '1' });
        e.hash('person:1', { state: 'busy', call: '9.a' }).command('b', 'HSET', ['person:1']);
        e.nowUs = 100e6;
      },
      ['user 1 has counted as busy for 100 s without a call that goes on'],
    ],
  ],
  'own-staff': [
    [
      'a call to an organisation that rings at its staff',
      (e) => {
        e.clients.callSaid?.(one('1'), { type: 'call-on', requestId: 'w', org: 1 });
        e.clients.callSaid?.(one('9'), { type: 'call-offer', requestId: 'a', org: 1 });
        shown(e, '1', { state: 'ringing', call: call('ringing') });
      },
      [],
    ],
    [
      'a call to an organisation that rings elsewhere',
      (e) => {
        e.clients.callSaid?.(one('1'), { type: 'call-on', requestId: 'w', org: 2 });
        e.clients.callSaid?.(one('9'), { type: 'call-offer', requestId: 'a', org: 1 });
        shown(e, '1', { state: 'ringing', call: call('ringing') });
      },
      ['call 9.a to organisation 1 rings at user 1, who takes calls of 2'],
    ],
  ],
  'call-agreement': [
    [
      'staff that is shown what the service has',
      (e) => {
        e.hash('person:1', { state: 'available', session: '1.1', call: '' });
        tab(e, '1', 'available', 1);
      },
      [],
    ],
    [
      'staff that only hopes to have a call',
      (e) => {
        e.hash('person:1', { state: 'available', session: '1.1', call: '' });
        tab(e, '1', 'accepting', 1);
      },
      ['user 1 is shown accepting, and the service has it as available'],
    ],
    [
      'staff that wants to take calls, and has been forgotten',
      (e) => tab(e, '1', 'off', 1),
      ['user 1 is shown off, and the service has it as off'],
    ],
  ],
  'call-leftovers': [
    [
      'people who are there, and a call that rings',
      (e) => {
        e.hash('person:1', { state: 'available', org: 1 });
        e.sortedSets.set('voice:person_leases', [{ member: '1', score: 1e6 }]);
        e.sortedSets.set('voice:calls_due', [{ member: 'call:9.a', score: 1 }]);
        e.lasting = ['person:1', 'call:9.a'];
        e.hash('call:9.a', { state: 'ringing' });
      },
      [],
    ],
    [
      'what is left of people and calls',
      (e) => {
        e.hash('call:9.a', { state: 'ended' });
        e.lasting = ['call:9.a'];
        e.sortedSets.set('voice:person_leases', [{ member: '1', score: 1e6 }]);
        e.sortedSets.set('voice:calls_due', [{ member: 'call:9.a', score: 1 }]);
      },
      [
        'call:9.a is ended and stays for ever',
        'a lease is left of user 1, who is off',
        'call:9.a is over and still to be looked at',
      ],
    ],
  ],
};

/** A call waits although somebody is free. */
function both(e: MadeUpEvidence, declined: string): void {
  e.hash('call:9.a', { state: 'waiting', declined });
  e.sortedSets.set('calls_waiting:1', [{ member: '9.a', score: 1 }]);
  e.sortedSets.set('staff_idle:1', [{ member: '1', score: 1 }]);
  e.sortedSets.set('voice:person_leases', [{ member: '1', score: 1e6 }]);
  e.command('b', 'ZADD', ['calls_waiting:1']);
  e.nowUs = 30e6;
  e.command('b', 'ZADD', ['staff_idle:1']);
}

export const routingCases: Cases = {
  'idle-while-waiting': [
    ['a call that waits because it was declined', (e) => both(e, '1'), []],
    [
      'a call that waits while somebody is free',
      (e) => both(e, ''),
      ['for 30 s calls to organisation 1 have waited although somebody was free: now call 9.a, and user 1'],
    ],
  ],
};
