import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CodecRow,
  delayImpairment,
  EVS_16,
  EVS_24,
  EVS_32,
  EVS_48,
  G711,
  G729A,
  lossImpairment,
  meanOpinion,
  OPUS_ROWS,
  rating,
} from '../../../../sim/media/ears/index.js';

const rows: readonly CodecRow[] = [G711, G729A, EVS_16, EVS_24, EVS_32, EVS_48];

describe('published values, to the printed digit', () => {
  test.each([
    [50, '2.575'],
    [60, '3.100'],
    [70, '3.597'],
    [80, '4.024'],
    [90, '4.339'],
    [93.2, '4.409'],
  ])('a rating of %f is an opinion of %s', (r, printed) => {
    expect(meanOpinion(r).toFixed(3)).toBe(printed);
  });

  test.each([
    [100, '0.00'],
    [150, '0.16'],
    [200, '3.04'],
    [300, '14.76'],
    [400, '24.07'],
  ])('%f ms from mouth to ear cost %s', (ms, printed) => {
    expect(delayImpairment(ms).toFixed(2)).toBe(printed);
  });

  test.each([
    [G711, 0.01, '17.92'],
    [G711, 0.02, '30.16'],
    [G711, 0.05, '51.08'],
    [G711, 0.1, '66.43'],
    [G729A, 0.01, '15.20'],
    [G729A, 0.02, '19.00'],
    [G729A, 0.05, '28.50'],
    [G729A, 0.1, '39.97'],
  ])('$name at a loss of %f: Ie,eff %s', (row, loss, printed) => {
    expect(lossImpairment(row, loss, 1).toFixed(2)).toBe(printed);
  });

  test('G.711 without loss and delay has the rating of the default values, 93.2', () => {
    expect(rating(G711, 0, 0, 1)).toBe(93.2);
  });

  test('full band is on its own scale: 148 at the top, 132 as ceiling, delay and rating by 1.48', () => {
    expect(rating(EVS_24, 0, 0, 1)).toBeCloseTo((148 - 7.2) / 1.48, 10);
    expect(lossImpairment(EVS_24, 0.1, 1)).toBeCloseTo(7.2 + ((132 - 7.2) * 10) / (10 + 11.4), 10);
    expect(rating(EVS_24, 300, 0, 1)).toBeCloseTo((148 - 7.2 - 1.48 * delayImpairment(300)) / 1.48, 10);
  });

  test('at 10 % loss the formulas span opinions from 1.2 to 3.2: none means anything without its name', () => {
    const opinions = rows.map((row) => meanOpinion(rating(row, 0, 0.1, 1)));
    expect(Math.min(...opinions)).toBeLessThan(1.6);
    expect(Math.max(...opinions)).toBeGreaterThan(2.5);
  });
});

test('each layer of Opus has the row of EVS that is nearest in bit rate', () => {
  expect(OPUS_ROWS).toEqual({ h: EVS_48, m: EVS_32, l: EVS_16 });
});

describe('an opinion', () => {
  const row = fc.constantFrom(...rows);
  const loss = fc.double({ min: 0, max: 1, noNaN: true });
  const delay = fc.double({ min: 0, max: 5_000, noNaN: true });
  const burst = fc.double({ min: 0, max: 20, noNaN: true });

  test('lies between 1 and 4.5 for whatever comes', () => {
    const any = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, 6.4, 6.5, 100, -1, 101));
    fc.assert(
      fc.property(any, (r) => {
        expect(meanOpinion(r)).toBeGreaterThanOrEqual(1);
        expect(meanOpinion(r)).toBeLessThanOrEqual(4.5);
      }),
    );
  });

  test('is never better with more delay', () => {
    fc.assert(
      fc.property(row, loss, delay, delay, (codec, lost, a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(rating(codec, more, lost, 1)).toBeLessThanOrEqual(rating(codec, less, lost, 1) + 1e-9);
      }),
    );
  });

  test('is never better with more loss, or with loss in longer bursts', () => {
    fc.assert(
      fc.property(row, delay, loss, loss, burst, burst, (codec, ms, a, b, c, d) => {
        const [fewer, more] = [Math.min(a, b), Math.max(a, b)];
        expect(rating(codec, ms, more, c)).toBeLessThanOrEqual(rating(codec, ms, fewer, c) + 1e-9);
        expect(rating(codec, ms, a, Math.max(c, d))).toBeLessThanOrEqual(rating(codec, ms, a, Math.min(c, d)) + 1e-9);
      }),
    );
  });

  test('grows with the rating', () => {
    const r = fc.double({ min: -10, max: 110, noNaN: true });
    fc.assert(
      fc.property(r, r, (a, b) => {
        expect(meanOpinion(Math.max(a, b))).toBeGreaterThanOrEqual(meanOpinion(Math.min(a, b)) - 1e-12);
      }),
    );
  });
});
