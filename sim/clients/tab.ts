import type { ClientListener } from '../../core/client/ports.js';
import { TurnPass } from '../../core/client/turn-pass.js';
import type { DeviceAllowance, DeviceConditions } from '../../core/media/device-conditions.js';
import type { ClientMessage, HeardReport, ServerMessage } from '../../core/protocol.js';
import type { Host, HostTimer } from '../hosts/index.js';
import type { ChoiceStream } from '../kernel/index.js';
import type { HearingMember, Playback, Seat, SfuAttachment } from '../media/index.js';
import type { Route } from '../net/index.js';
import { BackendTransport, type TransportOwner } from './backend-transport.js';
import { CallSession, type CallSessionOwner } from './call-session.js';
import type { ClientController } from './client-controller.js';
import type { ClientWorld } from './client-world.js';
import { hashName } from './hash.js';
import { HostTimers, StreamRandomness } from './host-timers.js';
import type { MediaSession } from './media-fabric.js';
import type { TabEnd } from './observer.js';
import { PeerLinks } from './peer-links.js';
import type { PresenceState } from './presence.js';
import { SfuLinks } from './sfu-links.js';

/** A flood comes in bursts of this length. */
const FLOOD_US = 20_000;

/** One open tab: a session with its controller, its connection to a backend and its media paths. */
export class Tab implements CallSessionOwner, ClientListener, HearingMember, MediaSession, TransportOwner {
  readonly controller: ClientController;
  /** The person's part in calls; null where nobody calls. */
  readonly calls: CallSession | null;
  readonly peers: PeerLinks;
  readonly sfu: SfuLinks;
  readonly ordinal: number;
  seat: Seat | null = null;
  /** Opened while an earlier tab of the person was still asking for a channel: the two wishes may overtake each other on their way. */
  crossed = false;
  /** Ended before the answer to its join. */
  asked = false;
  private readonly transport: BackendTransport;
  private readonly turn: TurnPass | null;
  private ended = false;
  private leavingTimer: HostTimer | null = null;
  private requestId = '';
  private wasQueued = false;
  /** As told to {@link ClientWorld.presence}. */
  private believed: PresenceState = 'out';

  /** @param onEnd called once, when the tab is gone */
  constructor(
    private readonly world: ClientWorld,
    readonly host: Host,
    readonly userId: string,
    readonly sessionId: string,
    private readonly device: DeviceConditions,
    stream: ChoiceStream,
    private readonly onEnd: (tab: Tab, how: TabEnd) => void,
  ) {
    const { sim, fabric, network, balancer, options, policy } = world;
    this.ordinal = fabric.nextOrdinal();
    const events = () => this.controller;
    this.peers = new PeerLinks({
      sim,
      fabric,
      host,
      member: this,
      options,
      events,
      channelId: () => this.controller.channelId,
      send: (message) => this.transport.send(message),
    });
    this.sfu = new SfuLinks({ sim, fabric, host, member: this, options, events });
    this.transport = new BackendTransport({
      host,
      network,
      balancer,
      userHash: hashName(userId),
      stream,
      options,
      owner: this,
    });
    const timers = new HostTimers(host);
    this.controller = new world.Controller({
      userId,
      sessionId,
      policy,
      ports: {
        clock: timers,
        timers,
        random: new StreamRandomness(sessionId, stream),
        send: (message) => this.send(message),
        peers: this.peers,
        sfu: this.sfu,
        listener: this,
      },
    });
    this.calls =
      world.Calls === undefined
        ? null
        : new CallSession({
            world,
            Calls: world.Calls,
            owner: this,
            timers,
            stream,
            send: (message) => this.transport.send(message),
          });
    const { turnWallet } = world;
    const Pass = world.TurnPass ?? TurnPass;
    this.turn =
      turnWallet === undefined
        ? null
        : new Pass({
            timers,
            send: (message) => this.transport.send(message),
            onCredentials: (credentials) => turnWallet.keep(host, credentials),
          });
    fabric.add(this);
    sim.trace.record(host.id, 'tab.open', sessionId);
    world.observer.tabOpened(this);
    this.transport.start();
  }

