import { describe, expect, it } from 'vitest';
import { Choices } from '../../../../sim/kernel/index.js';
import { BurstChain, runLength } from '../../../../sim/media/flow/burst-chain.js';
import { frameMask, hasFrame } from '../../../../sim/media/flow/frame-mask.js';

const FRAMES = 50;
const INTERVALS = 20_000;

/** Share of bad frames, and their mean run, over a long time of intervals of 1 s. */
function walk(p: number, r: number, packetsPerFrame: number): { share: number; run: number } {
  const chain = new BurstChain();
  const stream = new Choices(7).stream('test');
  let bad = 0;
  let runs = 0;
  let before = false;
  for (let interval = 0; interval < INTERVALS; interval++) {
    const mask = frameMask(FRAMES);
    chain.walk({ p, r, lossGood: 0, lossBad: 1 }, packetsPerFrame, stream, interval * FRAMES, 0, FRAMES, mask);
    for (let frame = 0; frame < FRAMES; frame++) {
      const now = hasFrame(mask, frame);
      if (now) bad++;
      if (now && !before) runs++;
      before = now;
    }
  }
  return { share: bad / (INTERVALS * FRAMES), run: bad / runs };
}

describe('bursts of a link, in intervals', () => {
  it('have the stationary share p / (p + r) and mean runs of 1 / r, over the borders of intervals too', () => {
    for (const [p, r] of [
      [0.03, 0.25],
      [0.11, 0.25],
    ] as const) {
      const { share, run } = walk(p, r, 1);
      expect(Math.abs(share - p / (p + r))).toBeLessThan(0.004);
      expect(Math.abs(run - 1 / r)).toBeLessThan(0.06);
    }
  });

  it('are shorter for one stream of several, by the chain thinned: 1 / (share of good x (1 - (1 - p - r)^m))', () => {
    const [p, r, m] = [0.03, 0.25, 3];
    const { share, run } = walk(p, r, m);
    const left = 1 - p - r;
    const leave = (r / (p + r)) * (1 - left * left * left);
    expect(Math.abs(share - p / (p + r))).toBeLessThan(0.004);
    expect(Math.abs(run - 1 / leave)).toBeLessThan(0.03);
  });

  it('last from one interval to the next, and forget themselves in a long silence', () => {
    const chain = new BurstChain();
    const stream = new Choices(1).stream('test');
    const stuck = { p: 1, r: 1e-9, lossGood: 0, lossBad: 1 };
    for (const start of [0, FRAMES]) {
      const mask = frameMask(FRAMES);
      chain.walk(stuck, 1, stream, start, 0, FRAMES, mask);
      expect(hasFrame(mask, FRAMES - 1)).toBe(true);
      expect(hasFrame(mask, 0)).toBe(start > 0);
    }
    const mask = frameMask(FRAMES);
    // good and bad for about a frame each: after 1 000 s the state is anything
    chain.walk({ p: 0, r: 1, lossGood: 0, lossBad: 1 }, 1, stream, 50_000, 0, FRAMES, mask);
    expect(hasFrame(mask, 0)).toBe(false);
  });

  it('take geometric runs: the mean is 1 / probability, certain and impossible events need no draw', () => {
    const stream = new Choices(3).stream('test');
    let sum = 0;
    for (let i = 0; i < 100_000; i++) sum += runLength(stream, 0.02);
    expect(Math.abs(sum / 100_000 - 50)).toBeLessThan(0.6);
    expect(runLength(stream, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(runLength(stream, 1)).toBe(1);
  });
});
