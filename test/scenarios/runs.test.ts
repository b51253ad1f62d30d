import { describe, expect, it } from 'vitest';
import { builtInScenarios } from '../../scenarios/index.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import { chaosScenario } from '../soak/chaos.js';

const whatWentWrong = (result: Awaited<ReturnType<typeof simulate>>) => [
  ...result.violations.map(({ oracle, message }) => `${oracle}: ${message}`),
  ...result.expectations
    .filter(({ pass, level }) => !pass && level === 'fail')
    .map(({ metric, actual }) => `${metric}: ${actual}`),
];

/** Of hours, days and weeks the first part, with what goes wrong in it. What is told of the rest stands in the README. */
const shorter: Readonly<Record<string, readonly string[]>> = {
  'load-ramp': ['durationS=200', 'population.arrival.overS=150'],
  'load-steady': ['durationS=300', "expectations={sfu_cpu_max: ['value<0.6'], uptime: ['rate>0.999'], mos: ['med>4']}"],
  'load-churn': ['durationS=120', "expectations.sfu_connection_s=['count>50']"],
  'large-channel': ['durationS=130', 'drainS=10'],
  autoscaling: [
    'durationS=1500',
    'population.clients=240',
    'population.channels=40',
    'population.arrival.overS=700',
    'population.session.meanS=500',
    "expectations.sfu_nodes=['max>=4', 'min>=3']",
  ],
  'day-without-growth': [
    'durationS=3600',
    "expectations.state_growth=['value<0.3']",
    "expectations.migrations_completed=['count>5']",
    "expectations.sfu_connection_s=['count>15']",
  ],
  'week-of-uptime': [
    'durationS=9000',
    'faults=[{kind: sfu-crash, target: sfu-1, atS: 3000, forS: 1500}, {kind: redis-crash, atS: 5000, forS: 1500}, {kind: backend-cut-off, target: any, atS: 7000, forS: 1000}]',
    // three of these faults in five hours are not those of a week
    "expectations.uptime=['rate>0.99']",
    "expectations.dropout_rate=['rate<0.01']",
    "expectations.state_growth=['value<1']",
  ],
};

describe('the built-in scenarios hold what the documents ask of them', () => {
  for (const scenario of builtInScenarios) {
    it(`${scenario.name}, seed 7`, { timeout: 120_000 }, async () => {
      const overrides = {
        'mixed-load': ['durationS=400'],
        // a twentieth of it
        'call-center-hour': ['calls.organisations.0.copies=1'],
        ...shorter,
      }[scenario.name];
      const resolved = resolveScenario(scenario, overrides === undefined ? {} : { overrides: [...overrides] });
      const result = await simulate(resolved, { seed: 7 });
      expect(whatWentWrong(result)).toEqual([]);
      const { script, clients } = resolved.population;
      // who calls comes when it calls
      if (scenario.calls !== undefined) expect(result.clients).toBeGreaterThan(3);
      else expect(result.clients).toBe(script === undefined ? clients : new Set(script.map(({ user }) => user)).size);
    });
  }
});

describe('the correct core survives what nobody planned', () => {
  for (const seed of [1, 19, 37, 51, 80, 101]) {
    it(`chaos, seed ${seed}`, async () => {
      expect(whatWentWrong(await simulate(resolveScenario(chaosScenario(seed)), { seed }))).toEqual([]);
    });
  }
});
