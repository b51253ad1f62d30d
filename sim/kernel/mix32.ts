/** The finalizer of MurmurHash3 (Appleby, 2011): every bit of the word reaches every bit of the answer. Unsigned. */
export function mix32(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
