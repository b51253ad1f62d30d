import { type Command, readCommand, writeCommand } from '../command.js';
import type { DataServer } from '../data-server.js';
import { ErrorReply, NOT_AN_INTEGER, OK, type Reply, wrongArity } from '../reply.js';
import { parseInteger } from '../store/number-text.js';

export const NOT_POSITIVE = new ErrorReply('ERR value is out of range, must be positive');

function integer(text: string): number {
  const number = parseInteger(text);
  if (number === undefined) throw NOT_AN_INTEGER;
  return number;
}

/** First and last index of a range that may count from the end; an empty range has `last < first`. */
export function indexRange(from: string, to: string, size: number): { first: number; last: number } {
  let first = integer(from);
  let last = integer(to);
  if (first < 0) first = Math.max(0, first + size);
  if (last < 0) last += size;
  return { first, last: Math.min(last, size - 1) };
}

/** The mock answers the whole list for count 0 and does not check the count. */
function pop(server: DataServer, args: readonly string[], left: boolean): Reply {
  if (args.length > 3) throw wrongArity(args[0]!);
  const store = server.keyspace;
  const key = args[1]!;
  const counted = args.length === 3;
  const count = counted ? (parseInteger(args[2]!) ?? -1) : 1;
  if (count < 0) throw NOT_POSITIVE;
  const list = store.list(key);
  if (list === undefined) return null;
  if (count === 0) return [];
  if (!counted) {
    const item = (left ? list.shift() : list.pop())!;
    if (list.length === 0) store.drop(key);
    else store.changed(key);
    return item;
  }
  const items = left ? list.splice(0, count) : list.splice(Math.max(0, list.length - count)).reverse();
  if (list.length === 0) store.drop(key);
  else store.changed(key);
  return items;
}

/** The mock leaves an empty list behind and never stops counting from the tail at the right place. */
function remove(server: DataServer, args: readonly string[]): Reply {
  const store = server.keyspace;
  const key = args[1]!;
  const count = integer(args[2]!);
  const list = store.list(key);
  if (list === undefined) return 0;
  const most = count === 0 ? list.length : Math.abs(count);
  let removed = 0;
  while (removed < most) {
    const at = count < 0 ? list.lastIndexOf(args[3]!) : list.indexOf(args[3]!);
    if (at === -1) break;
    list.splice(at, 1);
    removed++;
  }
  if (list.length === 0) store.drop(key);
  else if (removed !== 0) store.changed(key);
  return removed;
}

/** Lists, as far as they are not the mock's. */
export const listCommands: readonly Command[] = [
  writeCommand('LPOP', -2, (server, args) => pop(server, args, true)),
  writeCommand('RPOP', -2, (server, args) => pop(server, args, false)),
  writeCommand('LREM', 4, remove),
  // the mock slices from the wrong end when the start lies before the list
  readCommand('LRANGE', 4, (server, args) => {
    integer(args[2]!);
    integer(args[3]!);
    const list = server.keyspace.list(args[1]!);
    if (list === undefined) return [];
    const { first, last } = indexRange(args[2]!, args[3]!, list.length);
    return last < first ? [] : list.slice(first, last + 1);
  }),
  readCommand('LINDEX', 3, (server, args) => {
    const list = server.keyspace.list(args[1]!);
    if (list === undefined) return null;
    return list.at(integer(args[2]!)) ?? null;
  }),
  // the mock keeps everything when the end lies before the list
  writeCommand('LTRIM', 4, (server, args) => {
    integer(args[2]!);
    integer(args[3]!);
    const store = server.keyspace;
    const list = store.list(args[1]!);
    if (list === undefined) return OK;
    const { first, last } = indexRange(args[2]!, args[3]!, list.length);
    list.splice(last < first ? 0 : last + 1);
    list.splice(0, first);
    if (list.length === 0) store.drop(args[1]!);
    else store.changed(args[1]!);
    return OK;
  }),
];
