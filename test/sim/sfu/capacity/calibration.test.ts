import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate, fitNonNegative, readMeasuredRows } from '../../../../sim/sfu/calibration/index.js';
import { NODE_PROFILES } from '../../../../sim/sfu/capacity/index.js';

const measured = (name: string) =>
  readMeasuredRows(readFileSync(`scenarios/capacity/measured/${name}.csv`, 'utf8'), `${name}.csv`);
const errorOf = (rows: readonly { name: string; error: number | null }[], name: string) =>
  rows.find((row) => row.name === name)!.error as number;

describe('published rows of rtcd', () => {
  it('two of them predict the CPU of the others within 20 %, and the memory within 3 %', () => {
    const { cpu, memory } = calibrate(measured('rtcd-two-rows'), false);
    // too much for all: the first row, of a small machine, is the most expensive of its kind
    expect(errorOf(cpu.rows, '1x1000 on 8')).toBeCloseTo(0.181, 3);
    expect(errorOf(cpu.rows, '100x10 on 4')).toBeCloseTo(0.088, 3);
    expect(errorOf(cpu.rows, '250x10 on 8')).toBeCloseTo(0.154, 3);
    // another program: LiveKit sends a packet with 13.3 us
    expect(errorOf(cpu.rows, 'LiveKit 10 to 3000')).toBeCloseTo(0.394, 3);
    for (const { error, fitted } of memory!.rows) if (!fitted) expect(Math.abs(error!)).toBeLessThan(0.03);
  });

  it('three of them predict the other two within 10 %; that is the profile', () => {
    const fit = calibrate(measured('rtcd-voice'), false);
    for (const { error, fitted } of fit.cpu.rows) if (!fitted) expect(Math.abs(error!)).toBeLessThan(0.1);
    expect(fit.cpu.heldOutError).toBeLessThan(0.07);
    expect(fit.memory!.heldOutError).toBeLessThan(0.02);
    for (const name of ['rtcd-c7i.xlarge', 'rtcd-c7i.2xlarge']) {
      const profile = NODE_PROFILES.get(name)!;
      expect(profile.coreUsPerPacketIn).toBeCloseTo(fit.coreUsPerPacketIn, 2);
      expect(profile.coreUsPerPacketOut).toBeCloseTo(fit.coreUsPerPacketOut, 2);
      expect(profile.memoryMBPerParticipant).toBeCloseTo(fit.memory!.MBPerParticipant, 3);
      expect(Math.abs(profile.baseMemoryMB - fit.memory!.baseMB)).toBeLessThan(1);
    }
  });

  it('what rows cannot tell is said: two calls of 1 000 know nothing of what comes in', () => {
    const rows = measured('rtcd-voice').map((row) => ({ ...row, holdOut: !row.name.startsWith('1x1000') }));
    const fit = calibrate(rows, false);
    expect(fit.coreUsPerPacketIn).toBe(0);
    expect(fit.warnings.join()).toMatch(/no cost on a packet that arrives/);
    expect(errorOf(fit.cpu.rows, '1000x2 on 8')).toBeLessThan(-0.7);
  });
});

describe('the fit', () => {
  it('property: finds costs back from rows that follow them', () => {
    const cost = fc.integer({ min: 0, max: 1_000 }).map((value) => value / 10);
    const rate = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(cost, cost, fc.array(fc.tuple(rate, rate), { minLength: 3, maxLength: 6 }), (a, b, rates) => {
        const [first, ...rest] = rates.map(([x, y]) => x / y);
        fc.pre(rest.some((ratio) => Math.abs(ratio / first! - 1) > 0.1));
        const fit = fitNonNegative(rates.map(([x, y]) => ({ factors: [x, y], value: a * x + b * y })))!;
        expect(fit.coefficients[0]).toBeCloseTo(a, 3);
        expect(fit.coefficients[1]).toBeCloseTo(b, 3);
      }),
    );
  });

  it('property: no cost is negative, and no single cost could be changed for the better', () => {
    const value = fc.integer({ min: 0, max: 100 });
    const row = fc.record({ factors: fc.tuple(value, value), value });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 6 }), (rows) => {
        const fit = fitNonNegative(rows);
        if (fit === null) return;
        const error = (coefficients: readonly number[]) =>
          rows.reduce((sum, { factors, value: y }) => {
            const residual = y - factors[0] * coefficients[0]! - factors[1] * coefficients[1]!;
            return sum + residual * residual;
          }, 0);
        const [a, b] = fit.coefficients as [number, number];
        expect(Math.min(a, b)).toBeGreaterThanOrEqual(0);
        for (const [da, db] of [
          [1e-3, 0],
          [-1e-3, 0],
          [0, 1e-3],
          [0, -1e-3],
        ] as const) {
          if (a + da < 0 || b + db < 0) continue;
          expect(error([a + da, b + db])).toBeGreaterThanOrEqual(error([a, b]) - 1e-6);
        }
      }),
    );
  });
});

describe('a table that is wrong is refused with line and column', () => {
  const header = 'name,cores,packetsInPerS,packetsOutPerS,cpuShare';
  it.each([
    ['', 't.csv:1:1: the file is empty'],
    ['name,cpu\n', 't.csv:1:6: there is no column "cpu"'],
    ['cores,cores,cpuShare\n', 't.csv:1:7: column cores is there twice'],
    [
      'name,cores,packetsInPerS,cpuShare\na,1,1,1',
      't.csv:1:1: column packetsOutPerS is missing (or mbpsOut and packetBytes)',
    ],
    [`${header}\n`, 't.csv:1:1: there is only a header'],
    [`# why\n${header}\na,4,1,2\n`, 't.csv:3:7: has 4 cells, the header has 5'],
    [`${header}\na,4,1,x,0.5\n`, 't.csv:2:7: packetsOutPerS must be a number from 0, not "x"'],
    [`${header}\na,4,1,-2,0.5\n`, 't.csv:2:7: packetsOutPerS must be a number from 0, not "-2"'],
    [`${header}\na,0,1,2,0.5\n`, 't.csv:2:3: cores must be above 0'],
    [`${header}\na,4,1,2,47\n`, 't.csv:2:9: cpuShare is a share from 0 to 1, not 47; write 0.47 for 47 %'],
    [`${header}\na,4,,2,0.5\n`, 't.csv:2:5: packetsInPerS is missing'],
    [`${header}\n"a,4,1,2,0.5\n`, 't.csv:2:1: a quote is not closed'],
  ])('%j', (text, message) => {
    expect(() => readMeasuredRows(text, 't.csv')).toThrow(message);
  });

  it('quotes, comments, empty lines and a byte-order mark are read', () => {
    const [row] = readMeasuredRows(`\uFEFF${header}\r\n\r\n# no\r\n"a, ""b""",4,1,2,0.5\r\n`, 't.csv');
    expect(row).toMatchObject({ name: 'a, "b"', cores: 4, packetsInPerS: 1, packetsOutPerS: 2, holdOut: false });
  });

  it('too few rows are too few', () => {
    const rows = readMeasuredRows(`${header}\na,4,1,2,0.5\n`, 't.csv');
    expect(() => calibrate(rows, false)).toThrow(/need at least 2 rows that are not held out, and there are 1/);
  });
});
