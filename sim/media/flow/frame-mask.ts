/**
 * A set of the frames of one interval: bit `i & 31` of word `i >> 5` stands for frame `i`. Voice has 50 frames a second, so a second is
 * two words, and what happens to all its frames is a few operations.
 */
export type FrameMask = Int32Array;

/** An empty set that has room for so many frames. */
export function frameMask(frames: number): FrameMask {
  return new Int32Array((frames + 31) >> 5);
}

/** Adds the frames of [from, until). */
export function addFrames(mask: FrameMask, from: number, until: number): void {
  for (let frame = from; frame < until; ) {
    const bit = frame & 31;
    const count = Math.min(32 - bit, until - frame);
    const ones = count === 32 ? -1 : ((1 << count) - 1) << bit;
    mask[frame >> 5]! |= ones;
    frame += count;
  }
}

/** Leaves nothing in a set. */
export function clearFrames(mask: FrameMask): void {
  for (let i = 0; i < mask.length; i++) mask[i] = 0;
}

export function hasFrame(mask: FrameMask, frame: number): boolean {
  return ((mask[frame >> 5] as number) & (1 << (frame & 31))) !== 0;
}

/** The last frame of the set; -1: it is empty. */
export function lastFrame(mask: FrameMask): number {
  for (let i = mask.length - 1; i >= 0; i--) if (mask[i] !== 0) return 32 * i + 31 - Math.clz32(mask[i] as number);
  return -1;
}

/** Number of frames in the set. */
export function countFrames(mask: FrameMask): number {
  let count = 0;
  for (let i = 0; i < mask.length; i++) {
    const word = mask[i] as number;
    if (word !== 0) count += bitsOf(word);
  }
  return count;
}

/** Makes a set equal to another. */
export function copyFrames(from: FrameMask, to: FrameMask): void {
  for (let i = 0; i < to.length; i++) to[i] = from[i] as number;
}

/** The frames of one set that are not in another. */
export function framesWithout(set: FrameMask, other: FrameMask, out: FrameMask): void {
  for (let i = 0; i < out.length; i++) out[i] = (set[i] as number) & ~(other[i] as number);
}

/** Number of frames that are in both sets. */
export function countBoth(one: FrameMask, other: FrameMask): number {
  let count = 0;
  for (let i = 0; i < one.length; i++) {
    const word = (one[i] as number) & (other[i] as number);
    if (word !== 0) count += bitsOf(word);
  }
  return count;
}

/** Ones of a word (Warren, Hacker's Delight, 5-1). */
export function bitsOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
