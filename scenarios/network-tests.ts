import type { PROFILES } from '../sim/net/index.js';
import { defineScenario, type ScenarioInput } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/** The network tests of the plan, and outages, handover and satellite besides: names of access networks. */
export const NETWORK_TESTS = [
  'good',
  '3g-plan',
  '2g',
  'poor-then-good',
  'loss-5',
  'loss-20',
  'variable-delay',
  'limit-1mbps',
  'limit-512',
  'limit-256',
  'outage-1s',
  'outage-5s',
  'handover',
  'starlink',
] as const satisfies readonly (keyof typeof PROFILES)[];

export type NetworkTest = (typeof NETWORK_TESTS)[number];

/**
 * Four people talk for a minute; person 1 is on the network under test, the others on good links. What is asked: nothing breaks, person 1
 * gets what the network allows, and the others do not notice.
 * @param path over an SFU node, or in a mesh
 */
export function networkTest(network: NetworkTest, path: 'sfu' | 'mesh'): ScenarioInput {
  const join = (user: number, atS: number) => ({
    atS,
    user,
    do: 'join' as const,
    network: user === 1 ? network : 'lte',
  });
  return defineScenario({
    name: `network-${network}-${path}`,
    description: `Four people in ${path === 'sfu' ? 'an SFU room' : 'a mesh'}, one of them on the network ${network}.`,
    // hysteresis lets a better layer be tried every 10 s only
    durationS: network === 'poor-then-good' ? 80 : 60,
    drainS: 20,
    policy: { profile: path === 'sfu' ? 'always-sfu' : 'channels' },
    population: { script: [join(2, 0.1), join(3, 0.2), join(4, 0.3), join(1, 0.4)] },
    media: { fidelity: 'packet', talk: { model: 'everyone', dtx: false } },
    expectations: { ...nothingBroken },
  });
}