  /** The tab still exists. */
  get open(): boolean {
    return !this.ended;
  }

  /** There is an open connection to a backend. */
  get online(): boolean {
    return this.transport.isOnline;
  }

  /** The person has left here; the tab only waits for the confirmation. */
  get leaving(): boolean {
    return this.leavingTimer !== null;
  }

  get attachments(): readonly SfuAttachment[] {
    return this.sfu.live;
  }

  get allowance(): DeviceAllowance {
    return this.device.allowance;
  }

  playedPath(userId: string): Playback {
    return this.controller.playedPath(userId);
  }

  linkedWith(peer: HearingMember): boolean {
    return this.peers.hears(peer.sessionId);
  }

  routeTo(peer: HearingMember): Route | null {
    return this.peers.routeTo(peer.sessionId);
  }

  join(channelId: number): void {
    this.wasQueued = false;
    if (this.leavingTimer !== null) this.host.cancelTimer(this.leavingTimer);
    this.leavingTimer = null; // the person has thought better of it
    this.controller.join(channelId);
    this.noteBelief();
  }

  /** Leaves the channel with a word, then closes the tab: when the leave is confirmed, or after a moment. */
  leave(): void {
    const { channelId } = this.controller;
    if (this.ended || this.leavingTimer !== null) return;
    if (channelId === null || !this.online) {
      this.close('left');
      return;
    }
    this.world.observer.leaving(this, channelId);
    this.controller.leave();
    this.noteBelief();
    this.leavingTimer = this.host.after(this.world.options.leaveWaitMs * 1000, leaveWaited, this as Tab);
  }

  /** The client has gone mad: it asks for its channel again and again. */
  flood(perS: number, forS: number): void {
    let left = Math.round(perS * forS);
    const burst = Math.max(1, Math.round((perS * FLOOD_US) / 1e6));
    const pour = () => {
      const { channelId } = this.controller;
      if (this.ended || left <= 0) return;
      for (let i = Math.min(burst, left); i > 0 && channelId !== null; i--)
        this.transport.send({ type: 'join', requestId: `${this.sessionId}.flood.${left - i}`, channelId });
      left -= burst;
      this.host.after(FLOOD_US, pour, undefined);
    };
    pour();
  }

  /** @internal the voice channel of a call, or null: it is over */
  enterCall(channelId: number | null): void {
    if (this.ended) return;
    const before = this.controller.channelId;
    if (before !== null && before !== channelId) {
      this.world.observer.leaving(this, before);
      this.controller.leave();
      this.noteBelief();
    }
    if (channelId !== null) this.join(channelId);
  }

  /** Ends the tab now: connections close, nobody is told anything. */
  close(how: TabEnd): void {
    if (this.ended) return;
    this.ended = true;
    this.asked = this.controller.state === 'joining';
    if (this.leavingTimer !== null) this.host.cancelTimer(this.leavingTimer);
    const { fabric, sim, observer } = this.world;
    this.controller.dispose();
    this.noteBelief();
    this.calls?.controller.dispose();
    this.turn?.dispose();
    fabric.hearing.leave(this);
    // of a crash the backend learns no more than that the connection is gone; in a channel it is taken for a close, as it always was
    if (how === 'crashed' && this.calls !== null) this.transport.stop('crashed');
    else this.transport.stop();
    this.peers.dispose();
    this.sfu.dispose();
    fabric.remove(this);
    sim.trace.record(this.host.id, 'tab.close', this.sessionId, how);
    observer.tabClosed(this, how);
    this.onEnd(this, how);
  }

  /** The host was paused or goes on. */
  hostChanged(): void {
    this.noteBelief();
    this.peers.recheck();
    this.sfu.recheck();
    this.world.fabric.hearing.memberChanged(this);
  }

