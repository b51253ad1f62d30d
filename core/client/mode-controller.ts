import type { TimerHandle } from '../ports.js';
import type { ChannelView, Member, Mode, ServerMessage, SfuGrant } from '../protocol.js';
import { type ClientPolicy, defaultClientPolicy } from './client-policy.js';
import { FadeRounds, FadingPeers } from './fading-peers.js';
import { PathWatch, type Peer } from './path-watch.js';
import { type ClientPorts, grantKey, type LinkEvents, type PlayedPath, sameGrant } from './ports.js';
import { SeenViews } from './seen-views.js';
import { SfuPath } from './sfu-path.js';

export type MembershipState = 'out' | 'joining' | 'queued' | 'in';

/**
 * The client's side of a channel (A6). It follows the newest {@link ChannelView}: builds the paths the view asks for before
 * it gives up any other, acknowledges when they work, and plays every peer over exactly one path. Nothing here depends on the
 * order or number of messages: only views with a newer version are applied, and everything is said again until it is heard.
 *
 * The old path is given up only `overlapMs + fadeMs` after the *server* has said that everybody plays the new one.
 */
export class ModeController implements LinkEvents {
  protected readonly ports: ClientPorts;
  protected readonly policy: ClientPolicy;
  protected membership: MembershipState = 'out';
  protected wanted: number | null = null;
  protected view: ChannelView | null = null;
  /** Path into the room of the present mode, and into the one that a migration moves to. */
  protected inUse: SfuPath | null = null;
  protected target: SfuPath | null = null;
  protected readonly peers = new Map<string, Peer>();
  protected readonly paths = new Map<string, SfuPath>();
  protected readonly fading = new FadingPeers();
  protected readonly seenViews = new SeenViews();
  /** All that `playedPath` depends on but the links to peers; -1: those have changed. */
  protected playback = -1;
  protected requestTimer: TimerHandle | null = null;
  protected lingerTimer: TimerHandle | null = null;
  protected requests = 0;
  /** How old the wish is, on the scale of versions: as told by `queued`, or the last view of a channel that has forgotten us; null: new. */
  protected wishSince: number | null = null;
  protected connects = 0;
  protected joinSinceMs = 0;
  protected online = false;
  /** Channels that were left and have not confirmed it: said again over each new connection. */
  protected readonly leaving = new Set<number>();
  protected readonly pathWatch: PathWatch;
  /** Epoch for which `ready` went out last, over the present connection. */
  protected readyEpoch = 0;

  constructor(
    protected readonly options: {
      readonly userId: string;
      readonly sessionId: string;
      readonly ports: ClientPorts;
      readonly policy?: Partial<ClientPolicy>;
    },
  ) {
    this.ports = options.ports;
    this.policy = { ...defaultClientPolicy, ...options.policy };
    this.pathWatch = new PathWatch(this.paths, this.peers, this.ports.listener);
  }

  get state(): MembershipState {
    return this.membership;
  }

  /** The channel the client is in, or is trying to get into. */
  get channelId(): number | null {
    return this.wanted;
  }

  /** Version of the newest view applied, 0 before the first. */
  get version(): number {
    return this.view?.version ?? 0;
  }

  get epoch(): number {
    return this.view?.epoch ?? 0;
  }

  get mode(): Mode | null {
    return this.membership === 'in' ? (this.view?.mode ?? null) : null;
  }

  get roster(): readonly Member[] {
    return this.membership === 'in' ? (this.view?.roster ?? []) : [];
  }

  /** Epoch of the migration or rollback this client takes part in, 0 when there is none. */
  get migrationEpoch(): number {
    return this.view?.migration?.epoch ?? 0;
  }

  /** Asks for a channel and keeps asking until the answer is yes, or a no that is final. */
  join(channelId: number): void {
    if (this.wanted === channelId) return;
    if (this.wanted !== null) this.leave();
    this.wanted = channelId;
    this.membership = 'joining';
    this.joinSinceMs = this.ports.clock.nowMs();
    this.requests++;
    this.request();
  }

  leave(): void {
    const channelId = this.wanted;
    if (channelId === null) return;
    this.reset();
    this.leaving.add(channelId);
    this.ports.send({ type: 'leave', channelId });
    this.ports.listener.onChange();
  }

  /** Path over which this listener plays a talker now: the one of the mode if it works, else the other, never both. */
  playedPath(userId: string): PlayedPath {
    if (this.membership !== 'in' || !this.view) return 'none';
    const direct = this.peers.get(userId)?.up === true || this.fading.hears(userId);
    const relayed =
      this.inUse?.state === 'healthy' || this.target?.state === 'healthy' || (!direct && this.anyHealthy());
    if (this.view.mode === 'p2p') return direct ? 'p2p' : relayed ? 'sfu' : 'none';
    return relayed ? 'sfu' : direct ? 'p2p' : 'none';
  }

