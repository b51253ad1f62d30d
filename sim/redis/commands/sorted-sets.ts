import { DeadairError } from '../../errors.js';
import { type Command, readCommand, writeCommand } from '../command.js';
import type { DataServer } from '../data-server.js';
import { ErrorReply, NOT_A_FLOAT, NOT_AN_INTEGER, type Reply, SYNTAX_ERROR } from '../reply.js';
import { formatGeneral, parseFloatText, parseInteger } from '../store/number-text.js';
import { SortedSet } from '../store/sorted-set.js';
import { indexRange, NOT_POSITIVE } from './lists.js';

// All ours: see store/sorted-set.ts for why.

/** Redis 7.0 writes scores with `%.17g`. */
function scoreText(score: number): string {
  return formatGeneral(score, 17);
}

function add(server: DataServer, args: readonly string[]): Reply {
  let nx = false;
  let xx = false;
  let gt = false;
  let lt = false;
  let countChanged = false;
  let increment = false;
  let at = 2;
  for (; at < args.length; at++) {
    const option = args[at]!.toUpperCase();
    if (option === 'NX') nx = true;
    else if (option === 'XX') xx = true;
    else if (option === 'GT') gt = true;
    else if (option === 'LT') lt = true;
    else if (option === 'CH') countChanged = true;
    else if (option === 'INCR') increment = true;
    else break;
  }
  const words = args.length - at;
  if (words === 0 || words % 2 !== 0) throw SYNTAX_ERROR;
  if (nx && xx) throw new ErrorReply('ERR XX and NX options at the same time are not compatible');
  if ((gt && nx) || (lt && nx) || (gt && lt))
    throw new ErrorReply('ERR GT, LT, and/or NX options at the same time are not compatible');
  if (increment && words > 2) throw new ErrorReply('ERR INCR option supports a single increment-element pair');
  for (let i = at; i < args.length; i += 2) if (parseFloatText(args[i]!) === undefined) throw NOT_A_FLOAT;
  const store = server.keyspace;
  const key = args[1]!;
  const known = store.sortedSet(key);
  if (known === undefined && xx) return increment ? null : 0;
  const set = known ?? new SortedSet();
  let added = 0;
  let updated = 0;
  let last: number | undefined;
  for (let i = at; i < args.length; i += 2) {
    const member = args[i + 1]!;
    let score = parseFloatText(args[i]!)!;
    const old = set.score(member);
    if (old === undefined) {
      if (xx) continue;
      set.set(member, score);
      added++;
    } else {
      if (nx) continue;
      if (increment) score += old;
      if (Number.isNaN(score)) throw new ErrorReply('ERR resulting score is not a number (NaN)');
      if ((gt && score <= old) || (lt && score >= old)) continue;
      if (score !== old) {
        set.set(member, score);
        updated++;
      }
    }
    last = score;
  }
  if (added + updated !== 0) {
    if (known === undefined) store.store(key, set);
    store.changed(key);
  }
  if (increment) return last === undefined ? null : scoreText(last);
  return countChanged ? added + updated : added;
}

interface ScoreRange {
  readonly min: number;
  readonly minExclusive: boolean;
  readonly max: number;
  readonly maxExclusive: boolean;
}

function scoreRange(from: string, to: string): ScoreRange {
  const minExclusive = from.startsWith('(');
  const maxExclusive = to.startsWith('(');
  const min = parseFloatText(minExclusive ? from.slice(1) : from);
  const max = parseFloatText(maxExclusive ? to.slice(1) : to);
  if (min === undefined || max === undefined) throw new ErrorReply('ERR min or max is not a float');
  return { min, minExclusive, max, maxExclusive };
}

/** Start and end (exclusive) of a score range in the order of the set. */
function bounds(set: SortedSet, range: ScoreRange): [start: number, end: number] {
  return [set.countBelow(range.min, range.minExclusive), set.countBelow(range.max, !range.maxExclusive)];
}

interface RangeOptions {
  withScores: boolean;
  byScore: boolean;
  reverse: boolean;
  offset: number;
  count: number;
}

function answer(set: SortedSet, start: number, end: number, options: RangeOptions): string[] {
  const { offset, count, reverse, withScores } = options;
  const reply: string[] = [];
  if (offset < 0) return reply;
  const wanted = count < 0 ? Number.POSITIVE_INFINITY : count;
  const entries = reverse
    ? set.slice(Math.max(start, end - offset - wanted), end - offset).reverse()
    : set.slice(start + offset, Math.min(end, start + offset + wanted));
  for (const { member, score } of entries) {
    reply.push(member);
    if (withScores) reply.push(scoreText(score));
  }
  return reply;
}

