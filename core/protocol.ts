import type { CallAnswer, CallMessage } from './call/call-protocol.js';

/**
 * The signalling protocol between a client and its backend. Every message about a channel's paths is *level-triggered*:
 * the server sends the whole {@link ChannelView}, the client applies it when its version is newer than the last one.
 */

/** Paths over which the voices of a channel travel. */
export type Mode = 'p2p' | 'sfu';

/** A member of a channel: a user through exactly one live session (tab). */
export interface Member {
  readonly userId: string;
  readonly sessionId: string;
}

/** Everything a client needs to enter an SFU room. */
export interface SfuGrant {
  readonly node: string;
  readonly room: string;
  /** Ownership epoch of the room. Two grants with the same node, room and epoch are the same room. */
  readonly epoch: number;
  /** Empty: it follows in a message of its own. */
  readonly token: string;
}

/** A migration in progress, as clients see it. While there is one, clients keep the old path and build the new one. */
export interface MigrationView {
  /** Identity of the migration; acknowledgements carry it. */
  readonly epoch: number;
  readonly to: Mode;
  /**
   * `hold`: the target is being prepared, do nothing yet. `connect`: build the new path, keep the old one, and
   * acknowledge with `ready`. `settle`: the mode has changed, play the new path, keep the old one for others, and acknowledge with `ready`.
   * `rollback`: drop the new path, make sure of the old one, and acknowledge with `ready`.
   */
  readonly phase: 'hold' | 'connect' | 'settle' | 'rollback';
  /** Room to enter when the target is the SFU and the phase is `connect`. */
  readonly sfu: SfuGrant | null;
}

/** How a member has heard the others for a while. */
export interface HeardReport {
  /** Time in which others were to be heard, added up over them. Unit: ms. */
  readonly ms: number;
  /** How much of it was an audible gap. */
  readonly missedMs: number;
  /** Mean opinion score, 1 to 5, where the client estimates one. */
  readonly score?: number;
}

/** The state of a channel, for one member. */
export interface ChannelView {
  readonly channelId: number;
  /** Grows with every change of anything below. A client never applies a view older than its last. */
  readonly version: number;
  readonly mode: Mode;
  /** Version at which the present mode was decided. */
  readonly epoch: number;
  readonly roster: readonly Member[];
  /** The room in use while `mode` is `sfu`. */
  readonly sfu: SfuGrant | null;
  readonly migration: MigrationView | null;
  /** `voice:degraded-mode`: the SFU cluster is gone, the channel is peer-to-peer and limited. */
  readonly degraded: DegradedView | null;
}

/** Reduced service of one channel. */
export interface DegradedView {
  readonly reason: 'sfu';
  readonly maxParticipants: number;
}

export type RefusalCode =
  | 'busy' // the channel could not be locked in time; try again
  | 'store-unavailable' // Redis cannot be reached; try again
  | 'channel-full' // peer-to-peer only for now, and the mesh is at its limit; or the media server is full
  | 'too-many-rooms' // the user is in as many channels as it may; try again when it has left one
  | 'invalid'; // the request can never succeed

export type ClientMessage =
  /** `connects`: how many connections the session has opened, this one included. A later one always counts more than an earlier one. */
  | {
      readonly type: 'hello';
      readonly userId: string;
      readonly sessionId: string;
      readonly connects: number;
      /** Shown to others; default none. */
      readonly name?: string;
    }
  /**
   * `since`, of a wish that is said again: as told by `queued`, or the version that was seen last of a channel that has forgotten us. Another tab of
   * the user that has asked later then keeps its place. `version`, `epoch`: the newest view of the channel that the client has applied, before it left, so that
   * the server can repair what the store has lost meanwhile. Absent: none, or an older client.
   */
  | {
      readonly type: 'join';
      readonly requestId: string;
      readonly channelId: number;
      readonly since?: number;
      readonly version?: number;
      readonly epoch?: number;
    }
  | { readonly type: 'leave'; readonly channelId: number }
  /** The new path of migration `epoch` is up and healthy. */
  | { readonly type: 'ready'; readonly channelId: number; readonly epoch: number }
  /** The new path of migration `epoch` could not be built. */
  | { readonly type: 'failed'; readonly channelId: number; readonly epoch: number; readonly reason: string }
  /** Peer-to-peer signalling (offer, answer, candidate, bye), relayed as it is. */
  | { readonly type: 'signal'; readonly channelId: number; readonly to: string; readonly data: unknown }
  /** A path into this room waits for its token, or a node has refused `refused`. Said again until one comes. */
  | {
      readonly type: 'token';
      readonly channelId: number;
      readonly node: string;
      readonly room: string;
      readonly epoch: number;
      readonly refused?: string;
    }
  /** Heartbeat. Names the channel the client believes it is in and the last version and epoch it applied, so that the server can repair both sides. `call`: version of its part in calls (0: none seen yet), if it has one. */
  | {
      readonly type: 'ping';
      readonly channelId: number | null;
      readonly version: number;
      readonly epoch?: number;
      readonly call?: number;
      /** How it hears the others, since the last time it said so; where a rollout or the records of calls want to know. */
      readonly heard?: HeardReport;
    }
  /** Needs TURN credentials: the ones it has will soon be over. Said again until they come. */
  | { readonly type: 'turn' }
  /** About calls: to the ringing of the backend, where it has one. */
  | CallMessage;

export type ServerMessage =
  | CallAnswer
  | { readonly type: 'welcome'; readonly backendId: string; readonly pingEveryMs: number }
  | { readonly type: 'joined'; readonly requestId: string; readonly view: ChannelView }
  | {
      readonly type: 'queued';
      readonly requestId: string;
      readonly channelId: number;
      readonly position: number;
      readonly estimatedWaitMs: number;
      /** When this wish was first heard of: to be said with the join when it is repeated. */
      readonly since?: number;
    }
  | {
      readonly type: 'refused';
      readonly requestId: string;
      readonly channelId: number;
      readonly code: RefusalCode;
      readonly retryAfterMs: number;
      readonly reason: string;
    }
  /** `voice:join-ready`: a queued join has been done. */
  | { readonly type: 'join-ready'; readonly view: ChannelView }
  | { readonly type: 'channel'; readonly view: ChannelView }
  | { readonly type: 'left'; readonly channelId: number }
  /** The token of a grant that went without, or a newer one. */
  | { readonly type: 'token'; readonly channelId: number; readonly grant: SfuGrant }
  /** TURN credentials, after `welcome` and when asked for. They hold for so long from now: the client's clock may be wrong. */
  | {
      readonly type: 'turn';
      readonly username: string;
      readonly password: string;
      readonly urls: readonly string[];
      readonly lifetimeMs: number;
    }
  /** The session is no longer a member: another tab took over, or it was gone too long. */
  | { readonly type: 'removed'; readonly channelId: number; readonly reason: 'replaced' | 'evicted' | 'unknown' }
  | { readonly type: 'signal'; readonly channelId: number; readonly from: string; readonly data: unknown }
  /** `voice:degraded-mode` of the backend itself: Redis cannot be reached, calls go on as they are, changes wait. */
  | { readonly type: 'degraded'; readonly reason: 'store'; readonly active: boolean }
  | { readonly type: 'pong' };
