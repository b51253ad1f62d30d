import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EstimatorLimitsError } from '../../../../core/media/estimator-limits.js';
import { headroomKbps } from '../../../../core/media/gcc/aimd-rate-control.js';
import { GccEstimator } from '../../../../core/media/gcc/gcc-estimator.js';
import { between, closedLoop, mean, type Sample, type Steps, uniform } from '../closed-loop.js';

const estimates = (samples: readonly Sample[]) => samples.map(({ estimateKbps }) => estimateKbps);

/** A sender that sends what the estimate says. */
function greedy(link: { capacityKbps: number; jitterMs?: number; startKbps?: number; seed?: number }, untilMs: number) {
  const { capacityKbps, startKbps = 300, ...rest } = link;
  const flow = { estimator: new GccEstimator({ startKbps }) };
  return closedLoop({ capacityKbps: [[0, capacityKbps]], ...rest }, [flow], untilMs)[0]!;
}

/** A voice of 64 kbit/s: 88.8 on the wire. */
const voice = () => 88.8;

/** Estimates under reports of these losses, one a second, and nothing else. */
function underLoss(losses: readonly number[], startKbps = 300): number[] {
  const estimator = new GccEstimator({ startKbps });
  return losses.map((lossShare, second) => {
    estimator.onLossReport({ atMs: second * 1_000, lossShare, rttMs: 100 });
    return estimator.estimateKbps;
  });
}

describe('on a steady link', () => {
  test('the estimate settles under the capacity, wherever it starts, with a short queue and no loss', () => {
    const link = fc.record({
      capacityKbps: fc.integer({ min: 50, max: 600 }),
      startKbps: fc.constantFrom(30, 100, 300),
      jitterMs: fc.constantFrom(0, 10, 30),
      seed: fc.nat(1_000),
    });
    fc.assert(
      fc.property(link, (shape) => {
        const late = between(greedy(shape, 90_000), 45_000, 90_000);
        expect(Math.max(...estimates(late))).toBeLessThan(1.15 * shape.capacityKbps);
        expect(mean(estimates(late))).toBeGreaterThan(0.8 * shape.capacityKbps);
        expect(mean(late.map(({ queueMs }) => queueMs))).toBeLessThan(30);
        expect(mean(late.map(({ lossShare }) => lossShare))).toBeLessThan(0.005);
      }),
      { numRuns: 25 },
    );
  });

  test('a buffer that is full from the start is drained', () => {
    const samples = greedy({ capacityKbps: 100, startKbps: 300 }, 20_000);
    expect(Math.max(...samples.map(({ queueMs }) => queueMs))).toBeGreaterThan(290);
    expect(Math.max(...between(samples, 5_000, 20_000).map(({ queueMs }) => queueMs))).toBeLessThan(100);
  });

  test('a voice far under the capacity leaves the estimate alone, also with 60 ms of jitter', () => {
    for (const jitterMs of [0, 30, 60]) {
      const flow = { estimator: new GccEstimator(), rate: voice };
      const [samples] = closedLoop({ capacityKbps: [[0, 1_000]], jitterMs }, [flow], 60_000);
      expect(new Set(estimates(samples!))).toEqual(new Set([300]));
    }
  });

  test('with 200 ms of jitter the estimate still carries that voice nearly all the time', () => {
    for (const seed of [1, 2, 3]) {
      const flow = { estimator: new GccEstimator(), rate: voice };
      const [samples] = closedLoop({ capacityKbps: [[0, 1_000]], jitterMs: 200, seed }, [flow], 120_000);
      const late = estimates(between(samples!, 20_000, 120_000));
      expect(late.filter((kbps) => kbps < 88.8).length / late.length).toBeLessThan(0.05);
    }
  });
});

