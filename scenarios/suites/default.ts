import { defineSuite } from '../../sim/gate/suite-schema.js';
import { builtInScenarios } from '../index.js';

/** Overrides that make the largest scenarios small enough to be run often: the first part of an hour, a day or a week, with what goes wrong in it. */
export const smaller: Readonly<Record<string, readonly string[]>> = {
  // a quarter of the time, with the same coming and going
  'mixed-load': ['durationS=450'],
  // half of the calls, each of which moves to the SFU and back twice, as it does there
  'calls-third-person': ['durationS=420', 'population.clients=150', 'population.channels=50'],
  // one organisation instead of twenty, with a quiet quarter of an hour and ten minutes at the peak
  'call-center-hour': [
    'durationS=1560',
    'calls.organisations.0.copies=1',
    'calls.organisations.0.arrivals=[{atS: 60, overS: 840, perHour: 700}, {atS: 900, overS: 600, perHour: 1800}]',
  ],
  'accept-race': ['calls.organisations.0.copies=2', "expectations.calls_offered=['count==200']"],
  'ring-timeout-edge': [
    'calls.organisations.0.copies=3',
    "expectations.calls_offered=['count==240']",
    "expectations.calls_accepted=['count>24']",
    "expectations.calls_missed=['count>24']",
  ],
  'staff-crash': ['calls.organisations.0.copies=2', "expectations.calls_offered=['count>160']"],
  'ringing-without-redis': [
    'calls.organisations.0.copies=4',
    "expectations.calls_offered=['count>130']",
    // Redis is gone for a moment only, and with a third of the calls few are accepted just then
    "expectations.calls_accepted_offline=[{expect: 'count>0', over: median}]",
  ],
  'redis-gone-and-back': ['population.clients=24', 'population.channels=6'],
  'voice-crossroads': ['drainS=30'],
  // fewer calls; a salt with which one who stays has the flag at 0.1 %, and four of thirty at 5 %
  rollout: [
    'population.clients=90',
    'population.channels=30',
    'rollout.salt=hybrid-voice-35270',
    'rollout.stages.1.minMigrations=15',
    'rollout.stages.2.minMigrations=15',
    'durationS=840',
  ],
  'large-call': ['durationS=30', 'drainS=10'],
  'load-ramp': ['durationS=200', 'population.arrival.overS=150'],
  'load-steady': ['durationS=300', "expectations={sfu_cpu_max: ['value<0.6'], uptime: ['rate>0.999'], mos: ['med>4']}"],
  'load-churn': ['durationS=120', "expectations.sfu_connection_s=['count>50']"],
  'large-channel': ['durationS=130', 'drainS=10'],
  autoscaling: [
    'durationS=1500',
    'population.clients=264',
    'population.channels=44',
    'population.arrival.overS=700',
    'population.session.meanS=500',
    "expectations.sfu_nodes=[{expect: 'max>=4', over: median}, 'min>=3']",
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

/** Every built-in scenario with ten seeds: what `deadair gate` runs unless told otherwise. */
export const defaultSuite = defineSuite({
  name: 'default',
  description: 'Every built-in scenario, the largest ones made smaller.',
  seeds: 10,
  scenarios: builtInScenarios.map(({ name }) => ({ scenario: name, set: [...(smaller[name] ?? [])] })),
});
