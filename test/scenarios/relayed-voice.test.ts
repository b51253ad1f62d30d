import { describe, expect, it } from 'vitest';
import { TurnPass } from '../../core/client/turn-pass.js';
import { TurnCredentialDesk, type TurnCredentials, turnPassword } from '../../core/token/turn-credentials.js';
import { resolveScenario, type ScenarioInput } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import { type Replacements, World } from '../../sim/world/world.js';

const call = (network: NonNullable<ScenarioInput['network']>): ScenarioInput => ({
  name: 'relayed-call',
  durationS: 40,
  drainS: 5,
  policy: { profile: 'calls' },
  population: {
    script: [
      { atS: 0.1, user: 1, do: 'join', network: 'lte' },
      { atS: 0.2, user: 2, do: 'join', network: 'lte' },
    ],
  },
  network,
  media: { fidelity: 'packet', talk: { model: 'everyone', dtx: false } },
});

const heard = async (input: ScenarioInput) => {
  const { metrics, violations } = await simulate(resolveScenario(input), { seed: 1 });
  expect(violations).toEqual([]);
  return {
    relayed: (metrics.relayed_rate as { value: number }).value,
    latencyMs: (metrics.media_latency_ms as { med: number }).med,
    uplinkKbps: (metrics.uplink_kbps as { med: number }).med,
    gaps: (metrics.voice_gaps as { value: number }).value,
  };
};

describe('voice of two who cannot reach each other', () => {
  it('takes a detour over a TURN server, and four bytes a packet more for one of them', async () => {
    const straight = await heard(call({}));
    const relayed = await heard(call({ relay: { share: 1 } }));
    expect([straight.relayed, relayed.relayed]).toEqual([0, 1]);
    // 35 + 10 + 35 ms; the detour is one more stretch of backbone and a network card, twice 0.125 ms
    expect(straight.latencyMs).toBeCloseTo(80.1, 0);
    expect(relayed.latencyMs - straight.latencyMs).toBeCloseTo(10.25, 0);
    expect(relayed.gaps).toBe(0);
    expect(relayed.uplinkKbps).toBeGreaterThanOrEqual(straight.uplinkKbps);
    expect(relayed.uplinkKbps - straight.uplinkKbps).toBeLessThanOrEqual((CHANNEL_DATA * 8 * 50) / 1000 + 0.2);
  });

  it('is silent for as long as the dead server is not noticed, and comes back over another', async () => {
    const faults = [{ kind: 'turn-crash', atS: 5, target: 'turn-1', forS: 50 } as const];
    const oneOfTwo = { relay: { share: 1, servers: 2, sites: ['near', 'far'] }, clientSites: { near: 1 } };
    const network = { ...oneOfTwo, siteDelaysMs: { near: { far: 60 } } };
    const { relayed, gaps } = await heard({ ...call(network), durationS: 60, faults });
    expect(relayed).toBe(1);
    expect(gaps).toBe(2);
  });
});

/** Two who need a relay that asks for credentials, for 700 s; these hold for a minute, and allocations are refreshed every five. */
async function guarded(
  collaborators: Replacements = {},
  tokens: ScenarioInput['tokens'] | null = { turnLifetimeMs: 60_000 },
) {
  const scenario = resolveScenario({
    ...call({ relay: { share: 1, servers: 1 } }),
    durationS: 700,
    media: { fidelity: 'none' },
    ...(tokens ? { tokens } : {}),
  });
  const world = new World(scenario, { seed: 1, collaborators });
  const downs: number[] = [];
  await world.sim.run({ untilUs: 5e6 });
  const heard = world.hearing.heardPairs;
  world.events.listen({ gap: ({ fromUs }) => downs.push(Math.round(fromUs / 1e6)) });
  await world.sim.run({ untilUs: 700e6 });
  world.finish();
  const guard = world.turnGuards.get('turn-1');
  return { heard, stillHeard: world.hearing.heardPairs, downs, allowed: guard?.allowed, refused: guard?.refused };
}

describe('a relay that asks for credentials', () => {
  it('takes those that backends give, and clients renew them: the call goes on over every refresh', async () => {
    expect(await guarded()).toEqual({ heard: 2, stillHeard: 2, downs: [], allowed: 3, refused: 0 });
  });

  it('gives an allocation up when the credentials are over', async () => {
    const { heard, downs, refused } = await guarded({
      TurnPass: class extends TurnPass {
        protected override renew(): void {}
      },
    });
    expect(heard).toBe(2);
    // the first refresh, five minutes after the link was made
    expect(downs.every((atS) => atS > 299 && atS < 303)).toBe(true);
    expect(downs).toHaveLength(2);
    expect(refused).toBeGreaterThan(0);
  });

  it.each([
    ['another secret', (desk: TurnCredentials) => ({ ...desk, password: turnPassword('guessed', desk.username) })],
    ['another expiry', (desk: TurnCredentials) => ({ ...desk, username: `9${desk.username}` })],
    ['none', (desk: TurnCredentials) => ({ ...desk, username: '', password: '' })],
  ])('refuses what is forged: %s', async (_, forge) => {
    const { heard, stillHeard, allowed, refused } = await guarded({
      TurnCredentialDesk: class extends TurnCredentialDesk {
        override issue(userId: string, nowMs: number): TurnCredentials {
          return forge(super.issue(userId, nowMs));
        }
      },
    });
    expect({ heard, stillHeard, allowed }).toEqual({ heard: 0, stillHeard: 0, allowed: 0 });
    expect(refused).toBeGreaterThan(0);
  });

  it('is open to all where no tokens are signed', async () => {
    expect(await guarded({}, null)).toMatchObject({ heard: 2, stillHeard: 2, allowed: undefined });
  });
});

/** Bytes of TURN's ChannelData header. */
const CHANNEL_DATA = 4;
