import type { CallState } from './call-machine.js';
import type { PersonState } from './person-machine.js';

/** Version of the stored form. Older and newer backends share Redis: fields that one does not know it leaves as they are. */
export const CALL_SCHEMA = 1;

/** A call, as Redis knows it. Times by Redis' clock, in ms; 0: not yet. */
export interface CallRecord {
  readonly id: string;
  /** Grows with every change, also over lost writes. 0: the call does not exist. */
  version: number;
  state: CallState;
  org: number;
  caller: string;
  /** Users it rings at. */
  ringing: string[];
  /** Users who have declined it: they are not asked again. */
  declined: string[];
  answeredBy: string;
  /** Voice channel of the two once it is accepted. */
  channelId: number;
  offeredMs: number;
  /** When the present ringing began. */
  rungMs: number;
  acceptedMs: number;
  overMs: number;
  /** Why it is over, e.g. `hung-up`, `no-answer`, `caller-lost`. */
  reason: string;
  /** Instance that alone may decide about the call while it rings; empty: whoever is first. */
  keeper: string;
  /** Unless it says so again, the keeper has given the call up then. */
  keptUntilMs: number;
}

/** A person with a part in calls. */
export interface PersonRecord {
  readonly userId: string;
  version: number;
  state: PersonState;
  /** Takes calls of this organisation; 0: takes none. */
  org: number;
  /** The call the person is in, or that rings; empty: none. */
  call: string;
  /** The session (tab) that answers for the person. */
  session: string;
  /** Since when free. */
  idleMs: number;
  /** What became of the last call, `id|state|reason`: so that whoever missed the word can be told. */
  last: string;
}

export function newCall(id: string): CallRecord {
  return {
    id,
    version: 0,
    state: 'new',
    org: 0,
    caller: '',
    ringing: [],
    declined: [],
    answeredBy: '',
    channelId: 0,
    offeredMs: 0,
    rungMs: 0,
    acceptedMs: 0,
    overMs: 0,
    reason: '',
    keeper: '',
    keptUntilMs: 0,
  };
}

export function newPerson(userId: string): PersonRecord {
  return { userId, version: 0, state: 'off', org: 0, call: '', session: '', idleMs: 0, last: '' };
}

const list = (text: string | null): string[] => (text ? text.split(',') : []);

/** Values of the fields of a record in the order of their names; null: there is no such field. */
export type FieldValues = readonly (string | null)[];

/** Fields of a call in the store, in the order in which they are read. */
export const CALL_FIELDS = [
  'version',
  'org',
  'caller',
  'answered_by',
  'ringing',
  'declined',
  'state',
  'channel_id',
  'offered',
  'rung',
  'accepted',
  'over',
  'reason',
] as const;

/** The same where calls are kept (`CallPolicy.holdMs`). */
export const KEPT_CALL_FIELDS = [...CALL_FIELDS, 'keeper', 'kept_until'] as const;

export function decodeCall(id: string, values: FieldValues): CallRecord {
  const [
    version,
    org,
    caller,
    answeredBy,
    ringing,
    declined,
    state,
    channelId,
    offered,
    rung,
    accepted,
    over,
    ...rest
  ] = values as (string | null)[];
  const [reason, keeper, keptUntil] = rest;
  return {
    id,
    version: Number(version ?? 0),
    state: (state ?? 'new') as CallState,
    org: Number(org ?? 0),
    caller: caller ?? '',
    ringing: list(ringing ?? null),
    declined: list(declined ?? null),
    answeredBy: answeredBy ?? '',
    channelId: Number(channelId ?? 0),
    offeredMs: Number(offered ?? 0),
    rungMs: Number(rung ?? 0),
    acceptedMs: Number(accepted ?? 0),
    overMs: Number(over ?? 0),
    reason: reason ?? '',
    keeper: keeper ?? '',
    keptUntilMs: Number(keptUntil ?? 0),
  };
}

/** Values in the order of {@link KEPT_CALL_FIELDS}. */
export function encodeCall(call: CallRecord): (string | number)[] {
  return [
    call.version,
    call.org,
    call.caller,
    call.answeredBy,
    call.ringing.join(','),
    call.declined.join(','),
    call.state,
    call.channelId,
    call.offeredMs,
    call.rungMs,
    call.acceptedMs,
    call.overMs,
    call.reason,
    call.keeper,
    call.keptUntilMs,
  ];
}

/** Fields of a person in the store, in the order in which they are read. */
export const PERSON_FIELDS = ['version', 'state', 'org', 'call', 'session', 'idle', 'last'] as const;

export function decodePerson(userId: string, values: FieldValues): PersonRecord {
  const [version, state, org, call, session, idle, last] = values as (string | null)[];
  return {
    userId,
    version: Number(version ?? 0),
    state: (state ?? 'off') as PersonState,
    org: Number(org ?? 0),
    call: call ?? '',
    session: session ?? '',
    idleMs: Number(idle ?? 0),
    last: last ?? '',
  };
}

/** Values in the order of {@link PERSON_FIELDS}. */
export function encodePerson(person: PersonRecord): (string | number)[] {
  return [person.version, person.state, person.org, person.call, person.session, person.idleMs, person.last];
}

/**
 * Names and values of the fields that have changed, for `HSET`; of a record that is new, all, and the version of the stored form. What another version
 * of the program has written beside them stays.
 */
export function changedFields(
  names: readonly string[],
  before: readonly (string | number)[],
  after: readonly (string | number)[],
): (string | number)[] {
  const fields: (string | number)[] = before[0] === 0 ? ['v', CALL_SCHEMA] : [];
  for (const [index, name] of names.entries())
    if (before[0] === 0 || before[index] !== after[index]) fields.push(name, after[index]!);
  return fields;
}
