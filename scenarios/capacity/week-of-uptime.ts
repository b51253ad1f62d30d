import { defineScenario } from '../../sim/scenario/index.js';
import { nothingBroken } from '../service-levels.js';

const HOUR = 3_600;
const DAY = 24 * HOUR;

/**
 * B10 and C10: more than 99.9 % up over a week, with what happens in an ordinary one: backends are deployed one after the other, SFU nodes die and are
 * replaced hours later, the Redis primary dies in the night, a backend loses its network, processes hang in long garbage collections. Each is long enough for
 * a service that cannot do without the broken part to miss the level (0.1 % of a week is ten minutes). Uptime is that
 * of people: the share of the time they wanted to talk in which they were in and heard everybody.
 *
 * Few people, and clocks of the service five times as slow as usual, so that a week takes a minute: what it notices after three seconds elsewhere it
 * notices after fifteen here. That makes it harder, not easier.
 */
export const weekOfUptime = defineScenario({
  name: 'week-of-uptime',
  description: 'Seven days with the faults of an ordinary week: more than 99.9 % up, as people see it (B10, C10).',
  durationS: 7 * DAY,
  drainS: 600,
  policy: {
    profile: 'channels',
    enableThreshold: 5,
    disableThreshold: 3,
    tickMs: 5_000,
    sfuCheckEveryMs: 5_000,
    pingEveryMs: 60_000,
    backendTimeoutMs: 20_000,
    sessionGraceMs: 150_000,
    migrationTimeoutMs: 160_000,
    reconcileEveryMs: 300_000,
    workLeaseMs: 10_000,
  },
  topology: { backends: 2, sfuNodes: 2, redis: { replicas: 1, sentinels: 3 } },
  population: {
    clients: 18,
    channels: 3,
    membersMin: 5,
    membersMax: 7,
    arrival: { kind: 'poisson', overS: HOUR },
    session: { meanS: HOUR },
    pauseS: 600,
    closeTabShare: 0.2,
  },
  network: { clientProfiles: { lte: 1 } },
  hosts: { clockSkewMs: 200, clockDriftPpm: 20 },
  faults: [
    { kind: 'backend-crash', target: 'backend-1', atS: DAY + 10 * HOUR, forS: 30 },
    { kind: 'backend-crash', target: 'backend-2', atS: DAY + 10 * HOUR + 300, forS: 30 },
    { kind: 'sfu-crash', target: 'sfu-1', atS: 2 * DAY + 14 * HOUR, forS: 8 * HOUR },
    { kind: 'sfu-crash', target: 'sfu-2', atS: 3 * DAY + 2 * HOUR, forS: 3 * HOUR },
    { kind: 'backend-pause', target: 'any', atS: 3 * DAY + 9 * HOUR, forS: 8 },
    { kind: 'redis-crash', target: 'primary', atS: 4 * DAY + 3 * HOUR, forS: 4 * HOUR },
    { kind: 'backend-cut-off', target: 'any', atS: 5 * DAY + 11 * HOUR, forS: 2 * HOUR },
    { kind: 'sfu-pause', target: 'any', atS: 6 * DAY + 16 * HOUR, forS: 10 },
  ],
  expectations: {
    ...nothingBroken,
    uptime: ['rate>0.999'],
    redis_outage_ms: ['value<60000'],
    sfu_outage_ms: ['value<60000'],
    dropout_rate: ['rate<0.001'],
    state_growth: ['value<0.1'],
  },
});
