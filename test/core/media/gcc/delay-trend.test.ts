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
  test('stands when it is over 150 ms for a second, and no longer when it has drained', () => {
    const queue = new QueueDelay();
    for (let atMs = 0; atMs <= 400; atMs += 20) queue.update(atMs / 2, 0, atMs);
    for (let atMs = 420; atMs < 1_320; atMs += 20) queue.update(200, 0, atMs);
    expect(queue.stands).toBe(false);
    queue.update(200, 0, 1_320);
    expect(queue.stands).toBe(true);
    queue.update(100, 0, 1_340);
    expect(queue.stands).toBe(false);
  });

  test('is not real while jitter explains it', () => {
    const queue = new QueueDelay();
    for (let i = 0; i < 100; i++) queue.update(i % 2 === 0 ? 0 : 30, i % 2 === 0 ? -30 : 30, i * 20);
    queue.update(30, 30, 2_000);
    expect(queue.real).toBe(false);
    queue.update(70, 30, 2_020);
    expect(queue.real).toBe(true);
  });

  test('a new route with a longer delay is forgotten in time', () => {
    const queue = new QueueDelay();
    queue.update(0, 0, 0);
    for (let second = 1; second <= 40; second++) queue.update(180, 0, second * 1_000);
    expect(queue.stands).toBe(false);
  });
});
