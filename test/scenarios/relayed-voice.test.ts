import { describe, expect, it } from 'vitest';
import { resolveScenario, type ScenarioInput } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';

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

/** Bytes of TURN's ChannelData header. */
const CHANNEL_DATA = 4;
