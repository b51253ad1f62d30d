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
  'load-steady': ['durationS=300', "expectations={sfu_cpu_max: ['value<0.6'], uptime: ['rate>0.999'], mos: ['med>4']}"],
  'load-churn': ['durationS=240', "expectations.sfu_connection_s=['count>100']"],
  'large-channel': ['durationS=150'],
  autoscaling: ['durationS=3600', 'drainS=60', 'media.fidelity=none'],
  'day-without-growth': [
    'durationS=7200',
    "expectations.state_growth=['value<0.1']",
    "expectations.migrations_completed=['count>15']",
    "expectations.sfu_connection_s=['count>40']",
  ],
  'week-of-uptime': [
    'durationS=20000',
    'faults=[{kind: sfu-crash, target: sfu-1, atS: 5000, forS: 5000}, {kind: redis-crash, atS: 11000, forS: 4000}, {kind: backend-cut-off, target: any, atS: 16000, forS: 1000}]',
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
      const result = await simulate(
        resolveScenario(scenario, overrides === undefined ? {} : { overrides: [...overrides] }),
        {
          seed: 7,
        },
      );
      expect(whatWentWrong(result)).toEqual([]);
      const { script, clients } = resolveScenario(scenario).population;
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
