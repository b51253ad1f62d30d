import type { BandwidthEstimator } from '../../../core/media/bandwidth-estimator.js';
import type { MediaCollaborators } from '../../../core/media/collaborators.js';
import type { EstimatorLimits } from '../../../core/media/estimator-limits.js';
import type { UplinkController, UplinkUse } from '../../../core/media/uplink-controller.js';
import type { Host } from '../../hosts/index.js';
import type { Simulation } from '../../kernel/index.js';
import type { Network } from '../../net/index.js';
import type { NodeMachine } from '../../sfu/capacity/index.js';
import type { Ears } from '../ears/index.js';
import type { MediaOptions } from '../packet/plane-parts.js';
import type { SfuClasses } from '../packet/sfu-classes.js';

/** What a `FlowPlane` is made of. */
export interface FlowParts {
  readonly sim: Simulation;
  readonly network: Network;
  readonly options: MediaOptions;
  readonly classes: MediaCollaborators & Pick<SfuClasses, 'LayerSelection'>;
  readonly ears: Ears;
  /** Whether a channel is migrating now. */
  readonly migrating: (channelId: number) => boolean;
  /** What SFU nodes run on; none: each forwards on one core, and nobody counts. */
  readonly machines?: ReadonlyMap<Host, NodeMachine>;
}

/** In silence a packet every 400 ms (Opus DTX): one in so many frames. */
export const COMFORT_EVERY = 20;

/** From a client to an SFU, all encodings: 300 is what libwebrtc starts with. */
export const UPLINK_LIMITS: EstimatorLimits = { minKbps: 16, maxKbps: 2_000, startKbps: 300 };
/** From an SFU to a client, all voices: 600 is what mediasoup starts with (`initialAvailableOutgoingBitrate`). */
export const DOWNLINK_LIMITS: EstimatorLimits = { minKbps: 16, maxKbps: 10_000, startKbps: 600 };
/** One voice to one peer (B4). */
export const PEER_LIMITS: EstimatorLimits = { minKbps: 16, maxKbps: 128, startKbps: 128 };

/** Estimators and quality adaptation agree that so little is no loss: what is at its best then stays there. */
export const CALM_LOSS = 0.02;

/** GCC lets an estimate be half as much again and one low voice ahead of what gets through; a little less does. */
const AMPLE = 1.3;
const AMPLE_KBPS = 41;

/** An estimator as the scenario wants it. */
export function makeEstimator({ options, classes }: FlowParts, limits: EstimatorLimits): BandwidthEstimator {
  return options.estimator === 'gcc' ? new classes.GccEstimator(limits) : new classes.LossRuleEstimator(limits);
}

/** What steers a sender. */
export function makeUplink(parts: FlowParts, limits: EstimatorLimits, use: UplinkUse): UplinkController {
  return new parts.classes.UplinkController({
    estimator: makeEstimator(parts, limits),
    adaptation: new parts.classes.QualityAdaptation(),
    use,
    extensions: parts.options.codec.extensions,
  });
}

/** Whether an estimate is so far above what is sent that it need not see each packet: that none is lost is all that matters then. */
export function isAmple(estimateKbps: number, sentKbps: number, { maxKbps }: EstimatorLimits): boolean {
  return estimateKbps >= Math.min(maxKbps, AMPLE * sentKbps + AMPLE_KBPS);
}
