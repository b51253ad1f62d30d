import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OveruseDetector } from '../../../../core/media/gcc/overuse-detector.js';

const FULL = 60;
/** The slope whose trend (gain 4, 60 groups) is this. */
const slopeOf = (trend: number) => trend / (FULL * 4);

describe('over-use of a link', () => {
  test('a trend of 12.5 is normal at first, more is over-use, less than -12.5 under-use', () => {
    const use = (trend: number) => {
      const detector = new OveruseDetector();
      // both at the same time: the threshold has no time to adapt
      detector.update(slopeOf(trend), FULL, 20, 0);
      return detector.update(slopeOf(trend), FULL, 20, 0);
    };
    expect(use(12.5)).toBe('normal');
    expect(use(12.5001)).toBe('over');
    expect(use(-12.5)).toBe('normal');
    expect(use(-12.5001)).toBe('under');
  });

  test('it has to last longer than 10 ms, of which half a group is assumed for the first', () => {
    const uses = (sendDeltaMs: number) => {
      const detector = new OveruseDetector();
      return Array.from({ length: 4 }, () => detector.update(slopeOf(20), FULL, sendDeltaMs, 0));
    };
    expect(uses(4)).toEqual(['normal', 'normal', 'normal', 'over']); // 2, 6, 10, 14 ms
    expect(uses(4.001)).toEqual(['normal', 'normal', 'over', 'over']); // 10.0025 ms
    expect(uses(100)).toEqual(['normal', 'over', 'over', 'over']); // never the first
  });

  test('a slope that has begun to fall is not over-use any more', () => {
    const detector = new OveruseDetector();
    detector.update(slopeOf(25), FULL, 20, 0);
    expect(detector.update(slopeOf(24), FULL, 20, 0)).toBe('normal');
    expect(detector.update(slopeOf(24), FULL, 20, 0)).toBe('over');
  });

  test('slopes count in proportion to the groups they are from, up to 60', () => {
    const use = (count: number) => {
      const detector = new OveruseDetector();
      detector.update(slopeOf(20), count, 20, 0);
      return detector.update(slopeOf(20), count, 20, 0);
    };
    expect(use(30)).toBe('normal');
    expect(use(60)).toBe('over');
    expect(use(1000)).toBe('over');
    const early = new OveruseDetector();
    expect(early.update(1, 1, 20, 0)).toBe('normal');
  });

  test('the threshold follows the trend, down faster than up, by at most 100 ms at once', () => {
    const threshold = (trend: number, elapsedMs: number) => {
      const detector = new OveruseDetector();
      detector.update(slopeOf(trend), FULL, 20, 1_000);
      detector.update(slopeOf(trend), FULL, 20, 1_000 + elapsedMs);
      return detector.threshold;
    };
    expect(threshold(14.5, 10)).toBeCloseTo(12.5 + 0.0087 * 2 * 10, 10);
    expect(threshold(10.5, 10)).toBeCloseTo(12.5 - 0.039 * 2 * 10, 10);
    expect(threshold(14.5, 5_000)).toBeCloseTo(12.5 + 0.0087 * 2 * 100, 10);
  });

  test('it does not get used to a spike more than 15 over the threshold', () => {
    const detector = new OveruseDetector();
    for (let i = 0; i < 100; i++) detector.update(slopeOf(27.6), FULL, 20, i * 20);
    expect(detector.threshold).toBe(12.5);
    for (let i = 100; i < 200; i++) detector.update(slopeOf(27.4), FULL, 20, i * 20);
    expect(detector.threshold).toBeGreaterThan(20);
  });

  test('in quiet the threshold comes down to 6, and whatever happens it lies within 6 and 600', () => {
    const led = new OveruseDetector();
    for (let i = 0; i < 200; i++) led.update(slopeOf(led.threshold + 14), FULL, 20, i * 100);
    expect(led.threshold).toBe(600);
    const quiet = new OveruseDetector();
    for (let i = 0; i < 200; i++) quiet.update(0, FULL, 20, i * 20);
    expect(quiet.threshold).toBe(6);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.nat(200))), (steps) => {
        const detector = new OveruseDetector();
        let atMs = 0;
        for (const [slope, gapMs] of steps) {
          atMs += gapMs;
          detector.update(slope, FULL, gapMs, atMs);
          expect(detector.threshold).toBeGreaterThanOrEqual(6);
          expect(detector.threshold).toBeLessThanOrEqual(600);
        }
      }),
    );
  });
});
