import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrivalGroups } from '../../../../core/media/gcc/arrival-groups.js';
import { QueueDelay } from '../../../../core/media/gcc/queue-delay.js';
import { Trendline } from '../../../../core/media/gcc/trendline.js';

/** The comparisons of groups that packets give: how much later each arrived than it was sent. */
function comparisons(packets: readonly (readonly [sentMs: number, arrivedMs: number])[]): [number, number][] {
  const groups = new ArrivalGroups();
  return packets.flatMap(([sentMs, arrivedMs]) =>
    groups.add(sentMs, arrivedMs) ? [[groups.sendDeltaMs, groups.arrivalDeltaMs] as [number, number]] : [],
  );
}

describe('arrival groups', () => {
  test('packets of a voice, 20 ms apart, are a group each', () => {
    expect(
      comparisons([
        [0, 50],
        [20, 71],
        [40, 93],
        [60, 110],
      ]),
    ).toEqual([
      [20, 21],
      [20, 22],
    ]);
  });

  test('what is sent within 5 ms is one group, that of its last packet', () => {
    expect(
      comparisons([
        [0, 50],
        [5, 56],
        [20, 70],
        [40, 90],
      ]),
    ).toEqual([[15, 14]]);
    expect(
      comparisons([
        [0, 50],
        [5.1, 56],
        [20, 70],
      ]),
    ).toEqual([[5.1, 6]]);
  });

  test('packets that were held up together and arrive within 5 ms are one group', () => {
    expect(
      comparisons([
        [0, 50],
        [20, 150],
        [40, 152],
        [60, 156],
        [80, 176],
        [100, 196],
      ]),
    ).toEqual([
      [60, 106],
      [20, 20],
    ]);
  });

  test('a packet older than the group is left out', () => {
    expect(
      comparisons([
        [0, 50],
        [20, 70],
        [10, 75],
        [40, 90],
        [60, 110],
      ]),
    ).toEqual([
      [20, 20],
      [20, 20],
    ]);
  });

  test('when the clock of the receiver jumps back it starts afresh', () => {
    const before = [
      [0, 1_000],
      [20, 1_020],
      [40, 1_040],
    ] as const;
    const after = Array.from({ length: 8 }, (_, i) => [60 + 20 * i, 500 + 20 * i] as const);
    const deltas = comparisons([...before, ...after]);
    expect(deltas.every(([, arrivalMs]) => arrivalMs >= 0)).toBe(true);
    expect(deltas.at(-1)).toEqual([20, 20]);
  });
});

describe('the trend line', () => {
  /** Slope after `count` groups whose delay grows by a share of the time. */
  function slope(growth: number, count: number): number {
    const line = new Trendline();
    for (let i = 1; i <= count; i++) line.update(20, 20 * (1 + growth), i * 20 * (1 + growth));
    return line.slope;
  }

  test('says nothing before it has 20 groups', () => {
    expect(slope(0.1, 19)).toBe(0);
    expect(slope(0.1, 20)).toBeGreaterThan(0);
  });

  test('of a delay that grows steadily is its growth per arrival time', () => {
    for (const growth of [-0.2, -0.05, 0, 0.05, 0.5]) expect(slope(growth, 200)).toBeCloseTo(growth / (1 + growth), 6);
  });

  test('does not depend on the origin of the clocks', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { minLength: 30, maxLength: 60 }), fc.nat(1e9), (delays, originMs) => {
        const lines = [0, originMs].map((origin) => {
          const line = new Trendline();
          for (const [i, delayMs] of delays.entries()) line.update(20, 20 + delayMs - 20, origin + i * 20);
          return line.slope;
        });
        expect(lines[1]).toBeCloseTo(lines[0]!, 6);
      }),
    );
  });
});

describe('the delay of a queue', () => {
  /** Packets every 20 ms with these delays. */
  function queueOf(delays: readonly number[]): QueueDelay {
    const queue = new QueueDelay();
    for (const [i, delayMs] of delays.entries()) queue.update(delayMs - (delays[i - 1] ?? delayMs), i * 20);
    return queue;
  }
  const steady = (delayMs: number, packets: number) => Array<number>(packets).fill(delayMs);
  const growing = (toMs: number, packets: number) => Array.from({ length: packets }, (_, i) => (toMs * i) / packets);

  test('stands when it is over 150 ms for a second, and no longer when it has drained', () => {
    const filled = [...growing(300, 40), ...steady(300, 20)];
    expect(queueOf(filled).stands).toBe(false);
    expect(queueOf([...filled, ...steady(300, 50)]).stands).toBe(true);
    expect(queueOf([...filled, ...steady(300, 50), ...steady(100, 30)]).stands).toBe(false);
  });

  test('is not real while jitter explains it', () => {
    const queue = queueOf(Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 0 : 30)));
    expect(queue.real).toBe(false);
    for (let i = 0; i < 20; i++) queue.update(5, 2_000 + i * 20);
    expect(queue.real).toBe(true);
  });

  test('is not what a new route adds, be it in talk or in silence, and be there a queue besides', () => {
    const handover = [...steady(20, 100), ...steady(300, 200)];
    expect(queueOf(handover).stands).toBe(false);
    expect(queueOf(handover).real).toBe(false);
    // a full link with much loss looks the same, until little is lost
    const lossy = queueOf(handover.slice(0, 100));
    lossy.lossy = true;
    for (let i = 0; i < 100; i++) lossy.update(i === 0 ? 280 : 0, 2_000 + i * 20);
    expect([lossy.stands, lossy.real]).toEqual([true, true]);
    lossy.lossy = false;
    for (let i = 0; i < 30; i++) lossy.update(0, 4_000 + i * 20);
    expect([lossy.stands, lossy.real]).toEqual([false, false]);
    const silent = new QueueDelay();
    for (let i = 0; i < 40; i++) silent.update(i === 5 ? 280 : 0, i * 400);
    expect([silent.stands, silent.real]).toEqual([false, false]);
    const filled = [...handover, ...growing(200, 40).map((more) => 300 + more), ...steady(500, 100)];
    expect(queueOf(filled).stands).toBe(true);
  });

  test('is one when packets that were held up drain, for longer than it takes to know a new route', () => {
    const draining = Array.from({ length: 120 }, (_, i) => Math.max(0, 600 - 8 * i));
    const queue = queueOf([...steady(0, 100), ...draining]);
    expect(queue.real).toBe(false);
    // no trace is left of it: what comes then is measured as before
    for (let i = 0; i < 110; i++) queue.update(i < 40 ? 5 : 0, 5_000 + i * 20);
    expect(queue.stands).toBe(true);
  });

  test('a new route whose delay has grown slowly is forgotten in time', () => {
    const queue = new QueueDelay();
    for (let i = 0; i < 30; i++) queue.update(6, i * 1_000);
    for (let second = 30; second <= 80; second++) queue.update(0, second * 1_000);
    expect(queue.stands).toBe(false);
  });
});
