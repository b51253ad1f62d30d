import { describe, expect, test } from 'vitest';
import { DeadairError } from '../../sim/errors.js';
import {
  METRIC_NAMES,
  resolvePolicy,
  resolveScenario,
  scenarioHash,
  scenarioJsonSchema,
} from '../../sim/scenario/index.js';
import type { JsonSchema } from '../../sim/scenario/json-schema.js';

const problemOf = (input: Record<string, unknown>, overrides: readonly string[] = []): string => {
  try {
    resolveScenario({ name: 'x', ...input }, { overrides });
  } catch (error) {
    expect(error).toBeInstanceOf(DeadairError);
    expect((error as DeadairError).exitCode).toBe(2);
    expect((error as DeadairError).message).not.toContain('\n');
    return (error as DeadairError).message;
  }
  throw new Error('was accepted');
};

describe('defaults', () => {
  test('a name is enough', () => {
    const scenario = resolveScenario({ name: 'x' });
    expect(scenario).toMatchObject({
      durationS: 300,
      drainS: 60,
      policy: { profile: 'channels' },
      topology: { backends: 3, sfuNodes: 3, redis: { replicas: 2, sentinels: 3 } },
      population: { clients: 50, channels: 5 },
      faults: [],
    });
  });

  test('channels follow the clients unless they are set', () => {
    expect(resolveScenario({ name: 'x', population: { clients: 10_000 } }).population.channels).toBe(1000);
    expect(resolveScenario({ name: 'x', population: { clients: 3 } }).population.channels).toBe(1);
    expect(resolveScenario({ name: 'x', population: { clients: 100, channels: 20 } }).population.channels).toBe(20);
  });

  test('a resolved scenario resolves to itself, and its hash depends on content and not on the order of keys', () => {
    const once = resolveScenario({ name: 'x', durationS: 60 });
    const twice = resolveScenario(once);
    expect(twice).toEqual(once);
    expect(scenarioHash(twice)).toBe(scenarioHash(once));
    const reordered = Object.fromEntries(Object.entries(once).reverse()) as typeof once;
    expect(scenarioHash(reordered)).toBe(scenarioHash(once));
    expect(scenarioHash(resolveScenario({ name: 'x', durationS: 61 }))).not.toBe(scenarioHash(once));
  });

  test('the policy is the profile with its overrides', () => {
    const calls = resolvePolicy(resolveScenario({ name: 'x', policy: { profile: 'calls', lockTtlMs: 1234 } }));
    expect(calls).toMatchObject({ enableThreshold: 3, disableThreshold: 2, lockTtlMs: 1234 });
    expect(calls).not.toHaveProperty('profile');
    expect(calls).not.toHaveProperty('fadeMs');
  });
});

describe('what is wrong is named with its fix', () => {
  test.each([
    [{ durationS: 'long' }, 'durationS: must be a number, not "long"'],
    [{ durationS: -1 }, 'durationS: must be above 0, not -1'],
    [{ population: { clients: 0 } }, 'population.clients: must be at least 1, not 0'],
    [{ population: { clients: 2.5 } }, 'population.clients: must be a whole number, not 2.5'],
    [{ population: { closeTabShare: 1.5 } }, 'population.closeTabShare: must be at most 1, not 1.5'],
    [{ populaton: {} }, 'populaton: is no known key; did you mean "population"?'],
    [{ population: { client: 3 } }, 'population.client: is no known key; did you mean "clients"?'],
    [{ policy: { profile: 'call' } }, 'policy.profile: cannot be "call"; did you mean "calls"?'],
    [{ policy: { enableThreshold: 12 } }, 'policy.meshLimit: must be at least policy.enableThreshold (12)'],
    [{ policy: { enableThreshold: 4 } }, 'policy.disableThreshold: must be below policy.enableThreshold (4)'],
    [{ network: { clientProfiles: { wfi: 1 } } }, 'there is no network profile "wfi"; did you mean "wifi"?'],
    [{ network: { clientProfiles: { wifi: -1 } } }, 'network.clientProfiles.wifi: must be at least 0, not -1'],
    [{ network: { clientProfiles: {} } }, 'must give at least one profile a weight above 0'],
    [{ network: { profiles: { own: { rateKbps: -3 } } } }, 'network.profiles.own.rateKbps: must be above 0, not -3'],
    [
      { faults: [{ kind: 'redis-crsh', atS: 1 }] },
      'faults.0.kind: cannot be "redis-crsh"; did you mean "redis-crash"?',
    ],
    [{ faults: [{ atS: 1 }] }, 'faults.0.kind: is missing; known: redis-crash'],
    [{ faults: [{ kind: 'redis-crash' }] }, 'faults.0.atS: is missing; it must be a number'],
    [{ faults: [{ kind: 'sfu-crash', atS: 1, fors: 3 }] }, 'faults.0.fors: is no known key; did you mean "forS"?'],
    [{ faults: [{ kind: 'sfu-crash', atS: 400 }] }, 'faults.0.atS: must lie within durationS (300)'],
    [{ faults: [{ kind: 'sfu-crash', atS: 1, target: 'sfu-9' }] }, '"sfu-9" does not exist; the last one is sfu-3'],
    [{ faults: [{ kind: 'sfu-crash', atS: 1, target: 'the sfu' }] }, 'must name a host'],
    [{ faults: [{ kind: 'sfu-refus', atS: 1, forS: 2 }] }, 'did you mean "sfu-refuse"?'],
    [{ faults: [{ kind: 'sfu-refuse', atS: 1 }] }, 'faults.0.forS: is missing'],
    [{ faults: [{ kind: 'sfu-refuse', atS: 1, forS: 2, target: 'backend-1' }] }, 'must name a sfu for sfu-refuse'],
    [{ faults: [{ kind: 'sfu-slow', atS: 1, forS: 2, delayMs: 0 }] }, 'faults.0.delayMs: must be at least 1, not 0'],
    [{ population: { channels: 40 } }, '50 clients do not fill 40 channels of 2 to 30: at least 80 clients are needed'],
    [{ population: { guests: { perChannel: 2 } } }, 'population.guests.perChannel: must be below membersMin (2)'],
    [{ expectations: { join_latency: ['p(95)<1'] } }, 'no metric "join_latency"; did you mean "join_latency_ms"?'],
    [{ expectations: { lost_joins: ['count=0'] } }, 'expectations.lost_joins.0: "count=0": cannot be read; write'],
    [{ expectations: { lost_joins: [{ expect: 'count==0', levl: 'warn' }] } }, 'did you mean "level"?'],
    [{ expectations: { lost_joins: [3] } }, 'expectations.lost_joins.0: must be a text or a group of fields, not 3'],
    [{ expectations: { lost_joins: 'count==0' } }, 'expectations.lost_joins: must be a list'],
    [{ name: 'No Name' }, 'name: must be lower-case letters, digits and dashes, not "No Name"'],
  ])('%j', (input, message) => {
    expect(problemOf(input)).toContain(message);
  });

  test('several problems are counted', () => {
    expect(problemOf({ durationS: 'a', drainS: 'b' })).toMatch(/^durationS: .* \(and 1 more\)$/);
  });
});

