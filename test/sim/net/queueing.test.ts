import { describe, expect, it } from 'vitest';
import { LAYER_KBPS, type LayerName, wireBytes } from '../../../core/media/layers.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { AccessLink } from '../../../sim/net/access-link.js';
import { PERFECT_LINK } from '../../../sim/net/link-options.js';
import { QUEUE_FULL } from '../../../sim/net/link-queue.js';
import { type RatePhase, RatePlan } from '../../../sim/net/rate-plan.js';
import { RateQueue } from '../../../sim/net/rate-queue.js';
import { SECOND, TestWorld } from './world.js';

const NO_LIMIT = { queueMs: null, queueBytes: null };
const once = (fromUs: number, untilUs: number, rateKbps: number): RatePhase => ({
  fromUs,
  untilUs,
  everyUs: null,
  rateKbps,
});

describe('M/D/1', () => {
  // mean wait rho/(2(1-rho)) service times (Pollaczek and Khinchine); tolerance for 400 000 packets of one seed
  it.each([
    [0.5, 0.5, 0.02],
    [0.8, 2, 0.04],
    [0.9, 4.5, 0.08],
  ])('at load %d packets wait %d service times on average', (load, expected, tolerance) => {
    const stream = new Simulation({ seed: 31 }).choices.stream('arrivals');
    const queue = new RateQueue(new RatePlan(84, []), NO_LIMIT);
    const serviceUs = 20_000;
    const packets = 400_000;
    let nowUs = 0;
    let waitedUs = 0;
    for (let packet = 0; packet < packets; packet++) {
      nowUs += stream.exponential(serviceUs / load);
      waitedUs += queue.offer(nowUs, 210, false) - serviceUs - nowUs;
    }
    expect(Math.abs(waitedUs / packets / serviceUs / expected - 1)).toBeLessThan(tolerance);
  });
});

describe('voice on a link', () => {
  const rateOf = async (layer: LayerName, extensions: boolean): Promise<number> => {
    const world = new TestWorld();
    for (let frame = 0; frame < 50; frame++)
      world.sim.at(frame * 20_000, () =>
        world.network.send(world.a, world.b, wireBytes(LAYER_KBPS[layer], extensions), () => {}, 0),
      );
    await world.runFor(SECOND);
    return (world.network.statistics.datagrams.sentBytes * 8) / 1000;
  };

  it.each([
    ['h', 84, 88.8],
    ['m', 52, 56.8],
    ['l', 36, 40.8],
  ] as const)('layer %s is %d kbps on the wire, %d with header extensions', async (layer, plain, extended) => {
    expect([await rateOf(layer, false), await rateOf(layer, true)]).toEqual([plain, extended]);
  });

  it.each([2, 3, 8])('a mesh of %d fits into 84 (N-1) kbps exactly, and not into one kbps less', (members) => {
    const peers = members - 1;
    const waitAfterUs = (rateKbps: number): number => {
      const queue = new RateQueue(new RatePlan(rateKbps, []), NO_LIMIT);
      let exitUs = 0;
      for (let frame = 0; frame < 500; frame++)
        for (let peer = 0; peer < peers; peer++) exitUs = queue.offer(frame * 20_000, 210, false);
      return exitUs - 499 * 20_000;
    };
    expect(waitAfterUs(84 * peers)).toBeCloseTo(20_000, 3);
    expect(waitAfterUs(84 * peers - 1)).toBeGreaterThan(20_000 + 499 * (20_000 / (84 * peers)) * 0.99);
  });
});

describe('a rate that changes', () => {
  it('holds for what is in the queue already', () => {
    // 1000 B at 8 kbps take 1 s; from 0.5 s on ten times faster: 500 B more in 50 ms
    const plan = new RatePlan(8, [once(500_000, 10_000_000, 80)]);
    expect(plan.endUs(0, 1000)).toBe(550_000);
    expect(plan.bytesBetween(0, 550_000)).toBe(1000);
    const queue = new RateQueue(plan, NO_LIMIT);
    expect([0, 0, 0].map(() => queue.offer(0, 1000, false))).toEqual([550_000, 650_000, 750_000]);
  });

  it('follows cycles, the first phase that covers a time, and links without a limit', () => {
    const plan = new RatePlan(Number.POSITIVE_INFINITY, [
      { fromUs: 0, untilUs: 100_000, everyUs: 1_000_000, rateKbps: 8 },
      once(0, 5_000_000, 16),
    ]);
    expect(plan.endUs(0, 100)).toBe(100_000);
    expect(plan.endUs(0, 200)).toBe(150_000);
    expect(plan.endUs(1_050_000, 50)).toBe(1_100_000);
    expect(plan.endUs(4_900_000, 1e9)).toBe(5_100_000);
    expect(plan.endUs(6_500_000, 1e9)).toBe(6_500_000);
  });

  it('lets the queue grow to its limit when it falls, and empties it when it rises', () => {
    const queueMs = 300;
    const { choices } = new Simulation({ seed: 1 });
    const phases = [{ fromMs: 1000, untilMs: 3000, everyMs: null, rateKbps: 42 }];
    const link = new AccessLink(
      choices,
      'net/test/up',
      { ...PERFECT_LINK, rateKbps: 168, phases, queueMs },
      null,
      1460,
    );
    const delaysMs = Array.from({ length: 250 }, (_, frame) => {
      const exitUs = link.pass(frame * 20_000, 210, false);
      return exitUs === QUEUE_FULL ? null : (exitUs - frame * 20_000) / 1000;
    });
    expect(new Set(delaysMs.slice(0, 50))).toEqual(new Set([10]));
    const during = delaysMs.slice(50, 150);
    const lost = during.filter((each) => each === null).length;
    // half of the voice leaves meanwhile, and 300 ms of it are in the queue at the end
    expect(Math.max(...during.map(Number))).toBeLessThanOrEqual(queueMs + 40);
    expect(Math.abs(lost - (100 - 50 - queueMs / 40))).toBeLessThan(2);
    expect(new Set(delaysMs.slice(190))).toEqual(new Set([10]));
  });
});
