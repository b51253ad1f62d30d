import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LAYER_KBPS, LAYER_NAMES, type LayerName } from '../../../core/media/layers.js';
import { QualityAdaptation } from '../../../core/media/quality-adaptation.js';

type Step = readonly [atMs: number, lossShare: number, availableKbps?: number];

/** The layers after each report. */
function run(quality: QualityAdaptation, steps: readonly Step[]): string {
  return steps
    .map(([atMs, lossShare, availableKbps]) =>
      quality.update({ atMs, lossShare, ...(availableKbps === undefined ? {} : { availableKbps }) }),
    )
    .join('');
}

/** A report a second. */
const seconds = (losses: readonly number[], fromSecond = 0): Step[] =>
  losses.map((loss, i) => [(fromSecond + i) * 1000, loss]);

describe('quality by loss (B5)', () => {
  test('loss over 10 % is one level down, 10 % is not', () => {
    expect(run(new QualityAdaptation(), [[0, 0.1]])).toBe('h');
    expect(run(new QualityAdaptation(), [[0, 0.1001]])).toBe('m');
    expect(run(new QualityAdaptation('l'), [[0, 0.9]])).toBe('l');
  });

  test('never two changes within 5 s, as listeners see them: the second level falls 5.5 s after the first', () => {
    const steps: Step[] = [
      [0, 0.5],
      [5_499, 0.5],
      [5_500, 0.5],
    ];
    expect(run(new QualityAdaptation(), steps)).toBe('mml');
  });

  test('loss under 2 % for 10 s is one level up, and another 10 s the next', () => {
    expect(run(new QualityAdaptation('l'), seconds(Array(21).fill(0.0199)))).toBe('llllllllllmmmmmmmmmmh');
    expect(
      run(new QualityAdaptation('l'), [
        [0, 0],
        [9_999, 0],
      ]),
    ).toBe('ll');
  });

  test('2 % is not under 2 %; a report of 8 % starts the 10 s again, one of 6 % among calm ones is chance', () => {
    expect(run(new QualityAdaptation('m'), seconds(Array(30).fill(0.02)))).toBe('m'.repeat(30));
    const losses = (chance: number) => [...Array(9).fill(0), chance, ...Array(11).fill(0)];
    expect(run(new QualityAdaptation('m'), seconds(losses(0.08)))).toBe(`${'m'.repeat(20)}h`);
    expect(run(new QualityAdaptation('m'), seconds(losses(0.06)))).toBe(`${'m'.repeat(10)}${'h'.repeat(11)}`);
  });

  test('on a link that loses 0.4 % of its packets, the best level is back 20 s later', () => {
    const quality = new QualityAdaptation('l');
    // of 50 packets in a report one is lost now and then, once three are
    const losses = [0, 0.02, 0, 0, 0.02, 0, 0, 0.06, 0, 0, 0, 0.02, 0, 0.02, 0, 0, 0.02, 0, 0, 0, 0];
    expect(run(quality, seconds(losses))).toBe('llllllllllmmmmmmmmmmh');
  });

  test('a level that cannot be kept is tried after 10, 20, 40, 40 s; one that was kept for long begins anew', () => {
    const quality = new QualityAdaptation('m');
    const triedAfter: number[] = [];
    let second = 0;
    const calmSeconds = (): number => {
      let count = 0;
      do {
        count++;
        quality.update({ atMs: second++ * 1000, lossShare: 0 });
      } while (quality.layer === 'm');
      return count;
    };
    const lossy = (): void => {
      while (quality.layer === 'h') quality.update({ atMs: second++ * 1000, lossShare: 0.5 });
    };
    for (let trial = 0; trial < 4; trial++) {
      triedAfter.push(calmSeconds());
      lossy();
    }
    triedAfter.push(calmSeconds());
    for (let calm = 0; calm < 60; calm++) quality.update({ atMs: second++ * 1000, lossShare: 0 });
    lossy();
    triedAfter.push(calmSeconds());
    expect(triedAfter).toEqual([11, 21, 41, 41, 41, 11]);
  });

  test('a time without reports does not count as calm', () => {
    expect(
      run(new QualityAdaptation('m'), [
        [0, 0],
        [10_001, 0],
        [20_001, 0],
      ]),
    ).toBe('mmh');
  });

  test('a share that is no number changes nothing', () => {
    expect(run(new QualityAdaptation('m'), seconds(Array(30).fill(Number.NaN)))).toBe('m'.repeat(30));
  });
});

