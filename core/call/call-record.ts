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
  };
}

export function newPerson(userId: string): PersonRecord {
  return { userId, version: 0, state: 'off', org: 0, call: '', session: '', idleMs: 0, last: '' };
}

type Fields = Readonly<Record<string, string>>;

/** Flat answer of `HGETALL` -> fields. */
export function fieldsOf(flat: readonly string[]): Fields {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i]!] = flat[i + 1]!;
  return fields;
}

const list = (text: string | undefined): string[] => (text ? text.split(',') : []);

export function decodeCall(id: string, fields: Fields): CallRecord {
  return {
    id,
    version: Number(fields.version ?? 0),
    state: (fields.state ?? 'new') as CallState,
    org: Number(fields.org ?? 0),
    caller: fields.caller ?? '',
    ringing: list(fields.ringing),
    declined: list(fields.declined),
    answeredBy: fields.answered_by ?? '',
    channelId: Number(fields.channel_id ?? 0),
    offeredMs: Number(fields.offered ?? 0),
    rungMs: Number(fields.rung ?? 0),
    acceptedMs: Number(fields.accepted ?? 0),
    overMs: Number(fields.over ?? 0),
    reason: fields.reason ?? '',
  };
}

export function encodeCall(call: CallRecord): (string | number)[] {
  return [
    'v',
    CALL_SCHEMA,
    'version',
    call.version,
    'state',
    call.state,
    'org',
    call.org,
    'caller',
    call.caller,
    'ringing',
    call.ringing.join(','),
    'declined',
    call.declined.join(','),
    'answered_by',
    call.answeredBy,
    'channel_id',
    call.channelId,
    'offered',
    call.offeredMs,
    'rung',
    call.rungMs,
    'accepted',
    call.acceptedMs,
    'over',
    call.overMs,
    'reason',
    call.reason,
  ];
}

export function decodePerson(userId: string, fields: Fields): PersonRecord {
  return {
    userId,
    version: Number(fields.version ?? 0),
    state: (fields.state ?? 'off') as PersonState,
    org: Number(fields.org ?? 0),
    call: fields.call ?? '',
    session: fields.session ?? '',
    idleMs: Number(fields.idle ?? 0),
    last: fields.last ?? '',
  };
}

export function encodePerson(person: PersonRecord): (string | number)[] {
  return [
    'v',
    CALL_SCHEMA,
    'version',
    person.version,
    'state',
    person.state,
    'org',
    person.org,
    'call',
    person.call,
    'session',
    person.session,
    'idle',
    person.idleMs,
    'last',
    person.last,
  ];
}