describe('when the link changes', () => {
  test('a loss of capacity is followed within 3 s', () => {
    const flow = { estimator: new GccEstimator({ startKbps: 150 }) };
    const [samples] = closedLoop(
      {
        capacityKbps: [
          [0, 200],
          [30_000, 60],
        ],
      },
      [flow],
      60_000,
    );
    expect(Math.max(...estimates(between(samples!, 33_000, 60_000)))).toBeLessThan(1.15 * 60);
    expect(Math.max(...between(samples!, 33_000, 60_000).map(({ queueMs }) => queueMs))).toBeLessThan(100);
  });

  test('after a burst of loss it recovers fully (mediasoup 1031)', () => {
    const burst = fc.record({
      lossShare: fc.double({ min: 0.15, max: 0.8, noNaN: true }),
      forMs: fc.integer({ min: 1_000, max: 40_000 }),
      seed: fc.nat(1_000),
    });
    fc.assert(
      fc.property(burst, ({ lossShare, forMs, seed }) => {
        const loss: Steps = [
          [0, 0],
          [20_000, lossShare],
          [20_000 + forMs, 0],
        ];
        const flow = { estimator: new GccEstimator(), rate: voice };
        const [samples] = closedLoop({ capacityKbps: [[0, 1_000]], loss, seed }, [flow], 100_000);
        const [before] = estimates(between(samples!, 19_000, 20_000));
        const after = estimates(between(samples!, 20_000 + forMs + 2_500, 100_000));
        // what the voice sends gets through again: that much fits, 2.5 s after the burst
        expect(after[0]).toBeGreaterThanOrEqual(88);
        // all it may be ahead of what is sent
        expect(after.at(-1)).toBeGreaterThanOrEqual(Math.min(before!, headroomKbps(88.8)) - 0.001);
      }),
      { numRuns: 20 },
    );
  });

  test.each([300, 1_000, 2_000, 5_000])('after an outage of %i ms the voice fits again within 2.5 s', (outageMs) => {
    for (const queueMs of [300, 6_000]) {
      const flow = { estimator: new GccEstimator(), rate: voice };
      const link = { capacityKbps: [[0, 500]], outages: [[20_000, 20_000 + outageMs]], queueMs } as const;
      const [samples] = closedLoop(link, [flow], 40_000);
      expect(Math.min(...estimates(between(samples!, 22_500 + outageMs, 40_000)))).toBeGreaterThanOrEqual(88.8);
    }
  });

  test('after a minute of too little capacity it recovers fully', () => {
    const flow = { estimator: new GccEstimator(), rate: (kbps: number) => Math.max(40.8, Math.min(kbps, 88.8)) };
    const capacityKbps: Steps = [
      [0, 400],
      [20_000, 45],
      [80_000, 400],
    ];
    const [samples] = closedLoop({ capacityKbps }, [flow], 120_000);
    expect(Math.max(...estimates(between(samples!, 30_000, 80_000)))).toBeLessThan(70);
    const back = samples!.find(({ timeMs, estimateKbps }) => timeMs > 80_000 && estimateKbps >= 88.8);
    expect(back!.timeMs - 80_000).toBeLessThan(20_000);
  });
});

describe('after a handover', () => {
  test('to a route that takes 265 ms more and loses now and then, a voice that fits is not taken for a queue', () => {
    const link = {
      capacityKbps: [[0, 250]],
      loss: [
        [0, 0],
        [20_000, 0.025],
      ],
      detourMs: [
        [0, 0],
        [20_000, 265],
      ],
    } as const;
    const [samples] = closedLoop(link, [{ estimator: new GccEstimator(), rate: voice }], 80_000);
    expect(Math.min(...estimates(between(samples!, 25_000, 80_000)))).toBeGreaterThan(88.8);
  });

  test('with far too little capacity, what arrives is known with the first feedback', () => {
    const estimator = new GccEstimator({ startKbps: 1_000 });
    // a queue that is full after 160 ms: of eight voices every other packet is lost, in a second told at once
    for (let second = 0; second < 3; second++) {
      const packets = Array.from({ length: 400 }, (_, i) => {
        const sentMs = second * 1_000 + i * 2.5;
        const queueMs = second < 2 ? 0 : Math.min(300, 2 * (sentMs - 2_000));
        return { sentMs, arrivedMs: queueMs > 0 && i % 2 === 1 ? null : sentMs + 50 + queueMs, bytes: 222 };
      });
      estimator.onTransportFeedback(second * 1_000 + 1_100, packets);
    }
    // half of 710 kbit/s arrive, and less is sent until the queue has drained
    expect(estimator.estimateKbps).toBeLessThan(355);
    expect(estimator.capacityKbps).toBeLessThan(355);
  });
});