describe('caps on the quality', () => {
  test('a device cap holds from the next report on, also after it was lifted the 10 s count', () => {
    const quality = new QualityAdaptation();
    quality.cap('m');
    expect(quality.layer).toBe('h');
    expect(run(quality, seconds(Array(20).fill(0)))).toBe('m'.repeat(20));
    quality.cap(null);
    expect(run(quality, [[20_000, 0]])).toBe('h');
  });

  test('an estimate that is too small for 1.5 s takes the quality down to what fits, at once together with loss', () => {
    const short: Step[] = [
      [0, 0, 64],
      [1_000, 0, 20],
      [2_499, 0, 20],
      [2_500, 0, 20],
    ];
    expect(run(new QualityAdaptation(), short)).toBe('hhhl');
    expect(run(new QualityAdaptation(), [[0, 0.11, 20]])).toBe('l');
  });

  test('a short dip of the estimate does nothing', () => {
    expect(
      run(new QualityAdaptation(), [
        [0, 0, 64],
        [1_000, 0, 63],
        [1_900, 0, 64],
        [2_900, 0, 63],
      ]),
    ).toBe('hhhh');
  });

  test('a level is tried only when the estimate has carried it for 2 s', () => {
    const steps = (freeFrom: number): Step[] =>
      Array.from({ length: 16 }, (_, i) => [i * 1000, 0, i < freeFrom ? 63 : 64]);
    expect(run(new QualityAdaptation('m'), steps(0))).toBe(`${'m'.repeat(10)}hhhhhh`);
    expect(run(new QualityAdaptation('m'), steps(12))).toBe(`${'m'.repeat(14)}hh`);
  });

  test('what a layer needs can be set', () => {
    const quality = new QualityAdaptation();
    quality.need({ h: 600, m: 400, l: 300 });
    expect(
      run(quality, [
        [0, 0, 450],
        [1_500, 0, 450],
      ]),
    ).toBe('hm');
  });
});

describe('whatever is reported', () => {
  const layers = fc.constantFrom<LayerName | null>(...LAYER_NAMES, null);
  const step = fc.record({
    gapMs: fc.integer({ min: 0, max: 12_000 }),
    lossShare: fc.oneof(fc.double({ min: 0, max: 0.3, noNaN: true }), fc.constantFrom(0, 0.02, 0.1)),
    availableKbps: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
    cap: fc.option(layers, { nil: undefined, freq: 4 }),
  });

  test('changes are 5.5 s apart, up is one level after 10 calm seconds, and a cap is kept 5.5 s later at the latest', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
        const quality = new QualityAdaptation();
        let atMs = 0;
        let changedAtMs = Number.NEGATIVE_INFINITY;
        let calmSinceMs: number | null = null;
        let cappedAtMs = 0;
        let cap: LayerName = 'h';
        for (const { gapMs, lossShare, availableKbps, cap: newCap } of steps) {
          atMs += gapMs;
          if (newCap !== undefined) {
            quality.cap(newCap);
            cap = newCap ?? 'h';
            cappedAtMs = atMs;
          }
          // such a report alone makes the average 2 %
          const heavy = lossShare >= 0.02 && lossShare * (1 - Math.exp(-gapMs / 3_000)) >= 0.02;
          calmSinceMs = heavy ? null : (calmSinceMs ?? atMs);
          const before = quality.layer;
          const layer = quality.update({ atMs, lossShare, ...(availableKbps === undefined ? {} : { availableKbps }) });
          const gain = LAYER_NAMES.indexOf(before) - LAYER_NAMES.indexOf(layer);
          if (gain !== 0) {
            expect(atMs - changedAtMs).toBeGreaterThanOrEqual(5_500);
            changedAtMs = atMs;
          }
          if (gain > 0) {
            expect(gain).toBe(1);
            expect(atMs - calmSinceMs!).toBeGreaterThanOrEqual(10_000);
            expect(LAYER_KBPS[layer]).toBeLessThanOrEqual(availableKbps ?? Number.POSITIVE_INFINITY);
          }
          if (atMs - cappedAtMs >= 5_500) expect(LAYER_KBPS[layer]).toBeLessThanOrEqual(LAYER_KBPS[cap]);
        }
      }),
    );
  });
});
