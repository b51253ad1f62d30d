import type { ScenarioInput } from '../sim/scenario/index.js';

type Expectations = NonNullable<ScenarioInput['expectations']>;

/** What must hold at the end of any run, whatever happened in it. */
export const nothingBroken: Expectations = {
  lost_joins: ['count==0'],
  doubled_joins: ['count==0'],
  ghost_participants: ['count==0'],
  split_brains: ['count==0'],
  stuck_migrations: ['count==0'],
  orphan_rooms: ['count==0'],
};

/** Service levels of a healthy system under load: errors below 1 % (C7), dropouts below 0.5 % (C5), join latency p95 below 200 ms on good access links (C5, as warning: most of it is the users' own network). */
export const healthyService: Expectations = {
  error_rate: ['rate<0.01'],
  dropout_rate: ['rate<0.005'],
  clients_joined_rate: ['rate==1'],
  join_latency_ms: ['p(95)<500', { expect: 'p(95)<200', level: 'warn' }],
};
