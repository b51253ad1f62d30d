import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { meanRateKbps, OPPORTUNITY_BYTES, parseMahimahi } from '../../../sim/net/index.js';
import { QUEUE_FULL } from '../../../sim/net/link-queue.js';
import { TraceQueue } from '../../../sim/net/trace-queue.js';

const NO_LIMIT = { queueMs: null, queueBytes: null };

describe('parseMahimahi', () => {
  it.each([
    ['', 'small is empty; a trace has one time in ms per line'],
    ['\n', 'small: line 1 is empty; remove it'],
    ['1\nabc\n', 'small: line 2 is not a whole number of milliseconds: "abc"'],
    ['1\n-5\n', 'small: line 2 is negative (-5); times are milliseconds from 0'],
    ['1\n86400000\n', 'small: line 2 jumps from 1 to 86400000; the longest outage allowed is an hour'],
    ['1\n7\n3\n', 'small: line 3 goes back from 7 to 3; sort the file'],
    ['1\n2.5\n', 'small: line 2 is not a whole number of milliseconds: "2.5"'],
    ['0\n0\n', 'small lasts 0 ms; its last time must be above 0'],
  ])('refuses %j', (text, message) => {
    expect(() => parseMahimahi(text, 'small')).toThrow(message);
  });

  it('reads times and period', () => {
    const trace = parseMahimahi('0\n5\r\n5\n10\n', 'small');
    expect([...trace.opportunitiesMs]).toEqual([0, 5, 5, 10]);
    expect(trace.periodMs).toBe(10);
    expect(meanRateKbps(trace)).toBe((4 * 1500 * 8) / 10);
  });
});

describe('TraceQueue', () => {
  const trace = parseMahimahi('2\n5\n5\n10\n', 'small');

  it('delivers at opportunities, fills them, and repeats', () => {
    const queue = new TraceQueue(trace, NO_LIMIT);
    const exitsMs = [1000, 1000, 1000, 1500, 3000].map((bytes) => queue.offer(0, bytes, false) / 1000);
    // 1000 in [2]; 500 + 500 in [2, 5]; 1000 in the first 5; 1500 in the second 5; 3000 in 10 and 12.
    expect(exitsMs).toEqual([2, 5, 5, 5, 12]);
  });

  it('loses what nobody waited for', () => {
    const queue = new TraceQueue(trace, NO_LIMIT);
    expect(queue.offer(0, 100, false)).toBe(2000);
    expect(queue.offer(2500, 1500, false)).toBe(5000);
    expect(queue.offer(100_500, 100, false)).toBe(102_000);
  });

  it('drops by length and by delay', () => {
    const byBytes = new TraceQueue(trace, { queueMs: null, queueBytes: 3000 });
    expect(byBytes.offer(0, 1500, false)).toBe(2000);
    expect(byBytes.offer(0, 1500, false)).toBe(5000);
    expect(byBytes.offer(0, 1, false)).toBe(QUEUE_FULL);
    expect(byBytes.offer(0, 1, true)).toBe(5000);
    expect(byBytes.offer(2001, 1, false)).toBe(5000);
    const byDelay = new TraceQueue(trace, { queueMs: 4, queueBytes: null });
    expect(byDelay.offer(0, 3000, false)).toBe(5000);
    expect(byDelay.offer(0, 1500, false)).toBe(QUEUE_FULL);
    expect(byDelay.offer(1000, 1500, false)).toBe(5000);
  });
});

/** Recorded by Winstein et al., NSDI 2013; not part of the project. */
const recordings = new URL('../../../../shared/data/mahimahi/', import.meta.url);
const present = existsSync(recordings);
if (!present) console.log('skipped: no recordings in ../shared/data/mahimahi');

describe.skipIf(!present)('recorded traces (skipped without ../shared/data/mahimahi)', () => {
  it.each([
    ['Verizon-EVDO-driving.down', 0.52, 0.01, 11.6],
    ['Verizon-LTE-short.down', 5.03, 1.08, 1.4],
  ])(
    '%s carries %d Mbps on average, %d in its worst seconds, and is dead for up to %d s',
    (name, meanMbps, p5Mbps, gapS) => {
      const trace = parseMahimahi(readFileSync(new URL(name, recordings), 'utf8'), name);
      const perSecond = new Array<number>(Math.ceil(trace.periodMs / 1000)).fill(0);
      for (const timeMs of trace.opportunitiesMs) {
        const second = Math.min(perSecond.length - 1, Math.floor(timeMs / 1000));
        perSecond[second] = (perSecond[second] as number) + (OPPORTUNITY_BYTES * 8) / 1e6;
      }
      expect(perSecond.reduce((sum, each) => sum + each, 0) / perSecond.length).toBeCloseTo(meanMbps, 2);
      expect(perSecond.sort((a, b) => a - b)[Math.floor(0.05 * perSecond.length)]).toBeCloseTo(p5Mbps, 2);
      let longestMs = 0;
      trace.opportunitiesMs.forEach((timeMs, index) => {
        longestMs = Math.max(longestMs, timeMs - (trace.opportunitiesMs[index - 1] ?? 0));
      });
      expect(longestMs / 1000).toBeCloseTo(gapS, 1);
    },
  );

  it('a saturated queue is served at the rate of the trace', () => {
    const trace = parseMahimahi(readFileSync(new URL('Verizon-LTE-short.down', recordings), 'utf8'), 'lte');
    const queue = new TraceQueue(trace, NO_LIMIT);
    let exitUs = 0;
    for (let packet = 0; packet < 20_000; packet++) exitUs = queue.offer(0, 1500, false);
    expect(exitUs).toBe((trace.opportunitiesMs[19_999] as number) * 1000);
  });
});
