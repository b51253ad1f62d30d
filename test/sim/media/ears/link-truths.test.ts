import { describe, expect, test } from 'vitest';
import { Simulation } from '../../../../sim/kernel/index.js';
import { Ears, LinkTruths } from '../../../../sim/media/ears/index.js';
import { type LinkProfile, linkProfileSchema, resolveLinkProfile } from '../../../../sim/net/link-options.js';
import { PROFILES } from '../../../../sim/net/profiles.js';

const linkOf = (profile: LinkProfile) => resolveLinkProfile(linkProfileSchema.parse(profile));
const named = (name: string) => linkOf(PROFILES[name] as LinkProfile);

/** Impairments of one host, in seconds, that changes its link at these times. */
async function impairments(untilS: number, ...moves: readonly (readonly [atS: number, LinkProfile])[]) {
  const sim = new Simulation({ seed: 1 });
  const ears = new Ears({ untilUs: untilS * 1e6 });
  const truths = new LinkTruths(sim, ears);
  for (const [atS, profile] of moves) sim.at(atS * 1e6, () => truths.set('client-1', linkOf(profile)));
  await sim.run({ untilUs: untilS * 1e6 });
  return ears.links.impairments.map(({ kind, fromUs, untilUs, mended, lossShare, capacityKbps }) => ({
    kind,
    from: fromUs / 1e6,
    until: untilUs === null ? null : untilUs / 1e6,
    mended,
    loss: Math.round(lossShare * 1000) / 1000,
    kbps: capacityKbps,
  }));
}

describe('a phase', () => {
  test('is an impairment from its beginning to its end', async () => {
    expect(await impairments(60, [0, PROFILES.spiky as LinkProfile])).toEqual([
      { kind: 'loss', from: 10, until: 20, mended: true, loss: 0.306, kbps: null },
    ]);
  });

  test('comes again with every cycle, and is there at once for who comes in the middle of it', async () => {
    const found = await impairments(50, [0.2, PROFILES.starlink as LinkProfile]);
    expect(found.map(({ from, until }) => [from, until])).toEqual([
      [0.2, 0.3],
      [15, 15.3],
      [30, 30.3],
      [45, 45.3],
    ]);
    const late = await impairments(25, [12, PROFILES.perfect as LinkProfile], [13, PROFILES.spiky as LinkProfile]);
    expect(late.map(({ from, until, loss }) => [from, until, loss])).toEqual([[13, 20, 0.306]]);
  });

  test('that makes the link better is none, but its end is', async () => {
    const steps: LinkProfile = {
      rateKbps: 200,
      phases: [{ fromMs: 10_000, untilMs: 20_000, everyMs: null, rateKbps: 1_000 }],
    };
    expect(await impairments(40, [0, steps])).toEqual([
      { kind: 'capacity', from: 20, until: null, mended: false, loss: 0, kbps: 200 },
    ]);
  });

  test('of both directions is one impairment', async () => {
    const phases = [{ fromMs: 10_000, untilMs: 20_000, everyMs: null, rateKbps: 100 }];
    const found = await impairments(40, [0, { up: { phases }, down: { phases: [...phases] } }]);
    expect(found).toEqual([{ kind: 'capacity', from: 10, until: 20, mended: true, loss: 0, kbps: 100 }]);
  });

  test('in which next to nothing gets through is an outage', async () => {
    const phases = [{ fromMs: 5_000, untilMs: 7_000, everyMs: null, lossRate: 1 }];
    expect((await impairments(10, [0, { phases }])).map(({ kind }) => kind)).toEqual(['outage']);
  });
});

describe('another network', () => {
  test('is an impairment when it is worse, until one is there that is as good', async () => {
    const [wifi, threeG] = [PROFILES.wifi as LinkProfile, PROFILES['3g'] as LinkProfile];
    expect(await impairments(60, [0, wifi], [10, threeG], [30, PROFILES.lte as LinkProfile])).toEqual([
      { kind: 'capacity', from: 10, until: 30, mended: true, loss: 0.015, kbps: 750 },
    ]);
  });

  test('takes the phases of the old one away', async () => {
    const found = await impairments(60, [0, PROFILES.spiky as LinkProfile], [12, PROFILES.wifi as LinkProfile]);
    expect(found.map(({ from, until }) => [from, until])).toEqual([[10, 12]]);
  });
});

test('which links are too poor for flawless voice', () => {
  const sim = new Simulation({ seed: 1 });
  const ears = new Ears({ untilUs: 1e6 });
  const truths = new LinkTruths(sim, ears);
  const poor = Object.keys(PROFILES).filter((name) => {
    truths.set(name, named(name));
    return ears.links.host(name).poorSinceUs !== null;
  });
  const expected = ['gprs', 'edge', '3g', 'dsl-poor', 'very-bad', 'ringrtc-moderate', 'international'];
  expect(poor.filter((name) => expected.includes(name))).toEqual(expected);
  for (const good of ['perfect', 'datacenter', 'dsl-good', 'wifi', 'lte', 'spiky']) expect(poor).not.toContain(good);
});
