import type { CallAnswer, CallMessage, PersonView } from '../../core/call/call-protocol.js';
import type { Member, RefusalCode } from '../../core/protocol.js';

/** Who is meant: a session (tab) of a user. */
export interface ClientRef {
  readonly userId: string;
  readonly sessionId: string;
}

/** Why a tab is gone: `left`: after a proper leave; `closed`: without a word; `crashed`: its device has crashed. */
export type TabEnd = 'left' | 'closed' | 'crashed';

/**
 * What oracles and metrics are told about clients: synchronously, as the client sees it, at the simulation's present time.
 * Extend {@link SilentObserver} to hear only some of it.
 */
export interface Observer {
  tabOpened(client: ClientRef): void;
  tabClosed(client: ClientRef, how: TabEnd): void;
  /** The connection to a backend is open. */
  connected(client: ClientRef, backendId: string): void;
  /** It is lost, or was given up for lack of answers (`no-pong`). */
  disconnected(client: ClientRef, reason: string): void;
  /** A join request was sent. The same request id may be sent several times. */
  joinRequested(client: ClientRef, channelId: number, requestId: string): void;
  /** The answer "queued" has arrived. */
  joinQueued(client: ClientRef, channelId: number, requestId: string, position: number): void;
  joinRefused(client: ClientRef, channelId: number, requestId: string, code: RefusalCode): void;
  /** The client considers itself in the channel from now on. `waitedMs`: since it wanted to; `queued`: it was told to wait. */
  joined(client: ClientRef, channelId: number, requestId: string, waitedMs: number, queued: boolean): void;
  /** The client has asked to leave and considers itself out. */
  leaving(client: ClientRef, channelId: number): void;
  /** The backend has confirmed the leave. */
  left(client: ClientRef, channelId: number): void;
  /** The backend has removed the session from the channel. */
  removed(client: ClientRef, channelId: number, reason: string): void;
  viewApplied(
    client: ClientRef,
    channelId: number,
    version: number,
    epoch: number,
    mode: 'p2p' | 'sfu',
    roster: readonly Member[],
  ): void;
  /** `ready` (or `failed`) for a migration was sent. May be sent several times. */
  migrationReady(client: ClientRef, channelId: number, epoch: number): void;
  migrationFailed(client: ClientRef, channelId: number, epoch: number, reason: string): void;
  degraded(client: ClientRef, reason: string, active: boolean): void;
  /** Something about calls was sent. The same request may be sent several times. */
  callSaid(client: ClientRef, message: CallMessage): void;
  /** A request about calls was answered. */
  callAnswered(client: ClientRef, answer: Exclude<CallAnswer, { type: 'call-view' }>): void;
  /** The client follows a newer view of its part in calls. */
  callShown(client: ClientRef, view: PersonView): void;
}

/** Hears nothing; a base for observers of a few things. */
export class SilentObserver implements Observer {
  tabOpened(_client: ClientRef): void {}
  tabClosed(_client: ClientRef, _how: TabEnd): void {}
  connected(_client: ClientRef, _backendId: string): void {}
  disconnected(_client: ClientRef, _reason: string): void {}
  joinRequested(_client: ClientRef, _channelId: number, _requestId: string): void {}
  joinQueued(_client: ClientRef, _channelId: number, _requestId: string, _position: number): void {}
  joinRefused(_client: ClientRef, _channelId: number, _requestId: string, _code: RefusalCode): void {}
  joined(_client: ClientRef, _channelId: number, _requestId: string, _waitedMs: number, _queued: boolean): void {}
  leaving(_client: ClientRef, _channelId: number): void {}
  left(_client: ClientRef, _channelId: number): void {}
  removed(_client: ClientRef, _channelId: number, _reason: string): void {}
  viewApplied(
    _client: ClientRef,
    _channelId: number,
    _version: number,
    _epoch: number,
    _mode: 'p2p' | 'sfu',
    _roster: readonly Member[],
  ): void {}
  migrationReady(_client: ClientRef, _channelId: number, _epoch: number): void {}
  migrationFailed(_client: ClientRef, _channelId: number, _epoch: number, _reason: string): void {}
  degraded(_client: ClientRef, _reason: string, _active: boolean): void {}
  callSaid(_client: ClientRef, _message: CallMessage): void {}
  callAnswered(_client: ClientRef, _answer: Exclude<CallAnswer, { type: 'call-view' }>): void {}
  callShown(_client: ClientRef, _view: PersonView): void {}
}
