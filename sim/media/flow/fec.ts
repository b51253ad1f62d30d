import { bitsOf, type FrameMask, hasFrame } from './frame-mask.js';

/**
 * Opus in-band FEC on a whole interval: a lost frame is repaired if the packet after it has come. Leaves in `concealed` the spoken frames
 * that are lost and not repaired.
 *
 * Whether the last frame of an interval is repaired would be known in the next one only. What follows a lost frame is as likely lost as what came
 * before it (a chain of two states runs backwards like forwards), so the frame before decides.
 * @param sent frames with a packet
 * @returns number of frames in `concealed`
 */
export function conceal(
  sent: FrameMask,
  spoken: FrameMask,
  lost: FrameMask,
  frames: number,
  fec: boolean,
  concealed: FrameMask,
): number {
  const last = spoken.length - 1;
  let count = 0;
  for (let i = 0; i <= last; i++) {
    let word = (lost[i] as number) & (spoken[i] as number);
    if (fec && word !== 0) {
      const received = (sent[i] as number) & ~(lost[i] as number);
      const following = i < last ? (sent[i + 1] as number) & ~(lost[i + 1] as number) & 1 : 0;
      word &= ~((received >>> 1) | (following << 31));
    }
    concealed[i] = word;
    if (word !== 0) count += bitsOf(word);
  }
  if (fec && isRepairedLater(spoken, concealed, frames)) {
    concealed[(frames - 1) >> 5]! &= ~(1 << ((frames - 1) & 31));
    count--;
  }
  return count;
}

/** Whether the last frame of an interval, lost as things are, counts as repaired. */
export function isRepairedLater(spoken: FrameMask, concealed: FrameMask, frames: number): boolean {
  const last = frames - 1;
  return last > 0 && hasFrame(concealed, last) && hasFrame(spoken, last - 1) && !hasFrame(concealed, last - 1);
}
