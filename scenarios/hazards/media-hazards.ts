import { estimateOscillates } from './estimate-oscillates.js';
import type { Hazard } from './hazard.js';
import { layerFlap } from './layer-flap.js';
import { layerNoRewrite } from './layer-no-rewrite.js';

/** What goes wrong with voice itself (B4, B7). They show in worlds with voice only: `voice-crossroads`. */
export const mediaHazards: readonly Hazard[] = [layerNoRewrite, layerFlap, estimateOscillates];
