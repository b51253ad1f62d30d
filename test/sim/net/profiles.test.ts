import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../sim/kernel/index.js';
import { type LinkProfile, Network, PROFILES } from '../../../sim/net/index.js';
import { linkProfileSchema, resolveLinkProfile } from '../../../sim/net/link-options.js';
import { SECOND, TestWorld } from './world.js';

const up = (name: string) => resolveLinkProfile(linkProfileSchema.parse(PROFILES[name])).up;

describe('profiles have the values of their source', () => {
  // VOICE section 2: kbps, delay in ms, loss in %
  it.each([
    ['gprs', 50, 500, 2],
    ['edge', 250, 300, 1.5],
    ['3g', 750, 250, 1.5],
    ['dsl-poor', 2000, 70, 2],
    ['dsl-good', 8000, 40, 0.5],
    ['wifi', 30_000, 40, 0.2],
    ['lte', 12_000, 35, 0],
    ['very-bad', 1000, 500, 10],
    ['ringrtc-moderate', null, 100, 5],
    ['3g-plan', 1000, 100, 3],
    ['2g', 256, 200, 10],
    ['loss-5', null, 20, 5],
    ['loss-20', null, 20, 20],
    ['limit-1mbps', 1000, 20, 0],
    ['limit-512', 512, 20, 0],
    ['limit-256', 256, 20, 0],
  ])('%s: %s kbps, %d ms, %d %%', (name, rateKbps, delayMs, lossPercent) => {
    expect(up(name)).toMatchObject({ rateKbps, delayMs, burstLoss: null, phases: [] });
    expect(up(name).lossRate * 100).toBeCloseTo(lossPercent, 9);
  });
});

interface Sample {
  readonly sentMs: number;
  readonly delayMs: number | null;
}

/** One packet of voice every 20 ms from a client on a profile to another client. */
async function sample(profile: string | LinkProfile, other: string, seconds: number): Promise<Sample[]> {
  const world = new TestWorld({ backboneDelayMs: 10 }, 12);
  const far = world.host('far', 'client');
  world.network.setProfile('a', profile);
  world.network.setProfile('far', other);
  const delays: (number | null)[] = Array.from({ length: seconds * 50 }, () => null);
  delays.forEach((_, index) => {
    world.sim.at(index * 20_000, () => {
      const arrived = () => {
        delays[index] = (world.sim.nowUs - index * 20_000) / 1000;
      };
      world.network.send(world.a, far, 210, arrived, undefined);
    });
  });
  await world.runFor((seconds + 5) * SECOND);
  return delays.map((delayMs, index) => ({ sentMs: index * 20, delayMs }));
}

const within = (samples: readonly Sample[], fromMs: number, toMs: number) =>
  samples.filter(({ sentMs }) => sentMs >= fromMs && sentMs < toMs);
const lossOf = (samples: readonly Sample[]) =>
  samples.filter(({ delayMs }) => delayMs === null).length / samples.length;
