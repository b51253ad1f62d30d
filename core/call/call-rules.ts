import type { CallDraft } from './call-draft.js';
import { isOver } from './call-machine.js';
import type { CallPolicy } from './call-policy.js';
import type { CallRecord, PersonRecord } from './call-record.js';

/** Answer to what a person asks for. Anything but `done` has changed nothing. */
export type CallOutcome =
  | 'done'
  /** There is no such call, or it is over. */
  | 'gone'
  /** Somebody else has answered it. */
  | 'taken'
  /** It does not ring at this person. */
  | 'not-ringing'
  /** The person has a part in another call. */
  | 'busy'
  /** Another session answers for the person. */
  | 'elsewhere';

/** First of the channels that belong to calls, and how many there are: calls take turns. */
const CALL_CHANNELS = { from: 500_001, count: 500_000 } as const;

/** Voice channel of a call. */
export const channelOfCall = (number: number): number => CALL_CHANNELS.from + (number % CALL_CHANNELS.count);

/** What may happen to calls and people, decided on a draft: who rings, who gets a call, when it is over. Nothing here is done until the draft is written. */
export class CallRules {
  constructor(protected readonly policy: CallPolicy) {}

  /** The person takes calls of an organisation, through this session. */
  on(draft: CallDraft, userId: string, org: number, session: string): CallOutcome {
    const person = draft.person(userId);
    if (person.call !== '' && person.session !== session && draft.isThere(userId)) return 'elsewhere';
    // what rings, rings for the organisation it was routed by
    if (person.state === 'ringing' && person.org !== org) return 'busy';
    if (person.state === 'available' && person.org === org && person.session === session) return 'done';
    person.session = session;
    person.org = org;
    draft.renewed.add(userId);
    if (draft.move(userId, 'ON')) person.idleMs = draft.nowMs;
    else draft.touched.add(person);
    return 'done';
  }

  /** The person takes no more calls. A call it is in goes on. */
  off(draft: CallDraft, userId: string, session: string): CallOutcome {
    const person = draft.person(userId);
    if (person.session !== session) return 'elsewhere';
    if (person.state === 'off' || person.org === 0) return 'done';
    if (person.state === 'ringing') this.stopRinging(draft, person, 'off');
    else if (person.state === 'available') draft.move(userId, 'OFF');
    else {
      person.org = 0;
      draft.touched.add(person);
    }
    return 'done';
  }

  /** The session is gone for good: its call ends, and it takes no more. */
  left(draft: CallDraft, userId: string, session: string): void {
    const person = draft.person(userId);
    if (person.session !== session) return;
    if (person.state !== 'ringing' && person.call !== '') this.hangUp(draft, userId);
    this.off(draft, userId, session);
  }

  /** A call is offered to the staff of an organisation. */
  offer(draft: CallDraft, caller: string, org: number, session: string, channelId: number): CallOutcome {
    const { call } = draft;
    const person = draft.person(caller);
    if (call === null) return 'gone';
    if (call.version > 0) return 'done';
    if (person.call !== '' || !draft.move(caller, 'CALL')) return 'busy';
    draft.renewed.add(caller);
    person.call = call.id;
    person.session = session;
    call.caller = caller;
    call.org = org;
    call.channelId = channelId;
    call.offeredMs = draft.nowMs;
    draft.step('OFFER');
    this.ring(draft);
    if (this.policy.waitTimeoutMs === 0 && draft.call?.state === 'waiting') this.over(draft, 'TIMEOUT', 'nobody-free');
    return 'done';
  }

  /** Lets a waiting call ring at whoever is free. */
  ring(draft: CallDraft): void {
    const { call } = draft;
    if (call?.state !== 'waiting') return;
    const free = draft.candidates.filter((userId) => this.mayRing(draft, call, userId)).slice(0, this.policy.ringWidth);
    if (free.length === 0) return;
    for (const userId of free) {
      draft.move(userId, 'RING');
      draft.person(userId).call = call.id;
    }
    call.ringing = free;
    call.rungMs = draft.nowMs;
    draft.step('RING');
  }

  protected mayRing(draft: CallDraft, call: CallRecord, userId: string): boolean {
    const person = draft.person(userId);
    return (
      person.state === 'available' &&
      person.org === call.org &&
      !call.declined.includes(userId) &&
      draft.isThere(userId)
    );
  }

  /** Of many who accept exactly one gets the call. */
  accept(draft: CallDraft, userId: string, session: string): CallOutcome {
    const { call } = draft;
    if (call === null || call.version === 0) return 'gone';
    if (call.state === 'accepted' && call.answeredBy === userId) return 'done';
    if (call.answeredBy !== '') return 'taken';
    if (isOver(call.state)) return 'gone';
    const person = draft.person(userId);
    if (!call.ringing.includes(userId) || person.call !== call.id) return 'not-ringing';
    if (person.session !== session) return 'elsewhere';
    const others = call.ringing.filter((other) => other !== userId);
    call.ringing = [];
    call.answeredBy = userId;
    call.acceptedMs = draft.nowMs;
    draft.move(userId, 'CONNECT');
    draft.move(call.caller, 'CONNECT');
    draft.step('ACCEPT');
    for (const other of others) this.free(draft, other, `${call.id}|taken|`);
    return 'done';
  }

