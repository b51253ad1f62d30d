import type { ScenarioInput } from '../sim/scenario/index.js';
import { acceptRace } from './accept-race.js';
import { adminDuringMigration } from './admin-during-migration.js';
import { alarms } from './alarms.js';
import { backendCrash } from './backend-crash.js';
import { backendCutOff } from './backend-cut-off.js';
import { callCenterHour } from './call-center-hour.js';
import { callsThirdPerson } from './calls-third-person.js';
import { capacityScenarios } from './capacity/index.js';
import { rfc8867Scenarios } from './congestion/rfc8867.js';
import { crossroads } from './crossroads.js';
import { crossroadsOperators, crossroadsTokens } from './crossroads-desks.js';
import { hybridRamp } from './hybrid-ramp.js';
import { joinStorm } from './join-storm.js';
import { largeCall } from './large-call.js';
import { mixedLoad } from './mixed-load.js';
import { p2pBaseline } from './p2p-baseline.js';
import { redisFailover } from './redis-failover.js';
import { redisGoneAndBack } from './redis-gone-and-back.js';
import { ringTimeoutEdge } from './ring-timeout-edge.js';
import { ringingWithoutRedis } from './ringing-without-redis.js';
import { rollingDeploy } from './rolling-deploy.js';
import { rollout } from './rollout.js';
import { roomsPerUser } from './rooms-per-user.js';
import { sfuCrash } from './sfu-crash.js';
import { sfuGone } from './sfu-gone.js';
import { staffCrash } from './staff-crash.js';
import { switchboard } from './switchboard.js';
import { switchboardWithoutRedis } from './switchboard-without-redis.js';
import { tokenStorm } from './token-storm.js';
import { voiceScenarios } from './voice/index.js';
import { voiceCrossroads } from './voice-crossroads.js';

/** The built-in scenarios, in the order in which `deadair list` shows them. */
export const builtInScenarios: readonly ScenarioInput[] = [
  p2pBaseline,
  hybridRamp,
  mixedLoad,
  joinStorm,
  callsThirdPerson,
  redisFailover,
  backendCrash,
  sfuCrash,
  sfuGone,
  backendCutOff,
  callCenterHour,
  acceptRace,
  ringTimeoutEdge,
  staffCrash,
  crossroads,
  voiceCrossroads,
  largeCall,
  tokenStorm,
  roomsPerUser,
  adminDuringMigration,
  redisGoneAndBack,
  ringingWithoutRedis,
  rollingDeploy,
  rollout,
  alarms,
  crossroadsTokens,
  crossroadsOperators,
  ...voiceScenarios,
  ...rfc8867Scenarios,
  ...capacityScenarios,
  switchboard,
  switchboardWithoutRedis,
];
