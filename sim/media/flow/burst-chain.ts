import type { ChoiceStream } from '../../kernel/index.js';
import type { BurstLoss } from '../../net/index.js';
import { addFrames, type FrameMask } from './frame-mask.js';

/**
 * The chain of a link that loses in bursts (Gilbert 1960, Elliott 1963), seen by one stream of voice: a step a frame. When more
 * than one packet passes in the time of a frame, the chain of the link takes a step for each, and what one stream sees is the same chain
 * thinned: with m packets, what is left of a state after a frame is (1 - p - r)^m, and the share of time in the bad state stays.
 */
export class BurstChain {
  private bad = false;
  private atFrame = 0;

  /**
   * Adds the frames of [from, until) in which the chain is bad. Frames that were left out since the last call are passed over, one
   * step each.
   * @param startFrame number of the interval's frame 0, counted from time 0
   * @param packetsPerFrame packets on the link in the time of one frame, mean; below 1 counts as 1
   */
  walk(
    { p, r }: BurstLoss,
    packetsPerFrame: number,
    stream: ChoiceStream,
    startFrame: number,
    from: number,
    until: number,
    bad: FrameMask,
  ): void {
    const skipped = startFrame + from - this.atFrame;
    if (skipped > 0) this.bad = stream.chance(badAfter(p, r, this.bad, skipped));
    this.atFrame = startFrame + until;
    const leaving = 1 - memory(p, r, Math.max(1, packetsPerFrame));
    const enter = p + r === 0 ? 0 : (p / (p + r)) * leaving;
    const leave = p + r === 0 ? 0 : (r / (p + r)) * leaving;
    for (let frame = from; frame < until; ) {
      const end = frame + runLength(stream, this.bad ? leave : enter);
      if (this.bad) addFrames(bad, frame, Math.min(end, until));
      if (end <= until) this.bad = !this.bad;
      frame = end;
    }
  }
}

/** Frames until something of the given probability a frame happens, that frame included; at least 1 (geometric, by inversion). */
export function runLength(stream: ChoiceStream, probability: number): number {
  if (probability <= 0) return Number.POSITIVE_INFINITY;
  if (probability >= 1) return 1;
  return 1 + Math.floor(Math.log(1 - stream.uniform()) / Math.log(1 - probability));
}

/** (1 - p - r) ^ steps; steps need not be whole where the base is above 0. */
function memory(p: number, r: number, steps: number): number {
  const base = 1 - p - r;
  if (base > 0) return Math.exp(steps * Math.log(base));
  const whole = Math.round(steps);
  let product = 1;
  for (let left = Math.min(whole, 64); left > 0; left--) product *= base;
  return product;
}

function badAfter(p: number, r: number, bad: boolean, steps: number): number {
  if (p + r === 0) return bad ? 1 : 0;
  const settled = p / (p + r);
  return settled + ((bad ? 1 : 0) - settled) * memory(p, r, steps);
}
