import { mix32 } from './mix32.js';

/**
 * A 64-bit hash of a text by content, as two words: FNV-1a (Fowler, Noll, Vo) beside a rotate-multiply lane, each
 * finished by {@link mix32}. One multiplication a lane and character, for keys are hashed on every trace record.
 * @param words gets the two words, at 0 and 1; what it holds before is the seed
 */
export function hashText(text: string, words: Int32Array): void {
  let low = words[0]! ^ text.length;
  let high = words[1]! ^ text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(((high << 5) | (high >>> 27)) ^ unit, 0x5bd1e995);
  }
  words[0] = mix32(low);
  words[1] = mix32(high);
}
