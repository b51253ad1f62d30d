import { type Command, readCommand, writeCommand } from '../command.js';
import type { DataServer } from '../data-server.js';
import { ErrorReply, NOT_AN_INTEGER, OK, type Reply, wrongArity } from '../reply.js';
import { addIntegers, parsedInteger, parseInteger } from '../store/number-text.js';
import { RedisHash } from '../store/value.js';

/** @returns number of fields that are new */
function setFields(server: DataServer, args: readonly string[], command: string): number {
  if (args.length % 2 !== 0) throw wrongArity(command);
  const store = server.keyspace;
  const key = args[1]!;
  let hash = store.hash(key);
  if (hash === undefined) {
    hash = new RedisHash();
    store.store(key, hash);
  }
  const before = hash.size;
  for (let i = 2; i < args.length; i += 2) hash.set(args[i]!, args[i + 1]!);
  store.changed(key);
  return hash.size - before;
}

/** Hashes: all ours, since the mock keeps them in plain objects (see `store/value.ts`). */
export const hashCommands: readonly Command[] = [
  writeCommand('HSET', -4, (server, args) => setFields(server, args, 'hset')),
  writeCommand('HMSET', -4, (server, args) => {
    setFields(server, args, 'hmset');
    return OK;
  }),
  writeCommand('HSETNX', 4, (server, args) => {
    if (server.keyspace.hash(args[1]!)?.has(args[2]!)) return 0;
    setFields(server, args, 'hsetnx');
    return 1;
  }),
  readCommand('HGET', 3, (server, args) => server.keyspace.hash(args[1]!)?.get(args[2]!) ?? null),
  readCommand('HMGET', -3, (server, args) => {
    const hash = server.keyspace.hash(args[1]!);
    const values: Reply[] = [];
    for (let i = 2; i < args.length; i++) values.push(hash?.get(args[i]!) ?? null);
    return values;
  }),
  readCommand('HGETALL', 2, (server, args) => {
    const flat: string[] = [];
    // not `for ... of`: that makes an array of each field
    server.keyspace.hash(args[1]!)?.forEach((value, field) => {
      flat.push(field, value);
    });
    return flat;
  }),
  readCommand('HKEYS', 2, (server, args) => [...(server.keyspace.hash(args[1]!)?.keys() ?? [])]),
  readCommand('HVALS', 2, (server, args) => [...(server.keyspace.hash(args[1]!)?.values() ?? [])]),
  readCommand('HLEN', 2, (server, args) => server.keyspace.hash(args[1]!)?.size ?? 0),
  readCommand('HEXISTS', 3, (server, args) => (server.keyspace.hash(args[1]!)?.has(args[2]!) ? 1 : 0)),
  writeCommand('HDEL', -3, (server, args) => {
    const store = server.keyspace;
    const key = args[1]!;
    const hash = store.hash(key);
    if (hash === undefined) return 0;
    let removed = 0;
    for (let i = 2; i < args.length; i++) if (hash.delete(args[i]!)) removed++;
    if (hash.size === 0) store.drop(key);
    else if (removed !== 0) store.changed(key);
    return removed;
  }),
  writeCommand('HINCRBY', 4, (server, args) => {
    if (parseInteger(args[3]!) === undefined) throw NOT_AN_INTEGER;
    const old = server.keyspace.hash(args[1]!)?.get(args[2]!) ?? '0';
    if (parseInteger(old) === undefined) throw new ErrorReply('ERR hash value is not an integer');
    const sum = addIntegers(old, args[3]!);
    if (sum === undefined) throw new ErrorReply('ERR increment or decrement would overflow');
    setFields(server, ['', args[1]!, args[2]!, sum], 'hincrby');
    return parsedInteger(sum);
  }),
];
