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

/**
 * Service levels of a healthy system under load: errors below 1 % (C7), dropouts below 0.5 % (C5). The service answers a
 * join within 200 ms (p95). What the user waits is about five round trips of the user's own network more, so each scenario states what its
 * mix of networks allows.
 */
export const healthyService: Expectations = {
  error_rate: ['rate<0.01'],
  dropout_rate: ['rate<0.005'],
  clients_joined_rate: ['rate==1'],
  join_service_ms: ['p(95)<200'],
};
