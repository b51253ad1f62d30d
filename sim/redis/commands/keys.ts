import { type Command, readCommand, writeCommand } from '../command.js';
import type { DataServer } from '../data-server.js';
import { ErrorReply, NOT_AN_INTEGER, OK, type Reply, SYNTAX_ERROR } from '../reply.js';
import { globPattern } from '../store/glob.js';
import { parseInteger } from '../store/number-text.js';
import { typeOf } from '../store/value.js';

// Expiry is ours because the mock reads Date.now(); DEL because the mock refuses the empty key.

function del(server: DataServer, args: readonly string[]): Reply {
  let removed = 0;
  for (let i = 1; i < args.length; i++) if (server.keyspace.remove(args[i]!)) removed++;
  return removed;
}

/** `EXPIRE` and relatives; a time that has passed deletes the key. */
function expire(name: string, unitMs: number, absolute: boolean): Command {
  return writeCommand(name, -3, (server, args) => {
    const store = server.keyspace;
    const key = args[1]!;
    let nx = false;
    let xx = false;
    let gt = false;
    let lt = false;
    for (let i = 3; i < args.length; i++) {
      const option = args[i]!.toUpperCase();
      if (option === 'NX') nx = true;
      else if (option === 'XX') xx = true;
      else if (option === 'GT') gt = true;
      else if (option === 'LT') lt = true;
      else throw new ErrorReply(`ERR Unsupported option ${args[i]}`);
    }
    if (nx && (xx || gt || lt))
      throw new ErrorReply('ERR NX and XX, GT or LT options at the same time are not compatible');
    if (gt && lt) throw new ErrorReply('ERR GT and LT options at the same time are not compatible');
    const amount = parseInteger(args[2]!);
    if (amount === undefined) throw NOT_AN_INTEGER;
    const nowMs = server.nowMs();
    const atMs = amount * unitMs + (absolute ? 0 : nowMs);
    if (Math.abs(atMs) >= 9.2e18) throw new ErrorReply(`ERR invalid expire time in '${name.toLowerCase()}' command`);
    if (store.peek(key) === undefined) return 0;
    const current = store.expiryMs(key);
    if ((nx && current !== undefined) || (xx && current === undefined)) return 0;
    if (gt && (current === undefined || atMs <= current)) return 0;
    if (lt && current !== undefined && atMs >= current) return 0;
    if (atMs <= nowMs && store.expiryMode === 'delete') {
      store.drop(key);
      server.replicateAs(['DEL', key]);
      return 1;
    }
    store.expireAt(key, atMs);
    server.replicateAs(['PEXPIREAT', key, String(atMs)]);
    return 1;
  });
}

/** Remaining time in ms; -1 without end, -2 without key. */
function remaining(server: DataServer, key: string): number {
  if (server.keyspace.peek(key) === undefined) return -2;
  const atMs = server.keyspace.expiryMs(key);
  return atMs === undefined ? -1 : Math.max(0, atMs - server.nowMs());
}

/** Answers all keys at once with cursor 0, which satisfies every guarantee of `SCAN`. */
function scan(server: DataServer, args: readonly string[]): Reply {
  if (!/^\d+$/.test(args[1]!)) throw new ErrorReply('ERR invalid cursor');
  let keys: string[] | undefined;
  let type: string | undefined;
  let pattern: RegExp | undefined;
  for (let i = 2; i < args.length; i += 2) {
    const option = args[i]!.toUpperCase();
    const value = args[i + 1];
    if (value === undefined) throw SYNTAX_ERROR;
    if (option === 'COUNT') {
      const count = parseInteger(value);
      if (count === undefined) throw NOT_AN_INTEGER;
      if (count < 1) throw SYNTAX_ERROR;
    } else if (option === 'MATCH') pattern = globPattern(value);
    else if (option === 'TYPE') type = value.toLowerCase();
    else throw SYNTAX_ERROR;
  }
  keys = args[1] === '0' ? server.keyspace.liveKeys() : [];
  if (pattern !== undefined) keys = keys.filter((key) => pattern.test(key));
  if (type !== undefined) keys = keys.filter((key) => typeOf(server.keyspace.find(key)!) === type);
  return ['0', keys];
}

function flush(server: DataServer, args: readonly string[]): Reply {
  const mode = args[1]?.toUpperCase();
  if (args.length > 2 || (mode !== undefined && mode !== 'ASYNC' && mode !== 'SYNC')) throw SYNTAX_ERROR;
  server.keyspace.clear();
  return OK;
}

/** Keys and their time to live. */
export const keyCommands: readonly Command[] = [
  writeCommand('DEL', -2, del),
  writeCommand('UNLINK', -2, del),
  readCommand('TYPE', 2, (server, args) => {
    const value = server.keyspace.peek(args[1]!);
    return value === undefined ? server.status('none') : server.status(typeOf(value));
  }),
  expire('EXPIRE', 1000, false),
  expire('PEXPIRE', 1, false),
  expire('EXPIREAT', 1000, true),
  expire('PEXPIREAT', 1, true),
  writeCommand('PERSIST', 2, (server, args) =>
    server.keyspace.peek(args[1]!) !== undefined && server.keyspace.persist(args[1]!) ? 1 : 0,
  ),
  readCommand('PTTL', 2, (server, args) => remaining(server, args[1]!)),
  readCommand('TTL', 2, (server, args) => {
    const ms = remaining(server, args[1]!);
    return ms < 0 ? ms : Math.floor((ms + 500) / 1000);
  }),
  readCommand('KEYS', 2, (server, args) => {
    const pattern = globPattern(args[1]!);
    return server.keyspace.liveKeys().filter((key) => pattern.test(key));
  }),
  readCommand('SCAN', -2, scan),
  readCommand('DBSIZE', 1, (server) => server.keyspace.liveKeys().length),
  writeCommand('FLUSHALL', -1, flush),
  writeCommand('FLUSHDB', -1, flush),
];