describe('overrides', () => {
  test('are typed by the schema', () => {
    const scenario = resolveScenario(
      { name: 'x' },
      {
        overrides: [
          'policy.enableThreshold=10',
          'population.rejoin=false',
          'population.session.meanS=null',
          'description=007',
          'network.clientProfiles={wifi: 1, 3g: 2}',
          'faults=[{kind: sfu-crash, atS: 10}]',
          'faults.0.forS=1e1',
        ],
      },
    );
    expect(scenario.policy.enableThreshold).toBe(10);
    expect(scenario.population.rejoin).toBe(false);
    expect(scenario.description).toBe('007');
    expect(scenario.network.clientProfiles).toEqual({ wifi: 1, '3g': 2 });
    expect(scenario.faults).toEqual([{ kind: 'sfu-crash', atS: 10, target: 'any', forS: 10 }]);
  });

  test('leave the original alone', () => {
    const input = { name: 'x', population: { clients: 20 } } as const;
    resolveScenario(input, { overrides: ['population.clients=30'] });
    expect(input.population.clients).toBe(20);
  });

  test.each([
    ['population.client=1', '"population.client" is no known key; did you mean "population.clients"?'],
    ['clients=1', '"clients" is no known key; did you mean "population.clients"?'],
    ['durationS.x=1', '"durationS" has no fields'],
    ['foo', 'write key=value'],
    ['=3', 'write key=value'],
    ['population..clients=3', 'is no key'],
    ['__proto__.x=3', 'is no key'],
    ['faults.1.atS=1', 'faults has 0 entries; the next one is faults.0'],
    ['population.clients=many', '--set population.clients=many: population.clients: must be a number, not "many"'],
    ['population.clients=0', '--set population.clients=0: population.clients: must be at least 1'],
    ['population.clients=', 'must be a number'],
    ['durationS=.inf', 'durationS: must be'],
  ])('--set %s', (override, message) => {
    expect(problemOf({ faults: [] }, [override])).toContain(message);
  });
});

describe('JSON Schema', () => {
  test('describes every field', () => {
    const bare: string[] = [];
    const walk = (schema: JsonSchema, path: string) => {
      for (const [key, field] of Object.entries(schema.properties ?? {})) {
        const here = `${path}.${key}`;
        if (field.description === undefined) bare.push(here);
        if (!here.startsWith('.network.profiles')) walk(field, here);
      }
    };
    walk(scenarioJsonSchema(), '');
    expect(bare).toEqual([]);
  });

  test('does not require what has a default', () => {
    expect(scenarioJsonSchema().required).toEqual(['name']);
  });
});

test('metric names are unique words with a unit where they have one', () => {
  for (const name of METRIC_NAMES) expect(name).toMatch(/^[a-z][a-z_]*$/);
});
