import { keys } from '../keys.js';
import type { RedisClient } from '../ports.js';
import { Script } from '../store/script.js';
import { type CallDraft, type CallReading, counted } from './call-draft.js';
import type { CallPolicy } from './call-policy.js';
import {
  CALL_FIELDS,
  decodeCall,
  decodePerson,
  type FieldValues,
  KEPT_CALL_FIELDS,
  PERSON_FIELDS,
  type PersonRecord,
} from './call-record.js';

const words = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
/** Place of a field in Lua's array of values. */
const at = (name: (typeof CALL_FIELDS)[number]): number => CALL_FIELDS.indexOf(name) + 1;

/**
 * `KEYS`: leases, then the call, if one is asked for. `ARGV`: how many free staff to name, organisation when the call does not say, then users. Without a
 * call it is the one that the first of the users has a part in. Everybody with a part in the call is read with it.
 */
const readSource = (fields: readonly string[]): string => `local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local id = ''
if KEYS[2] then id = string.sub(KEYS[2], 6) elseif ARGV[3] then id = redis.call('HGET', 'person:' .. ARGV[3], 'call') or '' end
local call = {}
if id ~= '' then call = redis.call('HMGET', 'call:' .. id, ${words(fields)}) end
local org = call[${at('org')}] or ARGV[2]
local users = {}
local seen = {}
local function add(user)
  if user ~= '' and not seen[user] then
    seen[user] = true
    users[#users + 1] = user
  end
end
for i = 3, #ARGV do add(ARGV[i]) end
local declined = 0
if call[${at('version')}] then
  add(call[${at('caller')}])
  add(call[${at('answered_by')}])
  local ringing = call[${at('ringing')}]
  local from = 1
  for i = 1, #ringing + 1 do
    if i > #ringing or string.sub(ringing, i, i) == ',' then
      add(string.sub(ringing, from, i - 1))
      from = i + 1
    end
  end
  local refused = call[${at('declined')}]
  for i = 1, #refused do
    if i == 1 or string.sub(refused, i, i) == ',' then declined = declined + 1 end
  end
end
local candidates = {}
local wanted = tonumber(ARGV[1])
if wanted > 0 and org ~= '0' then
  candidates = redis.call('ZRANGE', 'staff_idle:' .. org, 0, wanted + declined - 1)
  for i = 1, #candidates do add(candidates[i]) end
end
local people = {}
for i = 1, #users do
  people[i] = {users[i], redis.call('HMGET', 'person:' .. users[i], ${words(PERSON_FIELDS)}), redis.call('ZSCORE', KEYS[1], users[i]) or '0'}
end
return {tostring(now), id, call, candidates, people}`;

const readScript = new Script('call-read', readSource(CALL_FIELDS));
const readKeptScript = new Script('call-read-kept', readSource(KEPT_CALL_FIELDS));

/**
 * `KEYS`: what is due, then what must not have changed. `ARGV`: version of each of these; time; number of organisations in which a waiting call and free
 * staff may have come together, and these; then commands, each as the number of its words and the words. Answers with those of the organisations
 * that have both: somebody has to bring them together, even if the one who has asked dies now.
 */
const commitScript = new Script(
  'call-commit',
  `local checks = #KEYS - 1
for i = 1, checks do
  if (redis.call('HGET', KEYS[i + 1], 'version') or '0') ~= ARGV[i] then return false end
end
local orgs = tonumber(ARGV[checks + 2])
local i = checks + 3 + orgs
while i <= #ARGV do
  local n = tonumber(ARGV[i])
  redis.call(unpack(ARGV, i + 1, i + n))
  i = i + n + 1
end
local both = {}
for at = checks + 3, checks + 2 + orgs do
  local org = ARGV[at]
  if redis.call('ZCARD', 'calls_waiting:' .. org) > 0 and redis.call('ZCARD', 'staff_idle:' .. org) > 0 then
    redis.call('ZADD', KEYS[1], ARGV[checks + 1], 'org:' .. org)
    both[#both + 1] = org
  end
end
return both`,
);

