import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSelector, resolveScenario, type ScenarioInput } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';

const world: ScenarioInput = {
  name: 'labels',
  durationS: 40,
  drainS: 20,
  policy: { profile: 'calls' },
  topology: { backends: 2, sfuNodes: 2, redis: { replicas: 0, sentinels: 0 } },
  population: { clients: 12, channels: 3, membersMin: 4, membersMax: 4, arrival: { kind: 'ramp', overS: 5 } },
  network: { clientProfiles: { wifi: 1, '3g': 1 } },
};
const expecting = (expectations: NonNullable<ScenarioInput['expectations']>, more: Partial<ScenarioInput> = {}) =>
  resolveScenario({ ...world, ...more, expectations });

describe('grammar', () => {
  test.each([
    ['mos', 'mos', {}],
    ['join_latency_ms{network:3g}', 'join_latency_ms', { network: '3g' }],
    [' migrations_failed { to : sfu , reason:node-lost } ', 'migrations_failed', { to: 'sfu', reason: 'node-lost' }],
  ])('%s', (text, metric, labels) => {
    expect(parseSelector(text)).toEqual({ metric, labels });
  });

  test.each(['', '{network:3g}', 'mos{', 'mos{}', 'mos{network}', 'mos{network:}', 'mos{a:b}c', 'mos{to:a,to:b}'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseSelector(text)).toThrow(expect.objectContaining({ code: 'expectation.syntax' }));
    },
  );

  test('property: random text never throws anything but its own error', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '{', '}', ':', ',', ' ', '_') }), (text) => {
        try {
          parseSelector(text);
        } catch (error) {
          expect(error).toHaveProperty('code', 'expectation.syntax');
        }
      }),
    );
  });
});

describe('what cannot be is refused before anything runs', () => {
  test.each([
    ['join_latency_ms{netwrok:3g}', 'has no label "netwrok"; did you mean "network"?'],
    ['join_latency_ms{network:3h}', 'network is never "3h"; did you mean "3g"?'],
    ['migration_duration_ms{to:mesh}', 'to is never "mesh"; known: p2p, sfu'],
    ['lost_joins{to:sfu}', 'lost_joins has no labels'],
    ['join_latency_m{network:3g}', 'there is no metric "join_latency_m"; did you mean "join_latency_ms"?'],
    ['mos', 'is measured only where voice is simulated; set media.fidelity'],
    ['call_success_rate', 'is measured only where people call each other'],
  ])('%s', (key, message) => {
    expect(() => expecting({ [key]: ['count==0'] })).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }),
    );
  });

  test('a profile of the scenario itself is a value', () => {
    const network = { clientProfiles: { train: 1 }, profiles: { train: { delayMs: 80 } } };
    expect(expecting({ 'join_latency_ms{network:train}': ['max<1e6'] }, { network }).name).toBe('labels');
  });
});

test('samples are told apart by label, and add up to the whole', async () => {
  const keys = [
    'join_latency_ms{network:wifi}',
    'join_latency_ms{network:3g}',
    'first_connection_ms{network:3g}',
    'migration_duration_ms{to:sfu}',
    'join_service_ms{outcome:queued}',
    'join_service_ms{outcome:joined}',
  ];
  const counters = ['migrations_completed{to:sfu}', 'migrations_failed{to:sfu,reason:timeout}'];
  const result = await simulate(
    expecting({
      ...Object.fromEntries(keys.map((key) => [key, ['max>0']])),
      ...Object.fromEntries(counters.map((key) => [key, ['count>=0']])),
      migration_success_rate: ['rate==1'],
      'migration_success_rate{to:sfu}': ['rate==1'],
      'error_rate{network:3g}': ['rate==0'],
      'join_latency_ms{network:gprs}': ['max<1e9'],
      audible_gap_per_pair_ms: ['max>=0'],
    }),
    { seed: 3 },
  );
  const count = (key: string) => (result.metrics[key] as { count: number }).count;
  const [wifi, slow] = [count(keys[0]!), count(keys[1]!)];
  expect(wifi).toBeGreaterThan(0);
  expect(slow).toBeGreaterThan(0);
  expect(wifi + slow).toBe(count('join_latency_ms'));
  expect(result.metrics[keys[1]!]).toMatchObject({ unit: 'ms' });
  expect((result.metrics[keys[1]!] as { med: number }).med).toBeGreaterThan(
    (result.metrics[keys[0]!] as { med: number }).med,
  );
  expect(count('migration_duration_ms{to:sfu}')).toBe(count('migration_duration_ms'));
  expect(count(keys[4]!) + count(keys[5]!)).toBe(count('join_service_ms'));
  expect(result.metrics['migrations_completed{to:sfu}']).toEqual(result.metrics.migrations_completed);
  // each of four hears three others
  expect(count('audible_gap_per_pair_ms')).toBe(3 * 4 * 3);
  const missed = result.expectations.filter(({ pass }) => !pass);
  expect(missed).toMatchObject([{ metric: 'join_latency_ms{network:gprs}', reason: 'no samples' }]);
});

test('voice and its gaps have labels; naming them changes no event', async () => {
  const media = { fidelity: 'flow', talk: { model: 'dominant' } } as const;
  const short = { media, durationS: 15, drainS: 5 };
  const plain = await simulate(expecting({ mos: ['avg>1'] }, short), { seed: 1 });
  const result = await simulate(
    expecting(
      {
        mos: ['avg>1'],
        'mos{network:wifi}': ['avg>1'],
        'mos{network:3g}': ['avg>1'],
        'media_latency_ms{mode:sfu}': ['p(95)>0'],
        'voice_gaps{cause:outage}': ['count>=0'],
      },
      short,
    ),
    { seed: 1 },
  );
  expect(result.traceHash).toBe(plain.traceHash);
  expect(result.metrics.mos).toEqual(plain.metrics.mos);
  const count = (key: string) => (result.metrics[key] as { count: number }).count;
  expect(count('mos{network:wifi}') + count('mos{network:3g}')).toBe(count('mos'));
  expect(count('media_latency_ms{mode:sfu}')).toBeGreaterThan(0);
  expect(result.expectations.every(({ pass }) => pass)).toBe(true);
});
