import { expect, test } from 'vitest';
import { crossroads } from '../../scenarios/crossroads.js';
import { defineScenario, resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';

/** Time-outs that are too short for such links: attempts fail, while for some pairs their rooms are the first path that works. */
const impatient = resolveScenario(
  defineScenario({
    ...crossroads,
    name: 'impatient',
    durationS: 28,
    policy: {
      ...crossroads.policy,
      meshLimit: 10,
      sessionGraceMs: 27_000,
      pingEveryMs: 15_000,
      backendTimeoutMs: 5_000,
    },
    network: { clientProfiles: { 'very-bad': 1 } },
    population: {
      clients: 4,
      channels: 1,
      membersMin: 4,
      membersMax: 4,
      arrival: { kind: 'ramp', atS: 0.5, overS: 8 },
    },
  }),
);

test('a pair that hears each other only in the room of a failed attempt keeps it until it has another path', async () => {
  let rolledBack = 0;
  for (const seed of [6, 17]) {
    const { violations, metrics } = await simulate(impatient, { seed });
    rolledBack += (metrics.migrations_rolled_back as { value: number }).value;
    expect(violations.filter(({ oracle }) => oracle === 'audible-gap').map(({ message }) => message)).toEqual([]);
  }
  expect(rolledBack).toBeGreaterThan(0);
});