/** `ZRANGE` and its older relatives. */
function range(
  server: DataServer,
  args: readonly string[],
  fixed: { byScore: boolean; reverse: boolean; old: boolean },
): Reply {
  const options: RangeOptions = {
    withScores: false,
    byScore: fixed.byScore,
    reverse: fixed.reverse,
    offset: 0,
    count: -1,
  };
  let limited = false;
  for (let i = 4; i < args.length; i++) {
    const option = args[i]!.toUpperCase();
    if (option === 'WITHSCORES') options.withScores = true;
    else if (option === 'LIMIT' && i + 2 < args.length && !(fixed.old && !fixed.byScore)) {
      const offset = parseInteger(args[++i]!);
      const count = parseInteger(args[++i]!);
      if (offset === undefined || count === undefined) throw NOT_AN_INTEGER;
      options.offset = offset;
      options.count = count;
      limited = true;
    } else if (!fixed.old && option === 'REV') options.reverse = true;
    else if (!fixed.old && option === 'BYSCORE') options.byScore = true;
    else if (!fixed.old && option === 'BYLEX')
      throw new DeadairError('redis.unsupported', 'The simulated Redis has no ZRANGE BYLEX: use scores.');
    else throw SYNTAX_ERROR;
  }
  if (limited && options.count !== -1 && !options.byScore) {
    throw new ErrorReply('ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX');
  }
  const swap = options.reverse && options.byScore;
  const from = args[swap ? 3 : 2]!;
  const to = args[swap ? 2 : 3]!;
  if (options.byScore) {
    const scores = scoreRange(from, to);
    const set = server.keyspace.sortedSet(args[1]!);
    if (set === undefined) return [];
    const [start, end] = bounds(set, scores);
    return answer(set, start, end, options);
  }
  indexRange(from, to, 0);
  const set = server.keyspace.sortedSet(args[1]!);
  if (set === undefined) return [];
  const { first, last } = indexRange(from, to, set.size);
  if (last < first) return [];
  return options.reverse
    ? answer(set, set.size - 1 - last, set.size - first, options)
    : answer(set, first, last + 1, options);
}

function removed(server: DataServer, key: string, set: SortedSet, count: number): number {
  if (set.size === 0) server.keyspace.drop(key);
  else if (count !== 0) server.keyspace.changed(key);
  return count;
}

function pop(server: DataServer, args: readonly string[], lowest: boolean): Reply {
  if (args.length > 3) throw SYNTAX_ERROR;
  const count = args.length === 3 ? (parseInteger(args[2]!) ?? -1) : 1;
  if (count < 0) throw NOT_POSITIVE;
  const set = server.keyspace.sortedSet(args[1]!);
  if (set === undefined || count === 0) return [];
  const taken = Math.min(count, set.size);
  const start = lowest ? 0 : set.size - taken;
  const reply = answer(set, start, start + taken, {
    withScores: true,
    byScore: false,
    reverse: !lowest,
    offset: 0,
    count: -1,
  });
  set.deleteRange(start, taken);
  removed(server, args[1]!, set, taken);
  return reply;
}

/** Sorted sets. */
export const sortedSetCommands: readonly Command[] = [
  writeCommand('ZADD', -4, add),
  writeCommand('ZINCRBY', 4, (server, args) => add(server, ['ZADD', args[1]!, 'INCR', args[2]!, args[3]!])),
  writeCommand('ZREM', -3, (server, args) => {
    const set = server.keyspace.sortedSet(args[1]!);
    if (set === undefined) return 0;
    let count = 0;
    for (let i = 2; i < args.length; i++) if (set.delete(args[i]!)) count++;
    return removed(server, args[1]!, set, count);
  }),
  writeCommand('ZREMRANGEBYSCORE', 4, (server, args) => {
    const scores = scoreRange(args[2]!, args[3]!);
    const set = server.keyspace.sortedSet(args[1]!);
    if (set === undefined) return 0;
    const [start, end] = bounds(set, scores);
    if (end <= start) return 0;
    set.deleteRange(start, end - start);
    return removed(server, args[1]!, set, end - start);
  }),
  writeCommand('ZREMRANGEBYRANK', 4, (server, args) => {
    indexRange(args[2]!, args[3]!, 0);
    const set = server.keyspace.sortedSet(args[1]!);
    if (set === undefined) return 0;
    const { first, last } = indexRange(args[2]!, args[3]!, set.size);
    if (last < first) return 0;
    set.deleteRange(first, last - first + 1);
    return removed(server, args[1]!, set, last - first + 1);
  }),
  readCommand('ZRANGEBYSCORE', -4, (server, args) => range(server, args, { byScore: true, reverse: false, old: true })),
  readCommand('ZREVRANGEBYSCORE', -4, (server, args) =>
    range(server, args, { byScore: true, reverse: true, old: true }),
  ),
  readCommand('ZREVRANGE', -4, (server, args) => range(server, args, { byScore: false, reverse: true, old: true })),
  readCommand('ZRANGE', -4, (server, args) => range(server, args, { byScore: false, reverse: false, old: false })),
  readCommand('ZCOUNT', 4, (server, args) => {
    const scores = scoreRange(args[2]!, args[3]!);
    const set = server.keyspace.sortedSet(args[1]!);
    if (set === undefined) return 0;
    const [start, end] = bounds(set, scores);
    return Math.max(0, end - start);
  }),
  readCommand('ZSCORE', 3, (server, args) => {
    const score = server.keyspace.sortedSet(args[1]!)?.score(args[2]!);
    return score === undefined ? null : scoreText(score);
  }),
  readCommand('ZRANK', 3, (server, args) => server.keyspace.sortedSet(args[1]!)?.rank(args[2]!) ?? null),
  readCommand('ZCARD', 2, (server, args) => server.keyspace.sortedSet(args[1]!)?.size ?? 0),
  writeCommand('ZPOPMIN', -2, (server, args) => pop(server, args, true)),
  writeCommand('ZPOPMAX', -2, (server, args) => pop(server, args, false)),
];
