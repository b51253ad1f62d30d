import { type ClientListener, grantKey } from '../../../core/client/ports.js';
import type { ClientMessage, ServerMessage, SfuGrant } from '../../../core/protocol.js';
import { type ClientController, defaultClientOptions, type TabEnd } from '../../../sim/clients/index.js';
import type { Host } from '../../../sim/hosts/index.js';
import type { ChoiceStream } from '../../../sim/kernel/index.js';
import type { HearingMember, Playback, Seat, SfuAttachment } from '../../../sim/media/index.js';
import { Connection } from './fabric.js';
import { Peers } from './peers.js';
import type { Process } from './process.js';
import type { Service } from './service.js';
import type { Node, Participant } from './sfu.js';

interface SfuLine {
  readonly key: string;
  readonly node: Node;
  readonly line: Participant['line'];
  participant: Participant | null;
  up: boolean;
}

/** A tab with the real controller: its connection to a backend, to peers and to SFU nodes, as the simulator's tabs have them. */
export class Tab implements HearingMember, ClientListener {
  readonly controller: ClientController;
  readonly peers: Peers;
  readonly ordinal: number;
  seat: Seat | null = null;
  open = true;
  crossed = false;
  /** Ended before the answer to its join. */
  asked = false;
  private readonly sfu: SfuLine[] = [];
  private transport: Connection<ClientMessage, ServerMessage> | null = null;
  private online = false;
  private waits = 0;
  private unanswered = 0;
  private requestId = '';
  private wasQueued = false;
  private leavingTimer: { cancel(): void } | null = null;
  private heartbeat: { cancel(): void } | null = null;

  constructor(
    readonly service: Service,
    readonly device: Process,
    readonly userId: string,
    readonly sessionId: string,
    private readonly stream: ChoiceStream,
    private readonly onEnd: (tab: Tab) => void,
  ) {
    this.ordinal = service.tabs.size + 1;
    this.peers = new Peers(this, () => this.controller);
    let unique = 0;
    this.controller = new service.Controller({
      userId,
      sessionId,
      ports: {
        clock: service.time,
        timers: device.timers,
        random: { unique: () => `${sessionId}.${++unique}`, uniform: () => stream.uniform() },
        send: (message) => this.send(message),
        peers: this.peers,
        sfu: {
          connect: (grant) => this.connectSfu(grant),
          close: (grant) => this.closeSfu(grant),
          health: (grant) => this.health(grant),
        },
        listener: this,
      },
    });
    service.tabs.set(sessionId, this);
    service.events.tabOpened(this);
    this.connect();
  }

  get host(): Host {
    return this.device.host;
  }

  get leaving(): boolean {
    return this.leavingTimer !== null;
  }

  get attachments(): readonly SfuAttachment[] {
    return this.sfu
      .filter(({ up, participant }) => up && participant !== null)
      .map(({ node, participant, line }) => ({
        room: participant!.room,
        node: node.process.host,
        attached: line.open && participant!.room.participants.get(this.sessionId) === participant,
      }));
  }

  playedPath(userId: string): Playback {
    return this.controller.playedPath(userId);
  }

  linkedWith(peer: HearingMember): boolean {
    return this.peers.hears(peer.sessionId);
  }

  join(channelId: number): void {
    this.wasQueued = false;
    this.leavingTimer?.cancel();
    this.leavingTimer = null;
    this.controller.join(channelId);
  }

  leave(): void {
    const { channelId } = this.controller;
    if (!this.open || this.leavingTimer !== null) return;
    if (channelId === null || !this.online) {
      this.close('left');
      return;
    }
    this.service.events.leaving(this, channelId);
    this.controller.leave();
    this.leavingTimer = this.device.timers.after(defaultClientOptions.leaveWaitMs, () => this.close('left'));
  }

