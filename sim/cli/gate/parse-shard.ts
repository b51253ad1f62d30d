import { InvalidArgumentError } from 'commander';
import type { Shard } from '../../gate/index.js';

/** Reads `--shard 2/4`. */
export function parseShard(text: string): Shard {
  const [, index = '', of = ''] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (of === '' || shard.of < 1 || shard.index < 1 || shard.index > shard.of)
    throw new InvalidArgumentError('Write k/n with k from 1 to n, for example 2/4.');
  return shard;
}
