import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../sim/kernel/index.js';
import { Network, type NetworkOptionsInput, PROFILES, resolveNetworkOptions } from '../../../sim/net/index.js';
import { linkProfileSchema, PERFECT_LINK, resolveLinkProfile } from '../../../sim/net/link-options.js';
import { TestWorld } from './world.js';

describe('network options', () => {
  it('have a default for every field', () => {
    const options = resolveNetworkOptions({});
    expect(options).toMatchObject({ connectionTimeoutMs: 20_000, keepAliveMs: 15_000, retransmitMinMs: 200 });
    expect(resolveLinkProfile(linkProfileSchema.parse({}))).toEqual({ up: PERFECT_LINK, down: PERFECT_LINK });
  });

  it.each<[NetworkOptionsInput, string]>([
    [{ backboneDelayMs: -1 }, 'network.backboneDelayMs'],
    [{ profiles: { mine: { rateKbps: -5 } } }, 'network.profiles.mine.rateKbps'],
    [{ profiles: { mine: { rateKbps: 0 } } }, 'network.profiles.mine.rateKbps'],
    [{ profiles: { mine: { up: { lossRate: 1.5 } } } }, 'network.profiles.mine.up.lossRate'],
    [{ profiles: { mine: { burstLoss: { p: 0.1, r: 0 } } } }, 'network.profiles.mine.burstLoss.r'],
    [{ profiles: { mine: { jitterMs: Number.NaN } } }, 'network.profiles.mine.jitterMs'],
    [{ backboneDelay: 3 } as NetworkOptionsInput, 'backboneDelay'],
    [{ defaultProfile: 'wfii' }, 'did you mean "wifi"'],
    [{ profileByKind: { client: 'lt' } }, 'did you mean "lte"'],
    [{ traces: { road: '1\nx\n' } }, 'road: line 2'],
    [{ profiles: { mine: { phases: [{ fromMs: 20, untilMs: 10 }] } } }, 'network.profiles.mine.phases.0.untilMs'],
  ])('%j is an error that names the field', (options, text) => {
    expect(() => new Network(new Simulation({ seed: 1 }), options)).toThrow(text);
  });

  it('refuses unknown profiles and traces when they are set', () => {
    const { network } = new TestWorld();
    expect(() => network.setProfile('a', 'editing')).toThrow('does not exist');
    expect(() => network.setProfile('a', { trace: 'road' })).toThrow('no trace "road"');
    expect(() => network.setProfile('a', 'toString')).toThrow('does not exist');
  });

  it('knows every built-in profile', () => {
    const { network } = new TestWorld();
    for (const name of Object.keys(PROFILES)) network.setProfile('a', name);
    expect(network.profileOf(new TestWorld().a)).toBe(Object.keys(PROFILES).at(-1));
  });

  it('lets a direction differ', () => {
    const { up, down } = resolveLinkProfile(
      linkProfileSchema.parse({ delayMs: 5, rateKbps: 100, up: { rateKbps: 10 } }),
    );
    expect([up.rateKbps, down.rateKbps, up.delayMs]).toEqual([10, 100, 5]);
  });
});
