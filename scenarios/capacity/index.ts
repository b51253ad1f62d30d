import type { ScenarioInput } from '../../sim/scenario/index.js';
import { autoscaling } from './autoscaling.js';
import { dayWithoutGrowth } from './day-without-growth.js';
import { fullServer } from './full-server.js';
import { largeChannel } from './large-channel.js';
import { loadChurn, loadRamp, loadSpike, loadSteady } from './load.js';
import { tenLargeCalls } from './ten-large-calls.js';
import { weekOfUptime } from './week-of-uptime.js';

/** What one media server takes, and many, and for how long. */
export const capacityScenarios: readonly ScenarioInput[] = [
  loadRamp,
  loadSteady,
  loadSpike,
  loadChurn,
  largeChannel,
  tenLargeCalls,
  fullServer,
  autoscaling,
  weekOfUptime,
  dayWithoutGrowth,
];
