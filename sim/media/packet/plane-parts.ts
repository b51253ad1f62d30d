import type { BandwidthEstimator } from '../../../core/media/bandwidth-estimator.js';
import type { MediaCollaborators } from '../../../core/media/collaborators.js';
import type { EstimatorLimits } from '../../../core/media/estimator-limits.js';
import type { Metrics } from '../../../core/ports.js';
import type { Host } from '../../hosts/index.js';
import type { Simulation } from '../../kernel/index.js';
import type { Network } from '../../net/index.js';
import type { NodeMachine } from '../../sfu/capacity/index.js';
import type { Ears } from '../ears/index.js';
import type { TalkModel } from '../talk/index.js';
import type { MediaStatistics } from './media-statistics.js';
import type { SfuClasses } from './sfu-classes.js';
import type { RtcpWire } from './wire.js';

/** How voice is simulated: the `media` part of a scenario. */
export interface MediaOptions {
  readonly talk: { readonly model: TalkModel; readonly dtx: boolean };
  readonly codec: { readonly simulcast: boolean; readonly fec: boolean; readonly extensions: boolean };
  readonly estimator: 'loss-rule' | 'gcc';
  readonly reportEveryMs: number;
  readonly audibleGapMs: number;
}

/** What all of a packet plane shares. */
export interface PlaneParts {
  readonly sim: Simulation;
  readonly network: Network;
  readonly options: MediaOptions;
  readonly classes: MediaCollaborators & SfuClasses;
  readonly wire: RtcpWire;
  readonly ears: Ears;
  /** Whether a channel is migrating now. */
  readonly migrating: (channelId: number) => boolean;
  readonly statistics: MediaStatistics;
  /** Takes what the core measures. */
  readonly metrics: Metrics;
  /** What SFU nodes run on; none: each forwards on one core, and nobody counts. */
  readonly machines?: ReadonlyMap<Host, NodeMachine>;
}

/** An estimator as the scenario wants it. */
export function makeEstimator({ options, classes }: PlaneParts, limits: EstimatorLimits): BandwidthEstimator {
  return options.estimator === 'gcc' ? new classes.GccEstimator(limits) : new classes.LossRuleEstimator(limits);
}