const dropLeaseScript = new Script(
  'call-drop-lease',
  `if (redis.call('HGET', KEYS[1], 'state') or 'off') == 'off' then redis.call('ZREM', KEYS[2], ARGV[1]) end
return 0`,
);

/** `KEYS`: calls. `ARGV`: keeper, for how long. What has lapsed is not held again: somebody may be about to end it. */
const holdScript = new Script(
  'call-hold',
  `local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local held = {}
for i = 1, #KEYS do
  local row = redis.call('HMGET', KEYS[i], 'keeper', 'kept_until')
  held[i] = 0
  if row[1] == ARGV[1] and tonumber(row[2]) > now then
    redis.call('HSET', KEYS[i], 'kept_until', now + tonumber(ARGV[2]))
    held[i] = 1
  end
end
return held`,
);

/** What to read. */
export interface CallQuery {
  /** Empty: the one that the first of `users` has a part in, if any. */
  readonly callId: string;
  readonly users?: readonly string[];
  /** Free staff to name; default none. */
  readonly candidates?: number;
  /** Organisation of a call that does not exist yet. */
  readonly org?: number;
  /** Take a number for a call that does not exist yet, in the same round trip. One that is not needed in the end is lost. */
  readonly numbered?: boolean;
}

/** Reads calls and people, and writes a draft if nothing of what it was made from has changed: compare and swap over several keys. */
export class CallStore {
  /** @param kept calls are kept by backends (E5) */
  constructor(
    protected readonly redis: RedisClient,
    protected readonly kept = false,
  ) {}

  async read({ callId, users = [], candidates = 0, org = 0, numbered = false }: CallQuery): Promise<CallReading> {
    const asked = (this.kept ? readKeptScript : readScript).run(
      this.redis,
      callId === '' ? [keys.personLeases] : [keys.personLeases, keys.call(callId)],
      [candidates, org, ...users],
    );
    const counted = numbered ? this.redis.call('INCR', keys.callNumber) : 0;
    const [reply, number] = await Promise.all([asked, counted]);
    const [now, id, call, idle, rows] = reply as [
      string,
      string,
      FieldValues,
      string[],
      [string, FieldValues, string][],
    ];
    const people = new Map<string, PersonRecord>();
    const leases = new Map<string, number>();
    for (const [userId, fields, lease] of rows) {
      people.set(userId, decodePerson(userId, fields));
      leases.set(userId, Number(lease));
    }
    return {
      nowMs: Number(now),
      call: id === '' ? null : decodeCall(id, call),
      people,
      leases,
      candidates: idle,
      number: Number(number),
    };
  }

  /**
   * Null when something has changed since the reading; then nothing was written. Otherwise the organisations in which a waiting call and free staff
   * have to be brought together.
   */
  async commit(draft: CallDraft, policy: CallPolicy): Promise<readonly number[] | null> {
    const checks = this.checks(draft);
    const commands = draft.commands(policy);
    const orgs = draft.orgsToRoute();
    const reply = (await commitScript.run(
      this.redis,
      [keys.callsDue, ...checks.map(([key]) => key)],
      [...checks.map(([, version]) => version), draft.nowMs, orgs.length, ...orgs, ...counted(commands)],
    )) as string[] | null;
    return reply === null ? null : reply.map(Number);
  }

  protected checks(draft: CallDraft): [key: string, version: number][] {
    return draft.checks();
  }

  /** Has somebody look at a call again, if it is still looked after. */
  async remind(callId: string, atMs: number): Promise<void> {
    await this.redis.call('ZADD', keys.callsDue, 'XX', atMs, `call:${callId}`);
  }

  /** The keeper says of its calls again that they are its own until so much later. @returns for each whether that was still so */
  async holdOn(callIds: readonly string[], keeper: string, forMs: number): Promise<readonly boolean[]> {
    const reply = (await holdScript.run(this.redis, callIds.map(keys.call), [keeper, forMs])) as number[];
    return reply.map((held) => held === 1);
  }

  /** Forgets a lease that belongs to nobody: one who is off, or of whom there is no record. */
  async dropLease(userId: string): Promise<void> {
    await dropLeaseScript.run(this.redis, [keys.person(userId), keys.personLeases], [userId]);
  }
}
