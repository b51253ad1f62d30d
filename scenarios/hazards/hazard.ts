import { type Collaborators, collaborators } from '../../core/backend/collaborators.js';
import { VoiceBackend } from '../../core/backend/voice-backend.js';
import { CallBackend } from '../../core/call/call-backend.js';
import { type CallCollaborators, callCollaborators } from '../../core/call/call-collaborators.js';
import { CallController } from '../../core/client/call-controller.js';
import { ModeController } from '../../core/client/mode-controller.js';
import { type MediaCollaborators, mediaCollaborators } from '../../core/media/collaborators.js';
import { type SfuClasses, sfuClasses } from '../../sim/media/packet/index.js';
import type { Replacements } from '../../sim/world/world.js';

/** Every class of the core that can be replaced. */
export type Classes = Collaborators &
  CallCollaborators &
  MediaCollaborators &
  SfuClasses & {
    readonly VoiceBackend: typeof VoiceBackend;
    readonly ModeController: typeof ModeController;
    readonly CallBackend: typeof CallBackend;
    readonly CallController: typeof CallController;
  };

/** Every class of the core that can be replaced, as it is. */
export const classes: Classes = {
  ...collaborators,
  ...callCollaborators,
  ...mediaCollaborators,
  ...sfuClasses,
  VoiceBackend,
  ModeController,
  CallBackend,
  CallController,
};

/** For each class that a hazard changes: the class with the mistake, made from the class without it. */
export type Change = { readonly [Name in keyof Classes]?: (Base: Classes[Name]) => Classes[Name] };

/** A race that the documented design contains, as a variant of one collaborator (now and then two) of an otherwise correct core. */
export interface Hazard {
  /** Name in the catalogue, e.g. `lock-release-unowned`. */
  readonly id: string;
  readonly family:
    | 'lock and store'
    | 'migration'
    | 'queue'
    | 'reconciliation'
    | 'degradation'
    | 'limits'
    | 'administration'
    | 'calls'
    | 'media';
  /** The world it is hunted in. Default: crossroads. */
  readonly world?:
    | 'crossroads-tokens'
    | 'crossroads-operators'
    | 'switchboard'
    | 'switchboard-without-redis'
    | 'voice-crossroads';
  /** What the documented code does. */
  readonly documented: string;
  /** What people would see. */
  readonly shows: string;
  /** What makes it possible: a process that pauses or crashes, the network, mere scheduling, a failure of store or SFU. */
  readonly enabledBy: 'process' | 'network' | 'scheduling' | 'failure';
  /** Ordered events of the shortest known schedule. */
  readonly shortest: number;
  readonly change: Change;
}

/** The classes of a core with these hazards, each made on top of the one before. */
export function collaboratorsOf(...hazards: readonly Hazard[]): Replacements {
  const replaced: Record<string, unknown> = {};
  for (const { change } of hazards) {
    for (const name of Object.keys(change) as (keyof Classes)[]) {
      const make = change[name] as (Base: unknown) => unknown;
      replaced[name] = make(replaced[name] ?? classes[name]);
    }
  }
  return replaced as Replacements;
}
