import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { mix32 } from './mix32.js';

/** A generator of integers uniform over -2^31 ... 2^31 - 1. */
export type Generator = RandomGenerator;

/**
 * The generator of one label: xoroshiro128plus (Blackman and Vigna, 2018) whose 128 bits of state are mixed from the
 * seed and the text of the label. Streams of different labels share nothing.
 * @param seed any safe integer
 */
export function labelledGenerator(seed: number, label: string): Generator {
  // Math.floor keeps the sign of a negative seed in the upper word.
  let a = mix32((seed | 0) ^ 0x9e3779b9);
  let b = mix32((Math.floor(seed / 0x1_0000_0000) | 0) ^ 0x85ebca6b ^ a);
  for (let index = 0; index < label.length; index++) {
    const unit = label.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul((b << 5) ^ (b >>> 27) ^ unit, 0x5bd1e995);
  }
  const state = [mix32(a), mix32(b), mix32(a ^ Math.imul(b, 0x27d4eb2f)), mix32(b ^ Math.imul(a, 0x165667b1))];
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

const TWO_TO_MINUS_32 = 1 / 0x1_0000_0000;
