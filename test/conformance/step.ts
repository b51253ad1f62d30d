import type { RedisCommand } from '../../core/ports.js';

/** A step: a command, one of the second connection (`other`), or time that passes. */
export type Step = RedisCommand | { readonly other: RedisCommand } | { readonly advanceMs: number };

export const other = (...command: RedisCommand): Step => ({ other: command });
export const advanceMs = (ms: number): Step => ({ advanceMs: ms });
export const script = (source: string, ...args: (string | number)[]): RedisCommand => [
  'EVAL',
  source,
  ...(args.length === 0 ? [0] : args),
];

/** Sequences of commands; each begins with an empty database. What a real Redis 7.0 answers is recorded in `answers.json`. */
