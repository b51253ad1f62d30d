import { describe, expect, it } from 'vitest';
import { resolveScenario, type ScenarioInput } from '../../../sim/scenario/index.js';
import { World } from '../../../sim/world/world.js';

const base: ScenarioInput = {
  name: 'two',
  durationS: 40,
  drainS: 5,
  policy: { profile: 'calls' },
  topology: { backends: 2, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } },
};

const join = (user: number, atS: number, network?: string) =>
  ({ atS, user, do: 'join', ...(network === undefined ? {} : { network }) }) as const;

describe('networks of people', () => {
  it('a step names the access network of a device, or moves it to another one', async () => {
    const script = [
      join(1, 0.1, '3g'),
      join(2, 0.2),
      { atS: 10, user: 1, do: 'change-network', network: 'lte' } as const,
    ];
    const world = new World(resolveScenario({ ...base, population: { script } }), { seed: 1 });
    const profile = (user: number) => world.network.profileOf(world.population.find(String(user))!.host);
    await world.sim.run({ untilUs: 9e6 });
    expect([profile(1), profile(2)]).toEqual(['3g', 'wifi']);
    await world.sim.run({ untilUs: 11e6 });
    expect([profile(1), profile(2)]).toEqual(['lte', 'wifi']);
    expect(world.hearing.heardPairs).toBe(2);
  });

  it.each<[object, string]>([
    [{ atS: 1, user: 1, do: 'change-network' }, 'population.script.1.network: is missing; it names the profile'],
    [{ atS: 1, user: 1, do: 'change-network', network: 'lt' }, 'did you mean "lte"?'],
    [{ atS: 1, user: 2, do: 'join', network: 'wify' }, 'did you mean "wifi"?'],
  ])('%j is refused', (step, message) => {
    const script = [join(1, 0.1), step];
    expect(() => resolveScenario({ ...base, population: { script } })).toThrow(message);
  });
});

describe('relays of a world', () => {
  const script = [join(1, 0.1), join(2, 0.2)];
  const network: ScenarioInput['network'] = { relay: { share: 1 }, profileByKind: { turn: 'datacenter' } };

  it('exist when somebody may need one, and carry the links of who does', async () => {
    const none = new World(resolveScenario({ ...base, population: { script } }), { seed: 1 });
    expect(none.turnServers).toEqual([]);
    const world = new World(resolveScenario({ ...base, population: { script }, network }), { seed: 1 });
    expect(world.turnServers.map(({ id }) => id)).toEqual(['turn-1', 'turn-2', 'turn-3']);
    await world.sim.run({ untilUs: 10e6 });
    expect(world.hearing.heardPairs).toBe(2);
  });

  it('take the voice with them when they die, and links come back over the others', async () => {
    const faults = [{ kind: 'turn-crash', atS: 5, target: 'turn-*' } as const];
    const all = new World(resolveScenario({ ...base, population: { script }, network, faults }), { seed: 1 });
    await all.sim.run({ untilUs: 39e6 });
    expect(all.hearing.heardPairs).toBe(0);
    // all but one: the third is drawn now and then
    const two = ['turn-1', 'turn-2'].map((target) => ({ kind: 'turn-crash', atS: 5, target }) as const);
    const world = new World(resolveScenario({ ...base, durationS: 60, population: { script }, network, faults: two }), {
      seed: 1,
    });
    await world.sim.run({ untilUs: 60e6 });
    expect(world.hearing.heardPairs).toBe(2);
  });

  it('stand at their sites; a client goes to the one nearest to it', async () => {
    const world = new World(
      resolveScenario({
        ...base,
        population: { script },
        network: {
          relay: { share: 1, sites: ['us-east-1', 'eu-west-1', 'ap-southeast-1'] },
          clientSites: { 'eu-west-1': 1 },
          siteDelaysMs: {
            'us-east-1': { 'eu-west-1': 35.5, 'ap-southeast-1': 118 },
            'eu-west-1': { 'ap-southeast-1': 93.5 },
          },
        },
      }),
      { seed: 1 },
    );
    await world.sim.run({ untilUs: 10e6 });
    expect(world.hearing.heardPairs).toBe(2);
    const [one, two] = world.population.clients.map(({ tab }) => tab!);
    expect(one!.routeTo(two!)!.relay!.id).toBe('turn-2');
    expect(two!.routeTo(one!)!.relay!.id).toBe('turn-2');
  });
});
