import { ErrorReply, type Reply, StatusReply } from '../reply.js';
import { formatGeneral } from '../store/number-text.js';
import type { ScriptHost } from './script-host.js';
import { HandOver, type LuaValue, ScriptTable } from './script-table.js';
import { numeral, oneLine, sha1, toInteger, withCode } from './values.js';

/*
 * What compiled scripts are made of. Every function either does exactly what the interpreter would do or throws a HandOver before
 * it has done anything.
 */

const WRONG_TYPE = new HandOver('a value of a type that Lua would refuse');
const FAILED = new HandOver('an error raised by the script or by a command');
const ZERO = new HandOver('the sign of an integer zero');
const NOT_ASCII = new HandOver('characters of more than one byte');
const TOO_MANY = new HandOver('many values');

/** A command of a script and its answer. */
export interface AnsweredCall {
  readonly args: readonly string[];
  readonly reply: Reply;
}

let host: ScriptHost | null = null;
let calls: AnsweredCall[] = [];

/** Says on which server the compiled script runs that follows. @returns where its calls will be noted */
export function attach(server: ScriptHost): readonly AnsweredCall[] {
  host = server;
  calls = [];
  return calls;
}

/** The script has come to its end. */
export function detach(): void {
  host = null;
  calls = [];
}

/** `error`, and an `assert` that fails. */
export function fail(): never {
  throw FAILED;
}

// ---- commands

/** `redis.call` as a statement. */
export function call(args: readonly string[]): Reply {
  const reply = host!.callFromScript(args);
  calls.push({ args, reply });
  if (reply instanceof ErrorReply) throw FAILED;
  return reply;
}

/** `redis.pcall` as a statement. */
export function pcall(args: readonly string[]): Reply {
  const reply = host!.callFromScript(args);
  calls.push({ args, reply });
  return reply;
}

/** One word of a command. */
export function word(value: LuaValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatGeneral(value, 17);
  throw WRONG_TYPE;
}

/** The words of a command, in place. */
export function words(values: LuaValue[]): string[] {
  if (values.length === 0) throw WRONG_TYPE;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'string') values[i] = word(value);
  }
  return values as string[];
}

/** An answer as Lua has it: nil becomes false, a status `{ok}`, an error `{err}`. */
export function fromReply(reply: Reply): LuaValue {
  if (typeof reply === 'string' || typeof reply === 'number') return reply;
  if (reply === null) return false;
  if (Array.isArray(reply)) {
    for (let i = 0; i < reply.length; i++) {
      if (typeof reply[i] !== 'string') return new ScriptTable(reply.map(fromReply), false);
    }
    return new ScriptTable(reply as string[], true);
  }
  return reply instanceof StatusReply ? withField('ok', reply.text) : withField('err', reply.message);
}

/** What a script returns, as Redis answers it: numbers lose their fraction, arrays end at the first nil, false is nil. */
export function toReply(value: LuaValue, depth = 0): Reply {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return toInteger(value);
  if (value instanceof ScriptTable) {
    if (depth > 1000) return new ErrorReply('ERR reached lua stack limit');
    const error = value.get('err');
    if (typeof error === 'string') return new ErrorReply(oneLine(error.startsWith('-') ? error.slice(1) : error));
    const status = value.get('ok');
    if (typeof status === 'string') return new StatusReply(oneLine(status));
    const { items } = value;
    if (value.shared) return items as string[];
    const replies: Reply[] = new Array(items.length);
    for (let i = 0; i < items.length; i++) replies[i] = toReply(items[i], depth + 1);
    return replies;
  }
  return value === true ? 1 : null;
}

function withField(name: string, value: LuaValue): ScriptTable {
  const table = new ScriptTable([], false);
  table.set(name, value);
  return table;
}

export function errorReply(text: LuaValue): ScriptTable {
  return withField('err', withCode(string(text)));
}

export function statusReply(text: LuaValue): ScriptTable {
  return withField('ok', string(text));
}