  /** Writes down what its keeper has decided without Redis. */
  acceptedBefore(draft: CallDraft, userId: string, atMs: number): CallOutcome {
    const outcome = this.accept(draft, userId, draft.person(userId).session);
    if (outcome === 'done' && draft.call !== null && draft.callState === 'ringing')
      draft.call.acceptedMs = Math.min(draft.nowMs, atMs);
    return outcome;
  }

  /** It does not ring at this person any more. */
  decline(draft: CallDraft, userId: string): CallOutcome {
    const { call } = draft;
    if (call === null || call.version === 0 || isOver(call.state)) return 'gone';
    if (!call.ringing.includes(userId)) return call.answeredBy !== '' ? 'taken' : 'not-ringing';
    this.stopRinging(draft, draft.person(userId), 'declined');
    return 'done';
  }

  /** Caller or staff end the call, whatever it is doing. */
  hangUp(draft: CallDraft, userId: string): CallOutcome {
    const { call } = draft;
    if (call === null || call.version === 0 || isOver(call.state)) return 'gone';
    if (call.caller !== userId && call.answeredBy !== userId) return 'not-ringing';
    if (call.state === 'accepted') this.over(draft, 'HANG_UP', 'hung-up');
    else this.over(draft, 'CANCEL', 'cancelled');
    return 'done';
  }

  /** The call's time has come: nobody was free, or nobody has answered; or it is time to see whether those in it are still there. */
  attend(draft: CallDraft): void {
    const { call } = draft;
    if (call === null || call.version === 0 || isOver(call.state)) return;
    if (this.gone(draft, call.caller, call)) {
      this.over(draft, 'LOST', 'caller-lost');
      return;
    }
    if (call.state === 'ringing') {
      if (draft.nowMs >= call.rungMs + this.policy.ringTimeoutMs) this.over(draft, 'TIMEOUT', 'no-answer');
    } else if (call.state === 'waiting') {
      if (draft.nowMs >= call.offeredMs + this.policy.waitTimeoutMs) this.over(draft, 'TIMEOUT', 'nobody-free');
    } else if (this.gone(draft, call.answeredBy, call)) this.over(draft, 'LOST', 'staff-lost');
  }

  /** Whoever keeps the call has given it up, and may have let it be accepted: it can only be ended, without a word on how. */
  lapse(draft: CallDraft): void {
    const { call } = draft;
    if (call !== null && draft.keptBy !== '' && draft.keptUntilMs <= draft.nowMs)
      this.over(draft, 'LAPSE', 'keeper-lost');
  }

  /** The lease of a person has run out. */
  lost(draft: CallDraft, userId: string): void {
    if (draft.isThere(userId)) return;
    const person = draft.person(userId);
    const { call } = draft;
    if (call === null || person.call !== call.id || call.version === 0 || isOver(call.state)) {
      // in no call any more, whatever the record says
      person.call = '';
      draft.move(userId, 'OFF');
    } else if (person.state === 'ringing') this.stopRinging(draft, person, 'off');
    else if (this.gone(draft, userId, call))
      this.over(draft, 'LOST', userId === call.caller ? 'caller-lost' : 'staff-lost');
  }

  /** Not there, and has had time to come back if it was in the middle of a call. */
  protected gone(draft: CallDraft, userId: string, call: CallRecord): boolean {
    const grace = call.state === 'accepted' ? this.policy.busyGraceMs : 0;
    return draft.leaseOf(userId) + grace <= draft.nowMs;
  }

  /** It rings at one less; at nobody: it goes back to those who wait. */
  protected stopRinging(draft: CallDraft, person: PersonRecord, why: 'declined' | 'off'): void {
    const { call } = draft;
    if (call === null || person.call !== call.id) return;
    const { userId } = person;
    call.ringing = call.ringing.filter((other) => other !== userId);
    call.declined = [...call.declined, userId];
    person.call = '';
    person.last = `${call.id}|declined|${why}`;
    if (why === 'off') draft.move(userId, 'OFF');
    else if (draft.move(userId, 'RELEASE')) person.idleMs = draft.nowMs;
    if (call.ringing.length > 0) return;
    call.rungMs = 0;
    draft.step('REROUTE');
    this.ring(draft);
  }

  protected over(draft: CallDraft, event: 'HANG_UP' | 'CANCEL' | 'TIMEOUT' | 'LOST' | 'LAPSE', reason: string): void {
    const { call } = draft;
    if (call === null || !draft.step(event)) return;
    const people = [call.caller, call.answeredBy, ...call.ringing].filter((userId) => userId !== '');
    call.ringing = [];
    call.overMs = draft.nowMs;
    call.reason = reason;
    for (const userId of people) this.free(draft, userId, `${call.id}|${call.state}|${reason}`);
  }

  /** The person has no part in the call any more: staff is free again, others are off. */
  protected free(draft: CallDraft, userId: string, last: string): void {
    const person = draft.person(userId);
    if (person.call !== draft.call?.id) return;
    const busy = person.state === 'busy' || person.state === 'calling';
    person.call = '';
    person.last = last;
    if (person.org === 0 || !draft.isThere(userId)) draft.move(userId, 'OFF');
    else if (draft.move(userId, 'RELEASE') && busy) person.idleMs = draft.nowMs;
  }
}
