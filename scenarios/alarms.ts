import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/**
 * A11: a media server, then a Redis server is down for long enough to fire its alert, under a monitoring that scrapes all servers. Nothing else fires: the
 * service goes on. The same rules as in `scenarios/alerts/voice.rules.yaml`.
 */
export const alarms = defineScenario({
  name: 'alarms',
  description:
    'A media server and a Redis server are down for three minutes each: their alerts fire, and no others (A11).',
  durationS: 600,
  drainS: 120,
  policy: { profile: 'channels' },
  population: {
    clients: 60,
    channels: 6,
    membersMin: 8,
    membersMax: 12,
    arrival: { kind: 'ramp', overS: 60 },
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  hosts: { clockSkewMs: 100, clockDriftPpm: 20 },
  alerts: { rules: 'builtin' },
  faults: [
    { kind: 'sfu-crash', atS: 100, target: 'sfu-1', forS: 180 },
    { kind: 'redis-crash', atS: 350, target: 'primary', forS: 180 },
  ],
  expectations: {
    ...nothingBroken,
    alerts_fired: ['count==2'],
    critical_alerts_fired: ['count==2'],
    redis_outage_ms: ['value<30000'],
  },
});
