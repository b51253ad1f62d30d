import type { ScenarioInput } from '../../sim/scenario/index.js';
import { adaptsAndRecovers } from './adapts-and-recovers.js';
import { glitchFreeSwitches } from './glitch-free-switches.js';
import { loss20NoDropouts } from './loss-20-no-dropouts.js';
import { migrationUnder3g } from './migration-under-3g.js';
import { mobileEvening } from './mobile-evening.js';
import { simulcastMobile } from './simulcast-mobile.js';
import { starlinkCall } from './starlink-call.js';
import { wifiToLte } from './wifi-to-lte.js';

/** What people must hear over bad links (B10), on phones (C9) and while things move. All in packets. */
export const voiceScenarios: readonly ScenarioInput[] = [
  loss20NoDropouts,
  adaptsAndRecovers,
  simulcastMobile,
  glitchFreeSwitches,
  migrationUnder3g,
  wifiToLte,
  starlinkCall,
  mobileEvening,
];
