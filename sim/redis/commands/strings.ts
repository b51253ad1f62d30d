import { type Command, readCommand, writeCommand } from '../command.js';
import type { DataServer } from '../data-server.js';
import { ErrorReply, NOT_AN_INTEGER, OK, type Reply, SYNTAX_ERROR } from '../reply.js';
import { addIntegers, parsedInteger, parseInteger } from '../store/number-text.js';

const OVERFLOW = new ErrorReply('ERR increment or decrement would overflow');

/** `SET` with everything that 7.0 knows. The mock ignores GET's type check, KEEPTTL and bad times. */
function set(server: DataServer, args: readonly string[]): Reply {
  const store = server.keyspace;
  const key = args[1]!;
  const value = args[2]!;
  if (args.length === 3) {
    store.setExpiry(key, Number.POSITIVE_INFINITY);
    store.put(key, value);
    return OK;
  }
  let nx = false;
  let xx = false;
  let get = false;
  let keepTtl = false;
  let unit = '';
  let amount = '';
  for (let i = 3; i < args.length; i++) {
    const option = args[i]!.toUpperCase();
    if (option === 'NX' && !xx) nx = true;
    else if (option === 'XX' && !nx) xx = true;
    else if (option === 'GET') get = true;
    else if (option === 'KEEPTTL' && unit === '') keepTtl = true;
    else if (
      (option === 'PX' || option === 'EX' || option === 'PXAT' || option === 'EXAT') &&
      unit === '' &&
      !keepTtl &&
      i + 1 < args.length
    ) {
      unit = option;
      amount = args[++i]!;
    } else throw SYNTAX_ERROR;
  }
  const atMs = unit === '' ? undefined : expiry(server, 'set', unit, amount);
  const old = get ? (store.string(key) ?? null) : null;
  if (nx || xx) {
    const exists = store.peek(key) !== undefined;
    if (exists === nx) return get ? old : null;
  }
  if (!keepTtl) store.setExpiry(key, Number.POSITIVE_INFINITY);
  store.put(key, value);
  if (atMs !== undefined) {
    store.setExpiry(key, atMs);
    server.replicateAs(['SET', key, value, 'PXAT', String(atMs)]);
  } else if (nx || xx || get) server.replicateAs(keepTtl ? ['SET', key, value, 'KEEPTTL'] : ['SET', key, value]);
  return get ? old : OK;
}

/** Absolute time of an `EX`, `PX`, `EXAT` or `PXAT`, which must be positive. */
function expiry(server: DataServer, command: string, unit: string, amount: string): number {
  const number = parseInteger(amount);
  if (number === undefined) throw NOT_AN_INTEGER;
  const ms = unit.startsWith('E') ? number * 1000 : number;
  const atMs = unit.endsWith('AT') ? ms : ms + server.nowMs();
  if (number <= 0 || atMs > Number.MAX_SAFE_INTEGER * 1000)
    throw new ErrorReply(`ERR invalid expire time in '${command}' command`);
  return atMs;
}

function setWithTime(name: string, unit: string): Command {
  return writeCommand(name, 4, (server, args) => {
    const key = args[1]!;
    const atMs = expiry(server, name.toLowerCase(), unit, args[2]!);
    server.keyspace.put(key, args[3]!);
    server.keyspace.setExpiry(key, atMs);
    server.replicateAs(['SET', key, args[3]!, 'PXAT', String(atMs)]);
    return OK;
  });
}

/** The mock takes any text for a number and never overflows. */
function add(server: DataServer, key: string, increment: string): Reply {
  const store = server.keyspace;
  if (parseInteger(increment) === undefined) throw NOT_AN_INTEGER;
  const old = store.string(key);
  if (old !== undefined && parseInteger(old) === undefined) throw NOT_AN_INTEGER;
  const sum = addIntegers(old ?? '0', increment);
  if (sum === undefined) throw OVERFLOW;
  store.put(key, sum);
  return parsedInteger(sum);
}

function negate(text: string): string {
  return text.startsWith('-') ? text.slice(1) : text === '0' ? text : `-${text}`;
}

/** Strings, as far as they are not the mock's. */
export const stringCommands: readonly Command[] = [
  writeCommand('SET', -3, set),
  setWithTime('SETEX', 'EX'),
  setWithTime('PSETEX', 'PX'),
  writeCommand('INCR', 2, (server, args) => add(server, args[1]!, '1')),
  writeCommand('DECR', 2, (server, args) => add(server, args[1]!, '-1')),
  writeCommand('INCRBY', 3, (server, args) => add(server, args[1]!, args[2]!)),
  writeCommand('DECRBY', 3, (server, args) => {
    if (parseInteger(args[2]!) === undefined) throw NOT_AN_INTEGER;
    return add(server, args[1]!, negate(args[2]!));
  }),
  // the mock answers a hash or a set for a key that is no string; Redis answers nil
  readCommand('MGET', -2, (server, args) => {
    const values: Reply[] = [];
    for (let i = 1; i < args.length; i++) {
      const value = server.keyspace.peek(args[i]!);
      values.push(typeof value === 'string' ? value : null);
    }
    return values;
  }),
];