  private noteBelief(): void {
    const { presence } = this.world;
    if (presence?.watched !== true) return;
    const { state } = this.host;
    const belief = this.ended || state === 'down' ? 'out' : state === 'up' ? this.controller.state : 'asleep';
    if (belief === this.believed) return;
    presence.move(this.sessionId, this.believed, belief);
    this.believed = belief;
  }

  private send(message: ClientMessage): boolean {
    if (!this.transport.send(message)) return false;
    const { observer } = this.world;
    switch (message.type) {
      case 'join':
        this.requestId = message.requestId;
        observer.joinRequested(this, message.channelId, message.requestId);
        break;
      case 'ready':
        observer.migrationReady(this, message.channelId, message.epoch);
        break;
      case 'failed':
        observer.migrationFailed(this, message.channelId, message.epoch, message.reason);
        break;
    }
    return true;
  }

  // the backend

  onOnline(backendId: string): void {
    this.world.observer.connected(this, backendId);
    this.controller.onOnline();
    this.calls?.controller.onOnline();
  }

  onOffline(reason: string): void {
    this.world.observer.disconnected(this, reason);
    this.controller.onOffline();
    this.calls?.controller.onOffline();
  }

  heartbeat(): ClientMessage {
    const { state, channelId, version, epoch } = this.controller;
    const heard = state === 'in' ? this.heard() : null;
    const ping: ClientMessage =
      state === 'in'
        ? { type: 'ping', channelId, version, epoch, ...(heard === null ? {} : { heard }) }
        : { type: 'ping', channelId: null, version: 0 };
    const call = this.calls?.controller.heartbeat() ?? null;
    return call === null ? ping : { ...ping, call };
  }

  private heard(): HeardReport | null {
    const { listening } = this.world;
    return listening?.report(this.userId, this.sessionId, this.controller.roster.length - 1) ?? null;
  }

  onMessage(message: ServerMessage): void {
    const { observer } = this.world;
    switch (message.type) {
      case 'call-view':
      case 'call-done':
      case 'call-refused':
        this.calls?.onMessage(message);
        return;
      case 'turn':
        this.turn?.onMessage(message);
        return;
      case 'signal':
        this.peers.onSignal(message.data);
        return;
      case 'queued':
        this.wasQueued = true;
        observer.joinQueued(this, message.channelId, message.requestId, message.position);
        break;
      case 'refused':
        observer.joinRefused(this, message.channelId, message.requestId, message.code);
        break;
      case 'joined':
        this.requestId = message.requestId;
        break;
      case 'left':
        observer.left(this, message.channelId);
        break;
    }
    this.controller.onMessage(message);
    if (message.type !== 'pong') this.noteBelief();
    if (message.type === 'left' && this.leavingTimer !== null) this.close('left');
  }

  // the controller

  onChange(): void {
    if (this.ended) return;
    this.noteBelief();
    const { state, channelId } = this.controller;
    const { hearing } = this.world.fabric;
    if (state !== 'in' || channelId === null) hearing.leave(this);
    else if (this.seat?.matrix.channelId === channelId) hearing.playbackChanged(this);
    else hearing.enter(this, channelId);
  }

  onJoined(channelId: number, waitedMs: number): void {
    this.world.sim.trace.record(this.host.id, 'client.joined', channelId);
    this.world.observer.joined(this, channelId, this.requestId, waitedMs, this.wasQueued);
    this.wasQueued = false;
  }

  onQueued(): void {}

  onRefused(): void {}

  onRemoved(channelId: number, reason: string): void {
    this.world.sim.trace.record(this.host.id, 'client.removed', channelId, reason);
    this.world.observer.removed(this, channelId, reason);
  }

  onView(channelId: number, version: number, epoch: number, mode: 'p2p' | 'sfu'): void {
    this.world.sim.trace.record(this.host.id, 'client.view', version, mode);
    this.world.observer.viewApplied(this, channelId, version, epoch, mode, this.controller.roster);
  }

  onDegraded(reason: string, active: boolean): void {
    this.world.observer.degraded(this, reason, active);
  }
}

function leaveWaited(tab: Tab): void {
  tab.close('left');
}
