import { describe, expect, it } from 'vitest';
import { builtInScenarios } from '../../scenarios/index.js';
import { smaller } from '../../scenarios/suites/default.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import { chaosScenario } from '../soak/chaos.js';

const whatWentWrong = (result: Awaited<ReturnType<typeof simulate>>) => [
  ...result.violations.map(({ oracle, message }) => `${oracle}: ${message}`),
  ...result.expectations
    .filter(({ pass, level }) => !pass && level === 'fail')
    .map(({ metric, actual }) => `${metric}: ${actual}`),
];

describe('the built-in scenarios hold what the documents ask of them', () => {
  for (const scenario of builtInScenarios) {
    it(`${scenario.name}, seed 7`, { timeout: 120_000 }, async () => {
      const resolved = resolveScenario(scenario, { overrides: smaller[scenario.name] ?? [] });
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