export function sha1hex(text: LuaValue): string {
  return sha1(string(text));
}

// ---- operators

export function truthy(value: LuaValue): boolean {
  return value !== undefined && value !== false;
}

/** The value as a number, from a text too. */
export function number(value: LuaValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    const parsed = numeral(value);
    if (parsed !== undefined) return parsed;
  }
  throw WRONG_TYPE;
}

/** The value, if it is a number and no text. */
export function realNumber(value: LuaValue): number {
  if (typeof value === 'number') return value;
  throw WRONG_TYPE;
}

/** The value, if it is an integer of the interpreter: it has 32 bits. */
function position(value: LuaValue): number {
  const whole = realNumber(value);
  if ((whole | 0) !== whole) throw WRONG_TYPE;
  return whole;
}

/** The value, if it is a string. */
export function string(value: LuaValue): string {
  if (typeof value === 'string') return value;
  throw WRONG_TYPE;
}

export function add(a: LuaValue, b: LuaValue): number {
  return typeof a === 'number' && typeof b === 'number' ? a + b : number(a) + number(b);
}

export function subtract(a: LuaValue, b: LuaValue): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : number(a) - number(b);
}

export function multiply(a: LuaValue, b: LuaValue): number {
  return number(a) * number(b);
}

export function divide(a: LuaValue, b: LuaValue): number {
  return number(a) / number(b);
}

/** Has the sign of the divisor. With integers (see {@link negate}) zero has no sign, and as a divisor is an error. */
export function modulo(a: LuaValue, b: LuaValue): number {
  const [dividend, divisor] = [number(a), number(b)];
  const rest = dividend % divisor;
  if (divisor === 0 || Object.is(rest, -0)) throw ZERO;
  return rest * divisor < 0 ? rest + divisor : rest;
}

/** The interpreter has integers (lengths) whose zero has no sign, and doubles. */
export function negate(value: LuaValue): number {
  const positive = number(value);
  if (positive === 0) throw ZERO;
  return -positive;
}

export function less(a: LuaValue, b: LuaValue): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  return bytewise(a) < bytewise(b);
}

export function greater(a: LuaValue, b: LuaValue): boolean {
  return less(b, a);
}

export function greaterOrEqual(a: LuaValue, b: LuaValue): boolean {
  return lessOrEqual(b, a);
}

export function lessOrEqual(a: LuaValue, b: LuaValue): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a <= b;
  return bytewise(a) <= bytewise(b);
}

/** A text whose order is that of its bytes. */
function bytewise(value: LuaValue): string {
  const text = string(value);
  if (/[\ud800-\uffff]/.test(text)) throw NOT_ASCII;
  return text;
}

/** An operand of `..`. */
export function text(value: LuaValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatGeneral(value, 14);
  throw WRONG_TYPE;
}

export function length(value: LuaValue): number {
  if (value instanceof ScriptTable) return value.size();
  return Buffer.byteLength(string(value));
}

// ---- tables

export function index(table: LuaValue, key: LuaValue): LuaValue {
  if (table instanceof ScriptTable) return table.get(key);
  throw WRONG_TYPE;
}

export function setIndex(table: LuaValue, key: LuaValue, value: LuaValue): void {
  tableOf(table).set(key, value);
}

export function tableOf(value: LuaValue): ScriptTable {
  if (value instanceof ScriptTable) return value;
  throw WRONG_TYPE;
}

/** A list of a table constructor. */
export function listOf(items: LuaValue[]): ScriptTable {
  while (items.length > 0 && items[items.length - 1] === undefined) items.pop();
  if (items.includes(undefined)) throw WRONG_TYPE;
  return new ScriptTable(items, false);
}

export function emptyTable(): ScriptTable {
  return new ScriptTable([], false);
}

/** A table constructor with fields. @param pairs a key, its value, the next key */
export function fieldsOf(pairs: readonly LuaValue[]): ScriptTable {
  const table = emptyTable();
  for (let i = 0; i < pairs.length; i += 2) table.set(pairs[i], pairs[i + 1]);
  return table;
}

