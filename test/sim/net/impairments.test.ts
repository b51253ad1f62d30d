import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../sim/kernel/index.js';
import { AccessLink } from '../../../sim/net/access-link.js';
import { type LinkOptions, PERFECT_LINK } from '../../../sim/net/link-options.js';
import { QUEUE_FULL } from '../../../sim/net/link-queue.js';
import { Loss } from '../../../sim/net/loss.js';
import { RatePlan } from '../../../sim/net/rate-plan.js';
import { RateQueue } from '../../../sim/net/rate-queue.js';

const N = 400_000;

function link(options: Partial<LinkOptions>, seed = 7): AccessLink {
  const { choices } = new Simulation({ seed });
  return new AccessLink(choices, 'net/test/up', { ...PERFECT_LINK, ...options }, null, 1460);
}

describe('Gilbert-Elliott loss', () => {
  it.each([
    [0.03, 0.25, 0.10714],
    [0.11, 0.25, 0.30556],
  ])('p %d r %d loses %d, in runs of 1/r', (p, r, expected) => {
    const stream = new Simulation({ seed: 11 }).choices.stream('loss');
    const loss = new Loss(0, { p, r, lossGood: 0, lossBad: 1 });
    let lost = 0;
    let runs = 0;
    let before = false;
    for (let index = 0; index < N; index++) {
      const now = loss.next(stream, 0);
      if (now) lost++;
      if (now && !before) runs++;
      before = now;
    }
    // The chain forgets with 1-p-r a step, so N packets are worth N (p+r)/(2-p-r) independent ones: 5 standard errors.
    const worth = (N * (p + r)) / (2 - p - r);
    expect(Math.abs(lost / N - p / (p + r))).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / worth));
    expect(p / (p + r)).toBeCloseTo(expected, 5);
    // Runs are geometric with mean 1/r and standard deviation sqrt(1-r)/r.
    expect(Math.abs(lost / runs - 1 / r)).toBeLessThan((5 * Math.sqrt(1 - r)) / r / Math.sqrt(runs));
  });

  // bursts are longer than those of independent losses by this factor (ITU-T G.107, section 3.5)
  it.each([
    [0.03, 0.25, 3.571],
    [0.11, 0.25, 2.778],
  ])('p %d r %d has BurstR 1/(p+r) = %d', (p, r, expected) => {
    const stream = new Simulation({ seed: 21 }).choices.stream('loss');
    const loss = new Loss(0, { p, r, lossGood: 0, lossBad: 1 });
    let lost = 0;
    let runs = 0;
    let before = false;
    for (let index = 0; index < N; index++) {
      const now = loss.next(stream, 0);
      if (now) lost++;
      if (now && !before) runs++;
      before = now;
    }
    const meanRun = lost / runs;
    const meanRandomRun = 1 / (1 - lost / N);
    expect(1 / (p + r)).toBeCloseTo(expected, 3);
    expect(Math.abs(meanRun / meanRandomRun / expected - 1)).toBeLessThan(0.03);
  });

  it.each([
    [0.05, 2],
    [0.1, 5],
    [0.3, 10],
  ])("in libwebrtc's form, loss %d in bursts of %d, comes to the same", (share, burst) => {
    const start = share / ((1 - share) * burst);
    const stay = 1 - 1 / burst;
    const stream = new Simulation({ seed: 8 }).choices.stream('loss');
    const loss = new Loss(0, { p: start, r: 1 - stay, lossGood: 0, lossBad: 1 });
    let lost = 0;
    for (let index = 0; index < N; index++) if (loss.next(stream, 0)) lost++;
    expect(start / (start + 1 - stay)).toBeCloseTo(share, 12);
    const worth = (N * (start + 1 - stay)) / (2 - start - 1 + stay);
    expect(Math.abs(lost / N - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / worth));
  });

  it('loses lossBad and lossGood of the packets in each state', () => {
    const stream = new Simulation({ seed: 3 }).choices.stream('loss');
    const loss = new Loss(0, { p: 0.1, r: 0.3, lossGood: 0.01, lossBad: 0.5 });
    let lost = 0;
    for (let index = 0; index < N; index++) if (loss.next(stream, 0)) lost++;
    expect(lost / N).toBeCloseTo(0.25 * 0.5 + 0.75 * 0.01, 2);
  });

  it('forgets a burst while nothing is sent, at the pace of voice', () => {
    const stream = new Simulation({ seed: 5 }).choices.stream('loss');
    const p = 0.03;
    const r = 0.25;
    for (const [gapUs, steps] of [
      [20_000, 1],
      [80_000, 4],
      [2_000_000, 100],
    ] as const) {
      const loss = new Loss(0, { p, r, lossGood: 0, lossBad: 1 });
      let pairs = 0;
      let both = 0;
      let before = false;
      for (let index = 1; index <= N; index++) {
        const now = loss.next(stream, index * gapUs);
        if (before) pairs++;
        if (before && now) both++;
        before = now;
      }
      const settled = p / (p + r);
      let memory = 1;
      for (let step = 0; step < steps; step++) memory *= 1 - p - r;
      const expected = settled + (1 - settled) * memory;
      expect(Math.abs(both / pairs - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / pairs));
    }
  });
});