describe('limited by the application', () => {
  test('with 2 to 10 % of loss the estimate holds, also the delay part', () => {
    const estimator = new GccEstimator({ startKbps: 60 });
    for (let atMs = 0; atMs < 30_000; atMs += 100) {
      const packets = [0, 20, 40, 60, 80].map((ms) => ({ sentMs: atMs + ms, arrivedMs: atMs + ms + 50, bytes: 222 }));
      if (atMs % 1_000 === 0) estimator.onLossReport({ atMs, lossShare: 0.05, rttMs: 100 });
      estimator.onTransportFeedback(atMs + 150, packets);
    }
    expect(estimator.estimateKbps).toBe(60);
  });

  test('growth ends at what the next layer needs', () => {
    const flow = { estimator: new GccEstimator({ startKbps: 30 }), rate: () => 40.8 };
    const [samples] = closedLoop({ capacityKbps: [[0, 1_000]] }, [flow], 120_000);
    expect(samples!.at(-1)!.estimateKbps).toBeCloseTo(headroomKbps(40.8), 0);
  });

  test('silence does not lower the estimate', () => {
    const talk = (_: number, timeMs: number) => (timeMs % 10_000 < 4_000 ? 88.8 : timeMs % 400 === 0 ? 88.8 : 0);
    const flow = { estimator: new GccEstimator(), rate: talk };
    const [samples] = closedLoop({ capacityKbps: [[0, 1_000]], jitterMs: 20 }, [flow], 120_000);
    expect(Math.min(...estimates(samples!))).toBe(300);
  });

  test('what gets through is never taken for too much: after loss the estimate is at least that', () => {
    const estimator = new GccEstimator({ startKbps: 20 });
    const [samples] = closedLoop({ capacityKbps: [[0, 1_000]] }, [{ estimator, rate: voice }], 5_000);
    expect(samples!.at(-1)!.estimateKbps).toBeGreaterThanOrEqual(88);
  });
});

describe('the parts together', () => {
  test('loss alone: 2 % and 10 % are the borders, a second is the step', () => {
    expect(underLoss([0.02, 0.02])).toEqual([325, 352]);
    expect(underLoss([0.1, 0.0201])).toEqual([300, 300]);
    expect(underLoss([0.2, 0.2])).toEqual([270, 243]);
  });

  test('more loss never gives a higher estimate', () => {
    const share = fc.constantFrom(0, 0.01, 0.02, 0.05, 0.1, 0.11, 0.3, 1);
    const pairs = fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(pairs, (reports) => {
        const fewer = underLoss(reports.map(([a, b]) => Math.min(a, b)));
        const more = underLoss(reports.map(([a, b]) => Math.max(a, b)));
        for (const [i, kbps] of more.entries()) expect(kbps).toBeLessThanOrEqual(fewer[i]! + 1e-9);
      }),
    );
  });

  test('loss over 10 % never raises it', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1001, max: 1, noNaN: true }), { minLength: 2 }), (losses) => {
        const values = underLoss(losses);
        for (let i = 1; i < values.length; i++) expect(values[i]).toBeLessThanOrEqual(values[i - 1]!);
      }),
    );
  });

  test('REMB is an upper bound while it is renewed', () => {
    const estimator = new GccEstimator();
    estimator.onRemb(0, 64);
    expect(estimator.estimateKbps).toBe(64);
    estimator.onRemb(5_000, 90);
    expect(estimator.estimateKbps).toBe(90);
    estimator.onTransportFeedback(15_000, []);
    expect(estimator.estimateKbps).toBe(90);
    estimator.onTransportFeedback(15_001, []);
    expect(estimator.estimateKbps).toBe(300);
  });

  test('limits that contradict themselves are refused', () => {
    expect(() => new GccEstimator({ minKbps: 400 })).toThrow(EstimatorLimitsError);
  });

  test('whatever comes, in whatever order, the estimate is a number within its limits', () => {
    const packet = fc.record({
      sentMs: fc.integer({ min: 0, max: 5_000 }),
      arrivedMs: fc.option(fc.integer({ min: 0, max: 9_000 })),
      bytes: fc.nat(1_500),
    });
    const event = fc.oneof(
      fc.record({ atMs: fc.nat(10_000), lossShare: fc.double(), rttMs: fc.option(fc.nat(3_000)) }),
      fc.record({ atMs: fc.nat(10_000), packets: fc.array(packet, { maxLength: 40 }) }),
      fc.record({ atMs: fc.nat(10_000), remb: fc.double() }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const estimator = new GccEstimator();
        for (const happened of events) {
          if ('packets' in happened) estimator.onTransportFeedback(happened.atMs, happened.packets);
          else if ('remb' in happened) estimator.onRemb(happened.atMs, happened.remb);
          else estimator.onLossReport(happened);
          expect(estimator.estimateKbps).toBeGreaterThanOrEqual(16);
          expect(estimator.estimateKbps).toBeLessThanOrEqual(2_000);
        }
      }),
    );
  });

  test('the same feedback gives the same estimates', () => {
    const run = () =>
      estimates(greedy({ capacityKbps: 120, jitterMs: 30, seed: Math.floor(uniform(7)() * 100) }, 20_000));
    expect(run()).toEqual(run());
  });
});
