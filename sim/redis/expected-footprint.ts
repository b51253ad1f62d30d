import type { Footprint } from '../kernel/index.js';
import { findCommand } from './command-table.js';
import type { CommandBatch } from './wire.js';

const KEYLESS = new Set(
  'TIME PING ECHO ROLE INFO SCRIPT PUBLISH SUBSCRIBE UNSUBSCRIBE PSUBSCRIBE PUNSUBSCRIBE CLIENT REPLICAOF MULTI EXEC DISCARD UNWATCH'.split(
    ' ',
  ),
);
const ALL_ARE_KEYS = new Set('DEL UNLINK EXISTS MGET SINTER SUNION SDIFF WATCH'.split(' '));

/**
 * The keys that a batch will touch, told from its words alone, before it is executed. For a script that is what it is given: its
 * declared keys, and arguments that look like keys. Enough to see which batches race; what was really touched is known afterwards.
 */
export function expectedFootprint(batch: CommandBatch): Footprint {
  const reads: string[] = [];
  const writes: string[] = [];
  for (const args of batch) {
    const name = args[0]!.toUpperCase();
    if (name === 'EVALSHA' || name === 'EVAL') {
      const declared = Number(args[2]);
      for (let i = 3; i < args.length; i++) {
        const word = args[i]!;
        if (i < 3 + declared || looksLikeKey(word)) note(writes, word);
      }
    } else if (!KEYLESS.has(name)) {
      const into = findCommand(name)?.write === false ? reads : writes;
      const last = ALL_ARE_KEYS.has(name) ? args.length - 1 : 1;
      for (let i = 1; i <= last && i < args.length; i++) note(into, args[i]!);
    }
  }
  return { reads, writes };
}

function looksLikeKey(word: string): boolean {
  return word.length < 64 && word.includes(':') && !word.includes('|') && !word.includes('"');
}

function note(keys: string[], key: string): void {
  if (!keys.includes(key)) keys.push(key);
}
