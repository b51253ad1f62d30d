import { defineScenario, type ScenarioInput } from '../../sim/scenario/index.js';
import { healthyService, nothingBroken } from '../service-levels.js';

/** One media server of 8 vCPU, with what packets and people cost on Mattermost's rtcd, and voice as flows. */
const server = {
  policy: { profile: 'always-sfu' },
  topology: { sfuNodes: 1, sfuNode: { profile: 'rtcd-c7i.2xlarge' } },
  network: { clientProfiles: { good: 7, lte: 2, 'dsl-good': 1 } },
  media: { fidelity: 'flow', talk: { model: 'conversation' } },
} as const;

const oneCall = (members: number) => ({
  clients: members,
  channels: 1,
  membersMin: members,
  membersMax: members,
});

/** B10: under load the CPU stays below 60 %, forwarding below 10 ms (target 5), p95 of the latency below 100 ms from socket to socket. */
const levels: NonNullable<ScenarioInput['expectations']> = {
  ...nothingBroken,
  ...healthyService,
  sfu_cpu_max: ['value<0.6'],
  sfu_dropped_rate: ['rate==0'],
  sfu_refusals: ['count==0'],
  forwarding_ms: ['p(99)<5'],
  media_latency_ms: [{ expect: 'p(95)<100', over: 'median' }],
  mos: ['med>4'],
  uptime: ['rate>0.999'],
};

/** B12, first: 0 to 50 in 10 minutes. */
export const loadRamp = defineScenario({
  name: 'load-ramp',
  description: 'From nobody to 50 in one call in 10 minutes: CPU, latency and quality on one media server (B12).',
  durationS: 660,
  drainS: 20,
  ...server,
  population: { ...oneCall(50), arrival: { kind: 'ramp', overS: 600 } },
  expectations: { ...levels, participants_max: ['value==50'] },
});

/** B12, second: 50 for an hour. Nothing may get worse with time. (A voice's path to a listener is built with its first word: some are late.) */
export const loadSteady = defineScenario({
  name: 'load-steady',
  description: '50 in one call for an hour: nothing gets worse with time (B12).',
  durationS: 3_600,
  drainS: 20,
  ...server,
  population: { ...oneCall(50), arrival: { kind: 'ramp', overS: 30 } },
  expectations: { ...levels, participants_max: ['value==50'], state_growth: ['value<0.1'] },
});

/** B12, third: 10 talk, and 30 more come within two seconds, as when a meeting begins. Some minutes later they go. */
export const loadSpike = defineScenario({
  name: 'load-spike',
  description: 'Ten in a call, then 30 more within two seconds, and gone again some minutes later (B12).',
  durationS: 420,
  drainS: 20,
  ...server,
  population: {
    ...oneCall(40),
    arrival: { kind: 'ramp', overS: 20 },
    guests: { perChannel: 30, atS: 120, overS: 2, stayS: 120, visits: 1 },
  },
  expectations: { ...levels, participants_max: ['value>=38'], first_connection_ms: ['p(95)<3000'] },
});

/** B12, fourth: somebody comes and somebody goes every second, all the time. */
export const loadChurn = defineScenario({
  name: 'load-churn',
  description: 'Fifty people who come for half a minute and go again, all the time, some without a word (B12).',
  durationS: 600,
  drainS: 60,
  ...server,
  population: {
    ...oneCall(50),
    arrival: { kind: 'poisson', overS: 30 },
    session: { meanS: 30 },
    pauseS: 15,
    closeTabShare: 0.2,
  },
  expectations: {
    ...levels,
    sfu_connection_s: ['count>500'],
    // people of whom some go in the first seconds, without having heard anybody
    uptime: ['rate>0.995'],
  },
});
