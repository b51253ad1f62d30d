import type { LayerName } from '../media/layers.js';
import type { PauseCause } from './consumer.js';
import type { TrackKind } from './publisher.js';

/** Why a member is no longer in a room. */
export type LeaveReason = 'left' | 'connection-lost' | 'stale' | 'room-closed';
/** Why a track has ended. */
export type CloseReason = 'closed' | LeaveReason;

/** What members are told of a room (D3), and of the quality of what they hear (B2). A member joins before it publishes, and its tracks end before it leaves. */
export type RouterEvent =
  | {
      readonly type: 'new-producer';
      readonly publisherId: string;
      readonly consumerId: string;
      readonly sessionId: string;
      readonly userId: string;
      readonly kind: TrackKind;
    }
  | {
      readonly type: 'producer-closed';
      readonly publisherId: string;
      readonly consumerId: string;
      readonly reason: CloseReason;
    }
  | { readonly type: 'consumer-paused'; readonly consumerId: string; readonly cause: PauseCause }
  | { readonly type: 'consumer-resumed'; readonly consumerId: string }
  | { readonly type: 'member-joined'; readonly sessionId: string; readonly userId: string }
  | {
      readonly type: 'member-left';
      readonly sessionId: string;
      readonly userId: string;
      readonly reason: LeaveReason;
    }
  /** The layer that is sent from the next packets on. */
  | { readonly type: 'quality-update'; readonly consumerId: string; readonly layer: LayerName }
  /** The listener receives a track that it has agreed to; no longer. */
  | { readonly type: 'track-added'; readonly consumerId: string; readonly publisherId: string }
  | { readonly type: 'track-removed'; readonly consumerId: string; readonly publisherId: string };
