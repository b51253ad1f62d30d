import type { CallAnswer, CallMessage, PersonView } from '../../core/call/call-protocol.js';
import type { Member, RefusalCode } from '../../core/protocol.js';
import type { ClientRef, Observer, TabEnd } from '../clients/index.js';
import type { Gap, HearingMember } from '../media/index.js';

/** What listeners of {@link WorldEvents} may hear; all are optional. */
export interface WorldListener extends Partial<Observer> {
  gap?(gap: Gap): void;
  firstHeard?(listener: HearingMember, talker: HearingMember, channelId: number, afterUs: number): void;
  doubled?(listenerId: string, talkerId: string, channelId: number): void;
}

type Name = keyof WorldListener;

/** Hands what happens to clients and ears on to whoever listens, in the order of listening. */
export class WorldEvents implements Observer {
  private readonly listeners = new Map<Name, ((...args: never[]) => void)[]>();

  listen(listener: WorldListener): void {
    for (const name of Object.keys(listener) as Name[]) {
      const handler = listener[name]?.bind(listener) as ((...args: never[]) => void) | undefined;
      if (!handler) continue;
      const present = this.listeners.get(name);
      if (present) present.push(handler);
      else this.listeners.set(name, [handler]);
    }
  }

  tabOpened(client: ClientRef): void {
    this.tell('tabOpened', client);
  }
  tabClosed(client: ClientRef, how: TabEnd): void {
    this.tell('tabClosed', client, how);
  }
  connected(client: ClientRef, backendId: string): void {
    this.tell('connected', client, backendId);
  }
  disconnected(client: ClientRef, reason: string): void {
    this.tell('disconnected', client, reason);
  }
  joinRequested(client: ClientRef, channelId: number, requestId: string): void {
    this.tell('joinRequested', client, channelId, requestId);
  }
  joinQueued(client: ClientRef, channelId: number, requestId: string, position: number): void {
    this.tell('joinQueued', client, channelId, requestId, position);
  }
  joinRefused(client: ClientRef, channelId: number, requestId: string, code: RefusalCode): void {
    this.tell('joinRefused', client, channelId, requestId, code);
  }
  joined(client: ClientRef, channelId: number, requestId: string, waitedMs: number, queued: boolean): void {
    this.tell('joined', client, channelId, requestId, waitedMs, queued);
  }
  leaving(client: ClientRef, channelId: number): void {
    this.tell('leaving', client, channelId);
  }
  left(client: ClientRef, channelId: number): void {
    this.tell('left', client, channelId);
  }
  removed(client: ClientRef, channelId: number, reason: string): void {
    this.tell('removed', client, channelId, reason);
  }
  viewApplied(
    client: ClientRef,
    channelId: number,
    version: number,
    epoch: number,
    mode: 'p2p' | 'sfu',
    roster: readonly Member[],
  ): void {
    this.tell('viewApplied', client, channelId, version, epoch, mode, roster);
  }
  migrationReady(client: ClientRef, channelId: number, epoch: number): void {
    this.tell('migrationReady', client, channelId, epoch);
  }
  migrationFailed(client: ClientRef, channelId: number, epoch: number, reason: string): void {
    this.tell('migrationFailed', client, channelId, epoch, reason);
  }
  degraded(client: ClientRef, reason: string, active: boolean): void {
    this.tell('degraded', client, reason, active);
  }
  callSaid(client: ClientRef, message: CallMessage): void {
    this.tell('callSaid', client, message);
  }
  callAnswered(client: ClientRef, answer: Exclude<CallAnswer, { type: 'call-view' }>): void {
    this.tell('callAnswered', client, answer);
  }
  callShown(client: ClientRef, view: PersonView): void {
    this.tell('callShown', client, view);
  }
  gap(gap: Gap): void {
    this.tell('gap', gap);
  }
  firstHeard(listener: HearingMember, talker: HearingMember, channelId: number, afterUs: number): void {
    this.tell('firstHeard', listener, talker, channelId, afterUs);
  }
  doubled(listenerId: string, talkerId: string, channelId: number): void {
    this.tell('doubled', listenerId, talkerId, channelId);
  }

  private tell<N extends Name>(name: N, ...args: Parameters<NonNullable<WorldListener[N]>>): void {
    const handlers = this.listeners.get(name) as
      | ((...args: Parameters<NonNullable<WorldListener[N]>>) => void)[]
      | undefined;
    if (handlers) for (const handler of handlers) handler(...args);
  }
}