  /** The tab is closed: nothing more will happen here. */
  dispose(): void {
    this.requestTimer?.cancel();
    this.lingerTimer?.cancel();
    for (const path of this.paths.values()) path.stopTimer();
    this.fading.stop();
    this.paths.clear();
    this.peers.clear();
    this.membership = 'out';
    this.wanted = null;
  }

  /** The connection to a backend is open. */
  onOnline(): void {
    this.online = true;
    const { userId, sessionId } = this.options;
    this.ports.send({ type: 'hello', userId, sessionId, connects: ++this.connects });
    for (const channelId of this.leaving) this.ports.send({ type: 'leave', channelId });
    if (this.membership === 'in')
      this.ports.send({ type: 'ping', channelId: this.wanted, version: this.version, epoch: this.epoch });
    else if (this.wanted !== null) this.request();
  }

  /** The connection to the backend is lost. The voices do not depend on it. */
  onOffline(): void {
    this.online = false;
  }

  onMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'joined':
        // an answer to a wish from before a leave says nothing about this one; nor do `join-ready` and `removed` while that is not confirmed
        if (message.view.channelId === this.wanted && message.requestId === this.requestId) this.enter(message.view);
        break;
      case 'join-ready':
        if (message.view.channelId === this.wanted && !this.leaving.has(this.wanted)) this.enter(message.view);
        break;
      case 'channel':
        if (message.view.channelId === this.wanted && this.membership === 'in') this.apply(message.view);
        break;
      case 'queued':
        if (message.requestId === this.requestId && this.membership !== 'in' && this.wanted !== null) {
          this.membership = 'queued';
          this.wishSince = message.since ?? null;
          this.ports.listener.onQueued(message.channelId, message.position);
          this.requestAfter(message.estimatedWaitMs + this.policy.queueSlackMs);
        }
        break;
      case 'refused':
        if (message.requestId === this.requestId && this.membership !== 'in') this.refused(message);
        break;
      case 'removed':
        if (message.channelId === this.wanted && this.membership !== 'out' && !this.leaving.has(this.wanted))
          this.removed(message.reason);
        break;
      case 'left':
        this.leaving.delete(message.channelId);
        break;
      case 'token':
        this.paths.get(grantKey(message.grant))?.provide(message.grant.token);
        break;
      case 'pong':
        this.pathWatch.look(this.mode === 'sfu' && this.roster.length > 1, true);
        this.acknowledge(true);
        for (const path of this.paths.values()) path.insist();
        break;
      case 'degraded':
        this.ports.listener.onDegraded(message.reason, message.active);
        break;
    }
  }

  onPeerUp(peer: Member): void {
    this.setPeer(peer, true);
  }

  onPeerDown(peer: Member): void {
    this.setPeer(peer, false);
  }

  onSfuUp(key: string): void {
    this.paths.get(key)?.up();
  }

  onSfuDown(key: string, reason = ''): void {
    this.paths.get(key)?.down(reason);
  }

  /** Names the wish of now; stays the same when it is said again. */
  protected get requestId(): string {
    return `${this.options.sessionId}.${this.requests}`;
  }

  protected request(): void {
    if (this.wanted === null || this.membership === 'in') return;
    if (this.online)
      this.ports.send({
        type: 'join',
        requestId: this.requestId,
        channelId: this.wanted,
        ...(this.wishSince === null ? {} : { since: this.wishSince }),
        ...this.seenViews.of(this.wanted),
      });
    this.requestAfter(this.policy.requestTimeoutMs);
  }

  protected requestAfter(delayMs: number): void {
    this.requestTimer?.cancel();
    this.requestTimer = this.ports.timers.after(delayMs, () => {
      this.requestTimer = null;
      this.request();
    });
  }

  protected enter(view: ChannelView): void {
    if (this.membership !== 'in') {
      this.membership = 'in';
      this.wishSince = null;
      this.leaving.delete(view.channelId);
      this.playback = -1;
      this.requestTimer?.cancel();
      this.requestTimer = null;
      this.ports.listener.onJoined(view.channelId, this.ports.clock.nowMs() - this.joinSinceMs);
    }
    this.apply(view);
  }

  protected refused(message: Extract<ServerMessage, { type: 'refused' }>): void {
    this.ports.listener.onRefused(message.channelId, message.code, message.retryAfterMs);
    if (message.code === 'invalid') this.reset();
    else this.requestAfter(message.retryAfterMs * (1 + this.ports.random.uniform()));
  }

  protected removed(reason: 'replaced' | 'evicted' | 'unknown'): void {
    const channelId = this.wanted!;
    if (this.view) this.seenViews.note(this.view);
    if (reason === 'replaced') this.reset();
    else {
      // the channel has forgotten us, we have not forgotten it; the paths stay until there is a new view
      this.membership = 'joining';
      if (this.view) this.wishSince = this.view.version;
      this.joinSinceMs = this.ports.clock.nowMs();
      this.requests++;
      this.request();
    }
    this.ports.listener.onRemoved(channelId, reason);
    this.ports.listener.onChange();
  }

  /** Gives everything up: the client is in no channel. */
  protected reset(): void {
    this.requestTimer?.cancel();
    this.lingerTimer?.cancel();
    this.requestTimer = this.lingerTimer = null;
    for (const { member } of this.fading.keys()) this.ports.peers.close(member);
    this.fading.stop();
    for (const path of this.paths.values()) path.close();
    this.closeMesh();
    this.paths.clear();
    if (this.view) this.seenViews.note(this.view);
    this.view = this.inUse = this.target = null;
    this.pathWatch.rest();
    this.wishSince = null;
    this.playback = -1;
    this.wanted = null;
    this.membership = 'out';
  }

  /** Follows a view, if it is newer than what we follow. */
  protected apply(view: ChannelView): void {
    if (this.view && view.version <= this.view.version) {
      this.acknowledge(true);
      return;
    }
    const previous = this.view;
    this.view = view;
    this.ports.listener.onView(view.channelId, view.version, view.epoch, view.mode);
    if (((previous?.degraded ?? null) !== null) !== (view.degraded !== null))
      this.ports.listener.onDegraded('sfu', view.degraded !== null);
    this.buildMesh(view);
    const { sfu, migration } = view;
    this.inUse = sfu && this.buildPath(sfu, view.channelId);
    this.target =
      migration?.phase === 'connect' && migration.sfu ? this.buildPath(migration.sfu, view.channelId) : null;
    this.lingerTimer?.cancel();
    this.lingerTimer = null;
    if (migration?.phase !== 'settle' && this.superfluous()) this.linger(this.arrived());
    this.changed();
  }

  protected meshWanted(view: ChannelView): boolean {
    return view.mode === 'p2p' || (view.migration?.phase === 'connect' && view.migration.to === 'p2p');
  }

  /**
   * Links to everybody in the roster while the mesh is wanted; none to those who have left, wanted or not. Who has left closes its end. Who has
   * vanished and has not may be somebody whose join a failover has thrown away, and who has no backend to say so: its voice does not depend on that.
   */
  protected buildMesh(view: ChannelView): void {
    if (this.peers.size === 0 && !this.meshWanted(view)) return;
    const present = new Map(view.roster.map((member) => [member.userId, member]));
    present.delete(this.options.userId);
    for (const [userId, peer] of this.peers) {
      if (present.get(userId)?.sessionId === peer.member.sessionId) continue;
      this.peers.delete(userId);
      this.playback = -1;
      if (present.has(userId)) this.fadeOut(peer, FadeRounds.replaced);
      else if (peer.up && this.meshWanted(view)) this.fadeOut(peer, FadeRounds.forgotten);
      else this.ports.peers.close(peer.member);
    }
    if (!this.meshWanted(view)) return;
    for (const member of present.values()) {
      if (this.peers.has(member.userId)) continue;
      const back = this.fading.of(member);
      this.peers.set(member.userId, back ?? { member, up: false });
      if (back === null) this.ports.peers.open(member);
      else {
        // the store had gone back for a moment: the link was never closed
        this.fading.drop(back);
        this.playback = -1;
      }
    }
  }

  /** Keeps a link to a session that is no longer in the roster while {@link isMissed} says so, an overlap and a fade at a time. */
  protected fadeOut(peer: Peer, patience: number): void {
    const timer = this.ports.timers.after(this.policy.overlapMs + this.policy.fadeMs, () => {
      this.fading.delete(peer);
      if (patience > 1 && this.isMissed(peer)) this.fadeOut(peer, patience - 1);
      else this.closeFaded(peer);
    });
    this.fading.set(peer, timer);
  }

  /** Another tab of the same person has taken over and is not heard yet, or nobody has and this one goes on. */
  protected isMissed({ member, up }: Peer): boolean {
    const successor = this.peers.get(member.userId);
    return successor ? !successor.up : up && this.view !== null && this.meshWanted(this.view);
  }

  protected closeFaded(peer: Peer): void {
    this.ports.peers.close(peer.member);
    this.playback = -1;
    this.changed();
  }

  protected buildPath(grant: SfuGrant, channelId: number): SfuPath {
    // most views name the room that is in use
    if (this.inUse !== null && this.inUse.state !== 'failed' && sameGrant(this.inUse.grant, grant)) {
      this.inUse.provide(grant.token);
      return this.inUse;
    }
    const key = grantKey(grant);
    const present = this.paths.get(key);
    if (present && present.state !== 'failed') {
      present.provide(grant.token);
      return present;
    }
    const path: SfuPath = new SfuPath(
      grant,
      this.ports,
      this.policy,
      () => this.target === path && this.inUse !== path,
      () => this.changed(),
      channelId,
    );
    this.paths.set(key, path);
    return path;
  }

  protected anyHealthy(): boolean {
    for (const path of this.paths.values()) if (path.state === 'healthy') return true;
    return false;
  }

  protected meshUp(): boolean {
    for (const peer of this.peers.values()) if (!peer.up) return false;
    return true;
  }

  /** Whether the path of the present mode works. */
  protected arrived(): boolean {
    return this.view !== null && (this.view.mode === 'p2p' ? this.meshUp() : this.inUse?.state === 'healthy');
  }

  protected superfluous(): boolean {
    const view = this.view!;
    if (!this.meshWanted(view) && this.peers.size > 0) return true;
    for (const path of this.paths.values()) if (path !== this.inUse && path !== this.target) return true;
    return false;
  }

  /**
   * Gives up what the view no longer asks for, once the path of the present mode has worked for a whole overlap and fade: until then it may be
   * the only one, for us or for the others, whose end of the new path may come up later than ours.
   * @param arrived whether it works since the timer was set
   */
  protected linger(arrived: boolean): void {
    const delayMs = arrived ? this.policy.overlapMs + this.policy.fadeMs : this.policy.overlapMs;
    this.lingerTimer = this.ports.timers.after(delayMs, () => {
      this.lingerTimer = null;
      if (!this.view) return;
      if (!arrived || !this.arrived()) {
        this.linger(this.arrived());
        return;
      }
      if (!this.meshWanted(this.view)) this.closeMesh();
      for (const [key, path] of this.paths) {
        if (path === this.inUse || path === this.target) continue;
        path.close();
        this.paths.delete(key);
      }
      this.ports.listener.onChange();
    });
  }

  protected closeMesh(): void {
    for (const { member } of this.peers.values()) this.ports.peers.close(member);
    this.peers.clear();
  }

  protected setPeer(member: Member, up: boolean): void {
    const peer = this.peers.get(member.userId);
    if (peer?.member.sessionId !== member.sessionId) {
      const fading = this.fading.of(member);
      if (!fading) return;
      this.setUp(fading, up);
      if (up || peer) return;
      // it has left after all
      this.fading.drop(fading);
      this.closeFaded(fading);
    } else this.setUp(peer, up);
  }

  protected setUp(peer: Peer, up: boolean): void {
    if (peer.up === up) return;
    peer.up = up;
    this.playback = -1;
    this.changed();
  }

  /** Something has changed: tells the server what it waits for, and the listener if another path may be played to somebody. */
  protected changed(): void {
    this.pathWatch.look(this.mode === 'sfu' && this.roster.length > 1, false);
    this.acknowledge();
    const playback =
      (this.view?.mode === 'sfu' ? 1 : 0) +
      (this.inUse?.state === 'healthy' ? 2 : 0) +
      (this.target?.state === 'healthy' ? 4 : 0) +
      (this.anyHealthy() ? 8 : 0);
    if (playback === this.playback) return;
    this.playback = playback;
    this.ports.listener.onChange();
  }

  /** Says that the path the migration asks for works, or that it cannot be built. Repeated with every heartbeat. */
  protected acknowledge(again = false): void {
    const migration = this.view?.migration;
    if (!migration || !this.online || this.membership !== 'in' || migration.phase === 'hold') return;
    const channelId = this.view!.channelId;
    const { epoch } = migration;
    if (migration.phase === 'rollback' || migration.phase === 'settle') {
      if (this.arrived()) this.sayReady(channelId, epoch, again);
      return;
    }
    if (migration.to === 'p2p' ? this.meshUp() : this.target?.state === 'healthy') {
      this.sayReady(channelId, epoch, again);
    } else if (this.target?.state === 'failed') {
      this.ports.send({ type: 'failed', channelId, epoch, reason: 'sfu-unreachable' });
    }
  }

  protected sayReady(channelId: number, epoch: number, again: boolean): void {
    if (this.readyEpoch === epoch && !again) return;
    this.readyEpoch = epoch;
    this.ports.send({ type: 'ready', channelId, epoch });
  }
}