  close(how: TabEnd): void {
    if (!this.open) return;
    this.open = false;
    this.leavingTimer?.cancel();
    this.heartbeat?.cancel();
    this.asked = this.controller.state === 'joining';
    this.controller.dispose();
    this.service.hearing.leave(this);
    this.online = false;
    this.transport?.close(how !== 'crashed');
    this.transport = null;
    this.peers.dispose();
    for (const { line } of this.sfu.splice(0)) line.close(true);
    this.service.events.tabClosed(this, how);
    this.onEnd(this);
  }

  // the backend

  private connect(): void {
    if (!this.open) return;
    const backend = this.service.pick(this.userId, this.waits);
    if (backend === null) {
      this.wait();
      return;
    }
    const connection = new Connection<ClientMessage, ServerMessage>(
      this.service.fabric,
      this.device,
      backend.process,
      {
        onOpen: () => {
          if (connection === this.transport) this.opened(backend.process.id);
        },
        onMessage: (message) => {
          if (connection === this.transport) this.received(message);
        },
        onClose: () => {
          if (connection === this.transport) this.lost('closed');
        },
      },
      (accepted) => backend.accept(accepted),
    );
    this.transport = connection;
    // an attempt without an answer, as a handshake would be given up
    this.device.timers.after(5_000, () => {
      if (connection === this.transport && !this.online) this.giveUp('no answer');
    });
  }

  private opened(backendId: string): void {
    this.online = true;
    this.unanswered = 0;
    this.heartbeat = this.device.timers.after(defaultClientOptions.welcomeTimeoutMs, () => this.giveUp('no-welcome'));
    this.service.events.connected(this, backendId);
    this.controller.onOnline();
  }

  private received(message: ServerMessage): void {
    const { events } = this.service;
    if (message.type === 'pong') this.unanswered = 0;
    if (message.type === 'welcome') {
      this.waits = 0;
      this.unanswered = 0;
      this.heartbeat?.cancel();
      this.heartbeat = this.device.timers.after(this.stream.between(0, message.pingEveryMs), () =>
        this.ping(message.pingEveryMs),
      );
    }
    switch (message.type) {
      case 'signal':
        return;
      case 'queued':
        this.wasQueued = true;
        events.joinQueued(this, message.channelId, message.requestId, message.position);
        break;
      case 'refused':
        events.joinRefused(this, message.channelId, message.requestId, message.code);
        break;
      case 'joined':
        this.requestId = message.requestId;
        break;
      case 'left':
        events.left(this, message.channelId);
        break;
    }
    this.controller.onMessage(message);
    if (message.type === 'left' && this.leavingTimer !== null) this.close('left');
  }

  private ping(everyMs: number): void {
    if (this.unanswered >= 1) {
      this.giveUp('no-pong');
      return;
    }
    this.unanswered++;
    this.heartbeat = this.device.timers.after(everyMs, () => this.ping(everyMs));
    const { state, channelId, version, epoch } = this.controller;
    this.send(
      state === 'in' ? { type: 'ping', channelId, version, epoch } : { type: 'ping', channelId: null, version: 0 },
    );
  }

  private giveUp(reason: string): void {
    this.transport?.close(false);
    this.lost(reason);
  }

  private lost(reason: string): void {
    const wasOnline = this.online;
    this.transport = null;
    this.online = false;
    this.heartbeat?.cancel();
    if (wasOnline) {
      this.service.events.disconnected(this, reason);
      this.controller.onOffline();
    }
    if (this.open) this.wait();
  }

  private wait(): void {
    const { reconnectFirstMs, reconnectMs } = defaultClientOptions;
    const wait = this.waits++;
    const delayMs =
      wait === 0
        ? this.stream.between(0, reconnectFirstMs)
        : reconnectMs[Math.min(wait, reconnectMs.length) - 1]! * this.stream.between(0.5, 1.5);
    this.device.timers.after(delayMs, () => this.connect());
  }

  private send(message: ClientMessage): boolean {
    if (!this.online || this.transport === null) return false;
    const { events } = this.service;
    this.transport.send(message.type, structuredClone(message));
    if (message.type === 'join') {
      this.requestId = message.requestId;
      events.joinRequested(this, message.channelId, message.requestId);
    } else if (message.type === 'ready') events.migrationReady(this, message.channelId, message.epoch);
    else if (message.type === 'failed') events.migrationFailed(this, message.channelId, message.epoch, message.reason);
    return true;
  }