/** The values of a slice, as a new array. */
export function unpack(value: LuaValue, from: LuaValue = 1, to?: LuaValue): LuaValue[] {
  const table = tableOf(value);
  const first = position(from);
  const last = to === undefined ? table.size() : position(to);
  if (last - first >= MOST_VALUES) throw TOO_MANY;
  if (first >= 1 && last <= table.items.length) return first > last ? [] : table.items.slice(first - 1, last);
  const values: LuaValue[] = [];
  for (let i = first; i <= last; i++) values.push(table.get(i));
  return values;
}

/** What surely fits on the stack of the interpreter. */
const MOST_VALUES = 2000;

export function append(list: LuaValue, item: LuaValue): void {
  if (item === undefined) throw WRONG_TYPE;
  tableOf(list).list().push(item);
}

export function insert(list: LuaValue, place: LuaValue, item: LuaValue): void {
  const items = tableOf(list).list();
  const at = position(place);
  if (item === undefined || at < 1 || at > items.length + 1) throw WRONG_TYPE;
  items.splice(at - 1, 0, item);
}

export function remove(list: LuaValue, place?: LuaValue): LuaValue {
  const items = tableOf(list).list();
  const at = place === undefined ? items.length : position(place);
  if (at < 1 || at > items.length) throw WRONG_TYPE;
  return items.splice(at - 1, 1)[0];
}

export function concat(list: LuaValue, separator?: LuaValue): string {
  const table = tableOf(list);
  table.size();
  return table.items.map(text).join(separator === undefined ? '' : string(separator));
}

// ---- functions

export function type(value: LuaValue): string {
  if (value === undefined) return 'nil';
  return value instanceof ScriptTable ? 'table' : typeof value;
}

export function tonumber(value: LuaValue): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? numeral(value) : undefined;
}

export function tostring(value: LuaValue): string {
  if (value === undefined) return 'nil';
  return typeof value === 'boolean' ? String(value) : text(value);
}

export function floor(value: LuaValue): number {
  return Math.floor(number(value));
}

export function ceil(value: LuaValue): number {
  return Math.ceil(number(value));
}

export function abs(value: LuaValue): number {
  return Math.abs(realNumber(value));
}

export function min(...values: LuaValue[]): number {
  let least = realNumber(values[0]);
  for (const value of values) if (realNumber(value) < least) least = value as number;
  return least;
}

export function max(...values: LuaValue[]): number {
  let most = realNumber(values[0]);
  for (const value of values) if (realNumber(value) > most) most = value as number;
  return most;
}

/** A text whose characters are its bytes. */
function ascii(value: LuaValue): string {
  const characters = string(value);
  for (let i = 0; i < characters.length; i++) if (characters.charCodeAt(i) > 0x7f) throw NOT_ASCII;
  return characters;
}

export function upper(value: LuaValue): string {
  return ascii(value).toUpperCase();
}

export function lower(value: LuaValue): string {
  return ascii(value).toLowerCase();
}

export function sub(value: LuaValue, from: LuaValue, to: LuaValue = -1): string {
  const characters = ascii(value);
  const [first, last] = [position(from), position(to)];
  const size = characters.length;
  const start = first > 0 ? first : first === 0 || first < -size ? 1 : size + first + 1;
  const end = last > size ? size : last >= 0 ? last : last < -size ? 0 : size + last + 1;
  return start > end ? '' : characters.slice(start - 1, end);
}

export function stringLength(value: LuaValue): number {
  return length(string(value));
}

/** One `%s` of `string.format`. */
export function formatted(value: LuaValue): string {
  return string(value);
}

/** One `%d` of `string.format`. */
export function formattedInteger(value: LuaValue): string {
  const integer = Math.trunc(realNumber(value));
  if (!Number.isSafeInteger(integer) || Object.is(integer, -0)) throw WRONG_TYPE;
  return String(integer);
}
