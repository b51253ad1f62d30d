import { acceptNoCas } from './accept-no-cas.js';
import type { Hazard } from './hazard.js';
import { holdTakenOver } from './hold-taken-over.js';
import { routeTwoCalls } from './route-two-calls.js';
import { timeoutVsAccept } from './timeout-vs-accept.js';

/** The races of ringing (E1 to E4), hunted in a world of their own. */
export const callHazards: readonly Hazard[] = [acceptNoCas, timeoutVsAccept, routeTwoCalls, holdTakenOver];
