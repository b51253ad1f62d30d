import { defineSuite, type SuiteInput } from '../../sim/gate/suite-schema.js';
import { builtInScenarios } from '../index.js';

type Entry = Exclude<SuiteInput['scenarios'][number], string>;

/** What is made smaller, so that ten seeds of everything take minutes. */
const smaller: Readonly<Record<string, Omit<Entry, 'scenario'>>> = {
  // a quarter of the time, with the same coming and going
  'mixed-load': { set: { durationS: 600 } },
  // one organisation instead of twenty
  'call-center-hour': { set: { 'calls.organisations.0.copies': 1 } },
  'large-call': { set: { durationS: 30, drainS: 10 } },
};

/** Every built-in scenario with ten seeds: what `deadair gate` runs unless told otherwise. */
export const defaultSuite = defineSuite({
  name: 'default',
  description: 'Every built-in scenario, the largest ones made smaller.',
  seeds: 10,
  scenarios: builtInScenarios.map(({ name }) => ({ scenario: name, ...smaller[name] })),
});
