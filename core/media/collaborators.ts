import { AudioPipeline } from './audio-pipeline.js';
import { GccEstimator } from './gcc/gcc-estimator.js';
import { LossRuleEstimator } from './loss-rule-estimator.js';
import { QualityAdaptation } from './quality-adaptation.js';
import { UplinkController } from './uplink-controller.js';

/** The classes that steer and play voice. Any of them can be replaced by one that does the same work differently. */
export const mediaCollaborators = {
  // sender
  LossRuleEstimator,
  GccEstimator,
  QualityAdaptation,
  UplinkController,
  // listener
  AudioPipeline,
} as const;

export type MediaCollaborators = {
  readonly [Name in keyof typeof mediaCollaborators]: (typeof mediaCollaborators)[Name];
};
