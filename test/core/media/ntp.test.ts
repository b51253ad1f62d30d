import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactNtp, compactSpan, compactSpanMs, ntpTime } from '../../../core/media/ntp.js';

describe('NTP time', () => {
  it.each([
    // 1970-01-01; half a second later; a second before the wrap of 2036 (RFC 5905, figure 4)
    [0, { seconds: 2_208_988_800, fraction: 0 }],
    [500, { seconds: 2_208_988_800, fraction: 0x8000_0000 }],
    [2_085_978_495_000, { seconds: 0xffff_ffff, fraction: 0 }],
    [2_085_978_496_000, { seconds: 0, fraction: 0 }],
    [-250, { seconds: 2_208_988_799, fraction: 0xc000_0000 }],
  ])('of %d ms', (unixMs, expected) => {
    expect(ntpTime(unixMs)).toEqual(expected);
  });

  it('is compact in its middle 32 bits', () => {
    expect(compactNtp({ seconds: 0xb44d_b705, fraction: 0x2000_0000 })).toBe(0xb705_2000);
  });

  it('measures spans over the wrap of the compact form to 1/65 536 s', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 4e12, noNaN: true }),
        fc.double({ min: 0, max: 30_000_000, noNaN: true }),
        (fromMs, spanMs) => {
          const units = (compactNtp(ntpTime(fromMs + spanMs)) - compactNtp(ntpTime(fromMs))) >>> 0;
          expect(Math.abs(compactSpanMs(units) - spanMs)).toBeLessThan(0.02);
          expect(Math.abs(compactSpanMs(compactSpan(spanMs)) - spanMs)).toBeLessThan(0.016);
        },
      ),
    );
  });

  it('keeps spans within 32 bits', () => {
    expect(compactSpan(-1)).toBe(0);
    expect(compactSpan(1e9)).toBe(0xffff_ffff);
  });
});
