import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageRate } from '../../../core/sfu/message-rate.js';

describe('rate of messages (B9)', () => {
  it('allows 100 in any second, and the next one exactly a second after the first', () => {
    const rate = new MessageRate(100, 1_000);
    for (let index = 0; index < 100; index++) expect(rate.allow(index)).toBe(true);
    expect(rate.allow(999)).toBe(false);
    expect(rate.allow(1_000)).toBe(true);
    expect(rate.allow(1_000)).toBe(false);
    expect(rate.allow(1_001)).toBe(true);
  });

  it('agrees with counting all that was allowed in the window before, for any times', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 300 }),
        fc.integer({ min: 1, max: 8 }),
        (steps, limit) => {
          const rate = new MessageRate(limit, 100);
          const allowed: number[] = [];
          let atMs = 0;
          for (const step of steps) {
            atMs += step;
            const expected = allowed.filter((each) => each > atMs - 100).length < limit;
            expect(rate.allow(atMs)).toBe(expected);
            if (expected) allowed.push(atMs);
          }
        },
      ),
    );
  });

  it('gives nothing away when the clock goes back', () => {
    const rate = new MessageRate(2, 1_000);
    expect([5_000, 1_000, 0, 5_999, 6_000].map((atMs) => rate.allow(atMs))).toEqual([true, true, false, false, true]);
  });
});
