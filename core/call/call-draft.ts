import { keys } from '../keys.js';
import type { RedisArgument, RedisCommand } from '../ports.js';
import { type CallEvent, type CallState, callStep, isOver } from './call-machine.js';
import type { CallPolicy } from './call-policy.js';
import {
  CALL_FIELDS,
  type CallRecord,
  changedFields,
  encodeCall,
  encodePerson,
  KEPT_CALL_FIELDS,
  PERSON_FIELDS,
  type PersonRecord,
} from './call-record.js';
import { type PersonEvent, personStep } from './person-machine.js';

/** How calls are kept by the backend that makes a draft (E5). */
export interface Keeping {
  readonly instance: string;
  readonly holdMs: number;
  /** Whether the user is connected to this backend. */
  readonly isHere: (userId: string) => boolean;
}

/** What was read of a call and of the people around it, in one round trip. */
export interface CallReading {
  /** Redis' clock. */
  readonly nowMs: number;
  /** null when none was asked for. */
  readonly call: CallRecord | null;
  readonly people: ReadonlyMap<string, PersonRecord>;
  /** Until when each of them counts as there. */
  readonly leases: ReadonlyMap<string, number>;
  /** Free staff of the call's organisation, longest free first. */
  readonly candidates: readonly string[];
  /** For a call that does not exist yet; absent when none was asked for. */
  readonly number?: number;
}

/**
 * A call and its people while a change is made. States change through the machines only; {@link commands} writes what has changed, and every
 * index over it, so that the store is never half right.
 */
export class CallDraft {
  readonly nowMs: number;
  readonly call: CallRecord | null;
  readonly candidates: readonly string[];
  /** People who count as there from now on. */
  readonly renewed = new Set<string>();
  /** People whose view has changed. */
  readonly touched = new Set<PersonRecord>();
  /** As it was read. */
  private readonly before: readonly (string | number)[];
  private readonly peopleBefore: ReadonlyMap<string, readonly (string | number)[]>;
  private readonly people: ReadonlyMap<string, PersonRecord>;
  private readonly leases: ReadonlyMap<string, number>;
  private readonly callVersion: number;
  /** State of the call as it was read. */
  readonly callState: CallState;
  /** For a call that does not exist yet: nobody else has got it, unless a failover has lost that. */
  readonly number: number;
  /** Who kept the call as it was read, and until when. */
  readonly keptBy: string;
  readonly keptUntilMs: number;

  /** @param keeping null: calls are not kept */
  constructor(
    reading: CallReading,
    private readonly keeping: Keeping | null = null,
  ) {
    this.nowMs = reading.nowMs;
    this.call = reading.call;
    this.candidates = reading.candidates;
    this.number = reading.number ?? 0;
    this.leases = reading.leases;
    this.people = reading.people;
    this.callVersion = reading.call?.version ?? 0;
    this.callState = reading.call?.state ?? 'new';
    this.keptBy = reading.call?.keeper ?? '';
    this.keptUntilMs = reading.call?.keptUntilMs ?? 0;
    this.before = reading.call === null ? [] : encodeCall(reading.call);
    this.peopleBefore = new Map([...reading.people].map(([id, person]) => [id, encodePerson(person)]));
  }

  /** A person that was read. @throws Error for one that was not: then it must not be decided about */
  person(userId: string): PersonRecord {
    const person = this.people.get(userId);
    if (person === undefined) throw new Error(`person ${userId} was not read`);
    return person;
  }

  /** Whether the person counts as there. */
  isThere(userId: string): boolean {
    return this.renewed.has(userId) || this.leaseOf(userId) > this.nowMs;
  }

  /** Until when the person counted as there; 0: nothing is known of it. */
  leaseOf(userId: string): number {
    return this.leases.get(userId) ?? 0;
  }

  /** Takes a transition of the call; false when the event means nothing now. */
  step(event: CallEvent): boolean {
    const { call } = this;
    if (call === null) return false;
    const { state, taken } = callStep(call.state, event);
    if (!taken) return false;
    call.state = state;
    this.keep(call);
    this.showEverybody();
    return true;
  }

  /** A call that rings is kept by the backend of its caller, if that is the one that lets it ring. */
  private keep(call: CallRecord): void {
    const { keeping } = this;
    const kept = call.state === 'ringing' && keeping?.isHere(call.caller) === true;
    call.keeper = kept ? keeping.instance : '';
    call.keptUntilMs = kept ? this.nowMs + 2 * keeping.holdMs : 0;
  }

  /** As it is now, and was written: what a later draft can be made from without reading. */
  snapshot(): CallReading {
    const { nowMs, call, candidates } = this;
    const people = new Map([...this.people].map(([userId, person]) => [userId, { ...person }]));
    return { nowMs, call: call && { ...call }, people, leases: this.leases, candidates };
  }