describe('Bernoulli loss', () => {
  it('loses its share', () => {
    const lossy = link({ lossRate: 0.05 });
    let lost = 0;
    for (let index = 0; index < N; index++) if (lossy.pass(0, 100, false) < 0) lost++;
    expect(Math.abs(lost / N - 0.05)).toBeLessThan(5 * Math.sqrt((0.05 * 0.95) / N));
  });

  it('loses a long message when any of its packets is lost', () => {
    const lossy = link({ lossRate: 0.1 });
    let lost = 0;
    for (let index = 0; index < N / 10; index++) if (lossy.pass(0, 14_600, false) < 0) lost++;
    let allArrive = 1;
    for (let packet = 0; packet < 10; packet++) allArrive *= 0.9;
    expect(lost / (N / 10)).toBeCloseTo(1 - allArrive, 2);
  });
});

describe('serialisation', () => {
  it('takes exactly 20 ms for 210 B at 84 kbps', () => {
    const slow = link({ rateKbps: 84 });
    expect(slow.pass(1000, 210, false)).toBe(21_000);
    expect(slow.pass(1000, 210, false)).toBe(41_000);
    expect(slow.pass(100_000, 210, false)).toBe(120_000);
  });

  it('drops at the tail by delay', () => {
    const queue = new RateQueue(new RatePlan(84, []), { queueMs: 40, queueBytes: null });
    const exits = [0, 0, 0, 0].map((nowUs) => queue.offer(nowUs, 210, false));
    expect(exits).toEqual([20_000, 40_000, 60_000, QUEUE_FULL]);
    expect(queue.offer(0, 210, true)).toBe(80_000);
  });

  it('drops at the tail by bytes, but never a packet that finds the queue empty', () => {
    const queue = new RateQueue(new RatePlan(84, []), { queueMs: null, queueBytes: 420 });
    expect(queue.offer(0, 2000, false)).toBeGreaterThan(0);
    const other = new RateQueue(new RatePlan(84, []), { queueMs: null, queueBytes: 420 });
    expect([0, 0, 0].map(() => other.offer(0, 210, false))).toEqual([20_000, 40_000, QUEUE_FULL]);
    expect(other.offer(20_000, 210, false)).toBe(60_000);
  });
});

describe('delay', () => {
  it('is constant without jitter and has the right mean and width with it', () => {
    expect(link({ delayMs: 35 }).pass(5, 100, false)).toBe(35_005);
    for (const [jitterShape, mean, sd] of [
      ['uniform', 100, 25 / Math.sqrt(3)],
      ['normal', 100, 25],
      ['exponential', 125, 25],
    ] as const) {
      const jittered = link({ delayMs: 100, jitterMs: 25, jitterShape });
      let sum = 0;
      let squares = 0;
      const n = 50_000;
      for (let index = 0; index < n; index++) {
        const delayMs = jittered.pass(0, 100, false) / 1000;
        sum += delayMs;
        squares += delayMs * delayMs;
      }
      expect(sum / n).toBeCloseTo(mean, 0);
      expect(Math.abs(Math.sqrt(squares / n - (sum / n) * (sum / n)) - sd)).toBeLessThan(0.5);
    }
  });

  it('follows phases, once or repeated', () => {
    const phase = { fromMs: 0, untilMs: 300, everyMs: 15_000, delayMs: 140 };
    const starlink = link({ delayMs: 20, phases: [phase] });
    expect([0, 299_999, 300_000, 15_000_000].map((us) => starlink.pass(us, 1, false) - us)).toEqual([
      140_000, 140_000, 20_000, 140_000,
    ]);
    const spiky = link({ delayMs: 50, phases: [{ fromMs: 10_000, untilMs: 20_000, everyMs: null, delayMs: 100 }] });
    expect([9_999_999, 10_000_000, 20_000_000].map((us) => spiky.pass(us, 1, false) - us)).toEqual([
      50_000, 100_000, 50_000,
    ]);
  });
});