const delaysOf = (samples: readonly Sample[]) => samples.flatMap(({ delayMs }) => (delayMs === null ? [] : [delayMs]));
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('what a packet meets', () => {
  it('good: less than 1 % lost and 50 ms from one such client to another', async () => {
    const samples = await sample('good', 'good', 400);
    expect(lossOf(samples)).toBeGreaterThan(0.004);
    expect(lossOf(samples)).toBeLessThan(0.01);
    expect(Math.max(...delaysOf(samples))).toBeLessThan(50);
  });

  it.each([
    ['loss-5', 0.05],
    ['loss-20', 0.2],
  ])('%s loses its share', async (name, expected) => {
    const lost = lossOf(await sample(name, 'perfect', 400));
    expect(Math.abs(lost - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / 20_000));
  });

  it('variable-delay: 50 to 200 ms on the link, in order', async () => {
    const delays = delaysOf(await sample('variable-delay', 'perfect', 200)).map((delayMs) => delayMs - 10);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...delays)).toBeLessThanOrEqual(200);
    expect(new Set(delays.map((delayMs) => Math.floor(delayMs / 25))).size).toBeGreaterThanOrEqual(5);
  });

  it('poor-then-good: 30 s of 2g, then good', async () => {
    const samples = await sample('poor-then-good', 'perfect', 60);
    const poor = within(samples, 0, 30_000);
    const good = within(samples, 30_000, 60_000);
    expect(lossOf(poor)).toBeGreaterThan(0.07);
    expect(lossOf(good)).toBeLessThan(0.01);
    // 6.6 ms to serialise, 200 ms, 10 ms of backbone
    expect(meanOf(delaysOf(poor))).toBeCloseTo(216.56, 1);
    // nothing overtakes what was still on the slow link
    expect(meanOf(delaysOf(within(samples, 30_200, 60_000)))).toBeCloseTo(25, 9);
  });

  it.each([
    ['outage-1s', 1],
    ['outage-5s', 5],
    ['outage-40s', 40],
  ])('%s: nothing gets through for %d s', async (name, seconds) => {
    const samples = await sample(name, 'perfect', 70);
    expect(lossOf(within(samples, 20_000, 20_000 + seconds * 1000))).toBe(1);
    expect(lossOf(within(samples, 0, 20_000))).toBeLessThan(0.02);
    expect(lossOf(within(samples, 20_000 + seconds * 1000, 70_000))).toBeLessThan(0.02);
  });

  it('handover: Wi-Fi, a second of nothing, LTE', async () => {
    const samples = await sample('handover', 'perfect', 40);
    expect(meanOf(delaysOf(within(samples, 0, 20_000)))).toBeCloseTo(40 + 10 + 0.056, 3);
    expect(lossOf(within(samples, 20_000, 21_000))).toBe(1);
    const after = within(samples, 21_000, 40_000);
    expect(lossOf(after)).toBe(0);
    expect(meanOf(delaysOf(after))).toBeCloseTo(35 + 10 + 0.14, 3);
  });

  it('starlink: every 15 s a spike of delay and half of the packets lost', async () => {
    const samples = await sample('starlink', 'perfect', 600);
    const slot = (sentMs: number) => sentMs % 15_000 < 300;
    const near = samples.filter(({ sentMs }) => slot(sentMs));
    const rest = samples.filter(({ sentMs }) => !slot(sentMs));
    expect(Math.abs(lossOf(near) - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / near.length));
    expect(lossOf(rest)).toBe(0);
    expect(meanOf(delaysOf(near)) - meanOf(delaysOf(rest))).toBeGreaterThan(100);
  });

  it('international: bursts of loss, some twice, some late', async () => {
    const world = new TestWorld({ backboneDelayMs: 0 }, 4);
    world.network.setProfile('a', 'international');
    let arrived = 0;
    const send = () => world.network.send(world.a, world.b, 210, () => arrived++, undefined);
    const packets = 50_000;
    for (let index = 0; index < packets; index++) world.sim.at(index * 20_000, send);
    await world.runFor(packets * 20_000 + SECOND);
    const { datagrams } = world.network.statistics;
    expect(datagrams.duplicated / packets).toBeCloseTo(0.02, 2);
    // one step of the chain a packet, twice-sent ones included
    expect(Math.abs(datagrams.dropped.loss / (packets + datagrams.duplicated) - 0.10714)).toBeLessThan(0.008);
    expect(arrived).toBe(packets + datagrams.duplicated - datagrams.dropped.loss);
  });
});

describe('phases and rates that make no sense', () => {
  it.each<[LinkProfile, string]>([
    [{ phases: [{ fromMs: 0, untilMs: 20, everyMs: 10 }] }, 'mine.phases.0.untilMs: must be at most everyMs'],
    [{ phases: [{ fromMs: 0, untilMs: 20, lossRate: 1.01 }] }, 'mine.phases.0.lossRate'],
    [{ phases: [{ fromMs: 0, untilMs: 20, rateKbps: 0 }] }, 'mine.phases.0.rateKbps'],
    [{ nat: 'cone' as 'open' }, 'mine.nat'],
  ])('%j is an error that names the field', (mine, text) => {
    expect(() => new Network(new Simulation({ seed: 1 }), { profiles: { mine } })).toThrow(text);
  });
});
