import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { mix32 } from './mix32.js';
import { hashText } from './text-hash.js';

/** A generator of integers uniform over -2^31 ... 2^31 - 1. */
export type Generator = RandomGenerator;

/**
 * The generator of one label: xoroshiro128plus (Blackman and Vigna, 2018) whose 128 bits of state are mixed from the
 * seed and the text of the label. Streams of different labels share nothing.
 * @param seed any safe integer
 */
export function labelledGenerator(seed: number, label: string): Generator {
  words[0] = seed;
  // Math.floor keeps the sign of a negative seed in the upper word.
  words[1] = Math.floor(seed / 0x1_0000_0000) ^ mix32(seed);
  hashText(label, words);
  const low = words[0]!;
  const high = words[1]!;
  const state = [low, high, mix32(low ^ Math.imul(high, 0x27d4eb2f)), mix32(high ^ Math.imul(low, 0x165667b1))];
  // The all-zero state is the only one from which the generator never leaves.
  if ((state[0]! | state[1]! | state[2]! | state[3]!) === 0) state[0] = 1;
  return xoroshiro128plusFromState(state);
}

/**
 * Uniform integer 0 ... n - 1 from the upper bits of one draw (the lower ones of xoroshiro128plus are weaker). One draw
 * whatever n is, so that a stream stays aligned when n changes; the price is a bias below n / 2^32 of a probability.
 * @param n 1 ... 2^32
 */
export function scaledInteger(generator: Generator, n: number): number {
  return Math.floor((generator.next() + 0x8000_0000) * TWO_TO_MINUS_32 * n);
}

const words = new Int32Array(2);
const TWO_TO_MINUS_32 = 1 / 0x1_0000_0000;