  /** Takes a transition of a person. */
  move(userId: string, event: PersonEvent): boolean {
    const person = this.person(userId);
    const { state, taken } = personStep(person.state, event);
    if (!taken) return false;
    person.state = state;
    this.touched.add(person);
    return true;
  }

  /** Everybody with a part in the call has something new to see. */
  showEverybody(): void {
    const { call } = this;
    if (call === null) return;
    for (const userId of [call.caller, call.answeredBy, ...call.ringing]) {
      const person = this.people.get(userId);
      if (person?.call === call.id) this.touched.add(person);
    }
  }

  /** The call has changed; everybody with a part in it will be shown. */
  get callChanged(): boolean {
    const { call, before } = this;
    return call !== null && encodeCall(call).some((value, index) => value !== before[index]);
  }

  /** Something has changed. */
  get dirty(): boolean {
    return this.touched.size > 0 || this.callChanged;
  }

  /** What must still be so for the draft to be written: keys with the version that was read. */
  checks(): [key: string, version: number][] {
    const checks: [string, number][] = [];
    if (this.call !== null) checks.push([keys.call(this.call.id), this.callVersion]);
    for (const { userId } of this.touched)
      checks.push([keys.person(userId), Number(this.peopleBefore.get(userId)?.[0] ?? 0)]);
    return checks;
  }

  /** Everything to write. Versions grow here. */
  commands(policy: CallPolicy): RedisCommand[] {
    const commands: RedisCommand[] = [];
    if (this.call !== null && this.callChanged) this.writeCall(this.call, policy, commands);
    for (const userId of this.renewed) {
      commands.push(['ZADD', keys.personLeases, this.nowMs + policy.leaseMs, userId]);
    }
    for (const person of this.touched) this.writePerson(person, policy, commands);
    return commands;
  }

  private writeCall(call: CallRecord, policy: CallPolicy, commands: RedisCommand[]): void {
    call.version = Math.max(this.callVersion + 1, this.nowMs);
    const key = keys.call(call.id);
    commands.push([
      'HSET',
      key,
      ...changedFields(this.keeping === null ? CALL_FIELDS : KEPT_CALL_FIELDS, this.before, encodeCall(call)),
    ]);
    if (call.state === 'waiting') {
      commands.push(['ZADD', keys.waitingCalls(call.org), call.offeredMs, call.id]);
    } else if (this.callState === 'waiting') commands.push(['ZREM', keys.waitingCalls(call.org), call.id]);
    if (isOver(call.state)) {
      commands.push(['ZREM', keys.callsDue, `call:${call.id}`], ['PEXPIRE', key, policy.keepMs]);
    } else commands.push(['ZADD', keys.callsDue, this.dueMs(call, policy), `call:${call.id}`]);
  }

  /** When somebody must look at a call that is not over. */
  dueMs(call: CallRecord, policy: CallPolicy): number {
    if (call.state === 'ringing') {
      const missedMs = call.rungMs + policy.ringTimeoutMs;
      return call.keeper === '' ? missedMs : Math.min(missedMs, call.keptUntilMs);
    }
    if (call.state === 'waiting') return call.offeredMs + policy.waitTimeoutMs;
    return this.nowMs + policy.lookEveryMs;
  }

  private writePerson(person: PersonRecord, policy: CallPolicy, commands: RedisCommand[]): void {
    const { userId, state } = person;
    const before = this.peopleBefore.get(userId)!;
    const [version, stateBefore, orgBefore] = [Number(before[0]), before[1], Number(before[2])];
    person.version = Math.max(version + 1, this.nowMs);
    const key = keys.person(userId);
    if (orgBefore !== 0 && orgBefore !== person.org) commands.push(['ZREM', keys.idleStaff(orgBefore), userId]);
    commands.push(['HSET', key, ...changedFields(PERSON_FIELDS, before, encodePerson(person))]);
    if (state === 'off') {
      // a while longer, for who has not heard yet what became of the call
      commands.push(['PEXPIRE', key, policy.keepMs], ['ZREM', keys.personLeases, userId]);
      if (person.org !== 0) commands.push(['ZREM', keys.idleStaff(person.org), userId]);
      return;
    }
    if (version > 0 && stateBefore === 'off') commands.push(['PERSIST', key]);
    if (person.org === 0) return;
    if (state === 'available') {
      commands.push(['ZADD', keys.idleStaff(person.org), person.idleMs, userId]);
    } else commands.push(['ZREM', keys.idleStaff(person.org), userId]);
  }

  /** Organisations in which a waiting call and free staff may have come together. */
  orgsToRoute(): number[] {
    const orgs = new Set<number>();
    if (this.call?.state === 'waiting') orgs.add(this.call.org);
    for (const { state, org } of this.touched) if (state === 'available' && org !== 0) orgs.add(org);
    return [...orgs];
  }
}

/** Words of a command for a script: their number, then the words. */
export function counted(commands: readonly RedisCommand[]): RedisArgument[] {
  return commands.flatMap((command) => [command.length, ...command]);
}
