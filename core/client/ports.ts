import type { Clock, Randomness, Timers } from '../ports.js';
import type { ClientMessage, Member, SfuGrant } from '../protocol.js';

/** Path over which a listener plays one talker. */
export type PlayedPath = 'p2p' | 'sfu' | 'none';

/**
 * Peer-to-peer connections of one client (an `RTCPeerConnection` per peer in a browser). `open` is idempotent and keeps
 * trying until the link is up or `close` is called; results arrive through {@link LinkEvents}.
 */
export interface PeerLinks {
  open(peer: Member): void;
  close(peer: Member): void;
}

/** Whether two grants mean the same connection, whatever their tokens. */
export function sameGrant(a: SfuGrant, b: SfuGrant): boolean {
  return a.epoch === b.epoch && a.room === b.room && a.node === b.node;
}

/** Key of a grant: same node, room and ownership epoch means the same connection. */
export function grantKey(grant: SfuGrant): string {
  return `${grant.node}/${grant.room}/${grant.epoch}`;
}

/** What the statistics of an SFU connection say now. */
export interface SfuHealth {
  /** Our packets reach the SFU. */
  readonly uplink: boolean;
  /** Packets of the SFU reach us. */
  readonly downlink: boolean;
}

/** SFU connections of one client. One `connect` is one attempt; the controller decides about further ones. */
export interface SfuLinks {
  connect(grant: SfuGrant): void;
  close(grant: SfuGrant): void;
  health(grant: SfuGrant): SfuHealth;
}

/** What the link implementations tell the controller. Events about links that were closed meanwhile are ignored. */
export interface LinkEvents {
  onPeerUp(peer: Member): void;
  onPeerDown(peer: Member): void;
  onSfuUp(key: string): void;
  /** The attempt failed, or an established connection broke. */
  onSfuDown(key: string, reason: string): void;
}

/** Everything the client controller needs from its host. */
export interface ClientPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Randomness;
  /** Sends over the present backend connection; false when there is none (the message is dropped). */
  send(message: ClientMessage): boolean;
  readonly peers: PeerLinks;
  readonly sfu: SfuLinks;
  readonly listener: ClientListener;
}

/** What the application around the controller is told. */
export interface ClientListener {
  /** Something that {@link ModeController.playedPath} or membership depends on has changed. */
  onChange(): void;
  onJoined(channelId: number, waitedMs: number): void;
  onQueued(channelId: number, position: number): void;
  onRefused(channelId: number, code: string, retryAfterMs: number): void;
  onRemoved(channelId: number, reason: string): void;
  /** A view was applied. */
  onView(channelId: number, version: number, epoch: number, mode: 'p2p' | 'sfu'): void;
  /** `sfu`: there is none to be had. `store`: nothing is decided at the moment. `path`: others are heard by each other, and this client has found no way to them yet. */
  onDegraded(reason: string, active: boolean): void;
}