  // SFU nodes

  private connectSfu(grant: SfuGrant): void {
    this.closeSfu(grant);
    const key = grantKey(grant);
    const node = this.service.nodes.get(grant.node);
    if (!node) return;
    const fail = () => {
      const at = this.sfu.indexOf(link);
      if (at < 0) return;
      this.sfu.splice(at, 1);
      line.close(true);
      this.service.hearing.memberChanged(this);
      this.controller.onSfuDown(key, 'lost');
    };
    const line: Participant['line'] = new Connection(
      this.service.fabric,
      this.device,
      node.process,
      {
        onOpen: () => line.send('join', grant),
        onMessage: () => {
          if (!this.sfu.includes(link)) return;
          link.up = true;
          this.service.hearing.memberChanged(this);
          this.controller.onSfuUp(key);
        },
        onClose: fail,
      },
      (accepted) => ({
        onMessage: () => {
          link.participant = node.admit(this.userId, this.sessionId, grant, accepted);
          if (link.participant === null) accepted.closeFar();
          else accepted.answer('connected', 'connected');
        },
        onClose: () => {
          if (link.participant !== null) node.remove(link.participant);
        },
      }),
    );
    const link: SfuLine = { key, node, line, participant: null, up: false };
    this.sfu.push(link);
    this.device.timers.after(defaultClientOptions.sfuConnectMs, () => {
      if (!link.up) fail();
    });
    this.watch(link, fail, 0);
  }

  /** Voice that does not arrive for long is noticed, as RTCP would tell. */
  private watch(link: SfuLine, fail: () => void, deafMs: number): void {
    this.device.timers.after(1_000, () => {
      if (!this.sfu.includes(link)) return;
      const { fabric } = this.service;
      const { process } = link.node;
      const flows =
        process.state === 'up' &&
        fabric.reachable(this.device.id, process.id) &&
        fabric.reachable(process.id, this.device.id);
      const silentMs = flows || !link.up ? 0 : deafMs + 1_000;
      if (silentMs >= defaultClientOptions.rtcpTimeoutMs) fail();
      else this.watch(link, fail, silentMs);
    });
  }

  private closeSfu(grant: SfuGrant): void {
    const at = this.sfu.findIndex(({ key }) => key === grantKey(grant));
    if (at < 0) return;
    const [link] = this.sfu.splice(at, 1);
    link!.line.close(true);
    if (link!.up) this.service.hearing.memberChanged(this);
  }

  private health(grant: SfuGrant): { uplink: boolean; downlink: boolean } {
    const link = this.sfu.find(({ key }) => key === grantKey(grant));
    if (!link?.up || link.node.process.state !== 'up' || !link.line.open) return { uplink: false, downlink: false };
    const { fabric } = this.service;
    const { id } = link.node.process;
    return { uplink: fabric.reachable(this.device.id, id), downlink: fabric.reachable(id, this.device.id) };
  }

  // the controller

  onChange(): void {
    if (!this.open) return;
    const { state, channelId } = this.controller;
    const { hearing } = this.service;
    if (state !== 'in' || channelId === null) hearing.leave(this);
    else if (this.seat?.matrix.channelId === channelId) hearing.playbackChanged(this);
    else hearing.enter(this, channelId);
  }

  onJoined(channelId: number, waitedMs: number): void {
    this.service.events.joined(this, channelId, this.requestId, waitedMs, this.wasQueued);
    this.wasQueued = false;
  }

  onQueued(): void {}

  onRefused(): void {}

  onRemoved(channelId: number, reason: string): void {
    this.service.events.removed(this, channelId, reason);
  }

  onView(channelId: number, version: number, epoch: number, mode: 'p2p' | 'sfu'): void {
    this.service.events.viewApplied(this, channelId, version, epoch, mode, this.controller.roster);
  }

  onDegraded(reason: string, active: boolean): void {
    this.service.events.degraded(this, reason, active);
  }
}
