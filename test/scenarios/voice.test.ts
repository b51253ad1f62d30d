import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { glitchFreeSwitches } from '../../scenarios/voice/glitch-free-switches.js';
import { voiceScenarios } from '../../scenarios/voice/index.js';
import { loss20NoDropouts } from '../../scenarios/voice/loss-20-no-dropouts.js';
import { mobileEvening } from '../../scenarios/voice/mobile-evening.js';
import { simulcastMobile } from '../../scenarios/voice/simulcast-mobile.js';
import { loadScenario, resolveScenario, type ScenarioInput } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';

async function run(scenario: ScenarioInput, seed: number, overrides: readonly string[] = []) {
  const result = await simulate(resolveScenario(scenario, { overrides }), { seed });
  return {
    result,
    wrong: [
      ...result.violations.map(({ oracle, message }) => `${oracle}: ${message}`),
      ...result.expectations.filter(({ pass }) => !pass).map(({ metric }) => metric),
    ],
  };
}

describe.each(voiceScenarios)('$name', (scenario) => {
  // seed 7 runs with all built-in scenarios
  it.each([1, 2, 3])('seed %d', async (seed) => {
    expect((await run(scenario, seed)).wrong).toEqual([]);
  });
});

describe('the expectations mean it: they are missed', () => {
  it.each<[string, ScenarioInput, string[], string[]]>([
    ['by people without FEC at 20 % loss', loss20NoDropouts, ['media.codec.fec=false'], ['concealed_rate']],
    [
      'by a downlink that narrows while there is one encoding for all',
      glitchFreeSwitches,
      ['media.codec.simulcast=false'],
      ['mouth_to_ear_ms', 'layer_switches'],
    ],
    ['by a phone without simulcast', simulcastMobile, ['media.codec.simulcast=false'], ['downlink_kbps']],
    [
      'by an evening on devices that are plugged in',
      mobileEvening,
      ['population.devices.mobileShare=0'],
      ['uplink_kbps', 'downlink_kbps'],
    ],
  ])('%s', async (_, scenario, overrides, missed) => {
    const { wrong } = await run(scenario, 1, overrides);
    expect(wrong).toEqual(expect.arrayContaining(missed));
  });
});

test('a room on 3G in which all talk at once moves to the SFU and is understood all the time', async () => {
  const { result, wrong } = await run(
    {
      name: 'everybody-moves',
      durationS: 26,
      drainS: 4,
      population: {
        script: [1, 2, 3, 4, 5, 6, 7, 8].map((user) => ({
          atS: user === 8 ? 12 : user * 0.5,
          user,
          do: 'join',
          channel: 1,
        })),
      },
      network: { clientProfiles: { '3g': 1 } },
      media: { fidelity: 'packet', talk: { model: 'everyone' } },
      expectations: {
        migrations_completed: ['count==1'],
        concealed_rate: ['rate<0.01'],
        voice_gap_max_ms: ['value<300'],
      },
    },
    1,
  );
  expect(wrong, JSON.stringify(result.metrics.concealed_rate)).toEqual([]);
});

/** What arrives at the phone of person 1 after 10 s, in kbit/s. */
async function downlinkOfPhone(overrides: readonly string[]): Promise<number> {
  const scenario = resolveScenario(simulcastMobile, { overrides });
  let bytes = 0;
  await simulate(scenario, {
    seed: 1,
    onWorld: (world) =>
      world.events.listen({
        tabOpened: ({ userId }) => {
          if (userId !== '1') return;
          const delivered = (packet: { readonly bytes: number }) => {
            if (world.sim.nowUs >= 10e6) bytes += packet.bytes;
          };
          world.network.observeMedia(world.hosts.get('client-1')!, { sent: () => {}, delivered, dropped: () => {} });
        },
      }),
  });
  return bytes / (125 * (scenario.durationS + scenario.drainS - 10));
}

test('simulcast halves the bandwidth of a phone low on battery (B10)', async () => {
  const [simulcast, single] = [await downlinkOfPhone([]), await downlinkOfPhone(['media.codec.simulcast=false'])];
  expect(simulcast / single).toBeLessThan(0.5);
  expect(single).toBeGreaterThan(5 * 88.8);
});

/** Recorded by Winstein et al., NSDI 2013; not part of the project. */
const recordings = [process.env.DEADAIR_SHARED, '../shared']
  .filter((shared) => shared !== undefined)
  .map((shared) => resolve(shared, 'data/mahimahi'))
  .find((each) => existsSync(join(each, 'Verizon-LTE-short.down')));

if (recordings === undefined) {
  test.skip('a call from a car on LTE: no recordings in ../shared/data/mahimahi; set DEADAIR_SHARED to the folder that has data/', () =>
    undefined);
} else {
  test('a call from a car on LTE: outages of a second, and voice comes back after each', async () => {
    const script = [1, 2, 3, 4].map((user) => ({
      atS: user / 10,
      user,
      do: 'join',
      network: user === 1 ? 'car' : 'lte',
    }));
    const scenario = await loadScenario('large-call', {
      builtIn: [
        {
          name: 'large-call',
          durationS: 140,
          drainS: 20,
          policy: { profile: 'always-sfu' },
          population: { script },
          network: {
            traceFiles: {
              up: join(recordings, 'Verizon-LTE-short.up'),
              down: join(recordings, 'Verizon-LTE-short.down'),
            },
            profiles: { car: { delayMs: 25, up: { trace: 'up' }, down: { trace: 'down' } } },
          },
          media: { fidelity: 'packet', talk: { model: 'everyone', dtx: false } },
        } as ScenarioInput,
      ],
    });
    const result = await simulate(scenario, { seed: 1 });
    expect(result.violations).toEqual([]);
    const value = (name: string) => (result.metrics[name] as { value: number }).value;
    // the longest gap between two opportunities is 1.4 s
    expect(value('voice_gap_max_ms')).toBeGreaterThan(200);
    expect(value('voice_gap_max_ms')).toBeLessThan(3_000);
    expect(value('voice_dropout_rate')).toBeLessThan(0.02);
    expect(value('mos_worst_listener')).toBeGreaterThan(3.1);
  });
}
