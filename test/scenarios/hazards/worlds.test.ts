import { expect, test } from 'vitest';
import { crossroads } from '../../../scenarios/crossroads.js';
import { hazards, lackOf, worldOf } from '../../../scenarios/hazards/index.js';
import { resolveScenario, type ScenarioInput } from '../../../sim/scenario/index.js';

const lack = (id: string, input: ScenarioInput) => {
  const hazard = hazards.find((each) => each.id === id);
  if (hazard === undefined) throw new Error(`no hazard ${id}`);
  return lackOf(hazard, resolveScenario(input));
};

test('a hazard lacks nothing in its own scenario; one that is not for the crossroads lacks something there', () => {
  const scenario = resolveScenario(crossroads);
  for (const hazard of hazards) {
    expect([hazard.id, lackOf(hazard, resolveScenario(worldOf(hazard)))]).toEqual([hazard.id, null]);
    expect([hazard.id, lackOf(hazard, scenario) === null]).toEqual([hazard.id, hazard.world === undefined]);
  }
});

test('what counts is what a scenario has, not its name', () => {
  const calls = { organisations: [{ arrivals: [{ atS: 1, overS: 1, count: 1 }] }] };
  expect(lack('rate-get-then-incr', { ...crossroads, tokens: {} })).toBeNull();
  expect(lack('accept-no-cas', { ...crossroads, calls })).toBeNull();
  expect(lack('hold-taken-over', { ...crossroads, calls })).toContain('calls.policy.holdMs');
  expect(lack('hold-taken-over', { ...crossroads, calls: { ...calls, policy: { holdMs: 2_000 } } })).toBeNull();
  expect(lack('layer-flap', { ...crossroads, media: { fidelity: 'packet' } })).toBeNull();
  expect(lack('layer-flap', { ...crossroads, media: { fidelity: 'flow' } })).toContain('media.fidelity packet');
  expect(lack('estimate-oscillates', { ...crossroads, media: { fidelity: 'packet' } })).toContain('media.estimator');
  const health = { kind: 'operator' as const, atS: 1, do: 'health' as const };
  expect(lack('clear-live-migration', { ...crossroads, tokens: {}, faults: [health] })).toContain('do clear-stuck');
});
