import { type MediaCollaborators, mediaCollaborators } from '../../../core/media/collaborators.js';
import { LayerSelection } from '../../../core/sfu/layer-selection.js';
import type { Simulation } from '../../kernel/index.js';
import type { Network } from '../../net/index.js';
import type { Ears } from '../ears/index.js';
import type { TalkModel } from '../talk/index.js';

/** Classes of the core that steer and play voice; each can be replaced by another of the same shape. */
export type FlowClasses = MediaCollaborators & { readonly LayerSelection: typeof LayerSelection };

export const defaultFlowClasses: FlowClasses = { ...mediaCollaborators, LayerSelection };

/** The part of a scenario's `media` that a plane needs. */
export interface VoiceOptions {
  readonly talk: { readonly model: TalkModel; readonly dtx: boolean };
  readonly codec: { readonly simulcast: boolean; readonly fec: boolean; readonly extensions: boolean };
  readonly estimator: 'loss-rule' | 'gcc';
  /** Interval of the reports, and of this model. */
  readonly reportEveryMs: number;
}

/** How to make a `FlowPlane`. */
export interface FlowOptions {
  readonly sim: Simulation;
  readonly network: Network;
  readonly ears: Ears;
  readonly voice: VoiceOptions;
  /** Length of a crossfade between two paths. */
  readonly fadeMs: number;
  readonly classes?: Partial<FlowClasses>;
}
