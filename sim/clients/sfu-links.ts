import { grantKey, type LinkEvents, type SfuHealth, type SfuLinks as SfuLinksPort } from '../../core/client/ports.js';
import type { SfuGrant } from '../../core/protocol.js';
import type { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { HearingMember } from '../media/index.js';
import { SFU_SERVICE, type SfuClientMessage, type SfuServerMessage } from '../sfu/index.js';
import type { ClientOptions } from './client-options.js';
import type { MediaFabric } from './media-fabric.js';
import { SfuLink } from './sfu-link.js';

/** Whom the links belong to, and what they use. */
export interface SfuLinksOptions {
  readonly sim: Simulation;
  readonly fabric: MediaFabric;
  readonly host: Host;
  readonly member: HearingMember;
  readonly options: ClientOptions;
  readonly events: () => LinkEvents;
}

/**
 * SFU connections of one session: connect to the node, join the room with the token, bring the transport up (one more round
 * trip). An established one breaks when the node goes, removes us, or when no RTCP has come for 5 s; the latter is found from
 * the network's own word, not by polling.
 */
export class SfuLinks implements SfuLinksPort {
  /** Open attempts and connections. */
  readonly live: SfuLink[] = [];

  constructor(private readonly parts: SfuLinksOptions) {}

  connect(grant: SfuGrant): void {
    this.close(grant);
    const { fabric, host, options } = this.parts;
    const node = fabric.sfuHosts.get(grant.node);
    fabric.statistics.sfuAttempts++;
    const link = new SfuLink(this, grantKey(grant), grant, node ?? host);
    this.live.push(link);
    if (node === undefined) {
      link.timer = host.after(0, unknownNode, link);
      return;
    }
    link.timer = host.after(options.sfuConnectMs * 1000, attemptExpired, link);
    link.connection = fabric.network.connect(host, node, SFU_SERVICE, {
      onOpen: () => this.join(link),
      onMessage: (message) => this.receive(link, message as SfuServerMessage),
      onClose: (reason) => this.fail(link, reason),
    });
  }

  close(grant: SfuGrant): void {
    const key = grantKey(grant);
    const link = this.live.find((each) => each.key === key);
    if (link !== undefined) this.end(link, 'closed by client');
  }

  health(grant: SfuGrant): SfuHealth {
    const key = grantKey(grant);
    const link = this.live.find((each) => each.key === key);
    if (link === undefined || !link.attached || link.node.state !== 'up') return { uplink: false, downlink: false };
    const { network } = this.parts.fabric;
    const { host } = this.parts;
    return { uplink: network.reachable(host, link.node), downlink: network.reachable(link.node, host) };
  }

  /** The tab is gone. */
  dispose(): void {
    for (const link of [...this.live]) this.end(link, 'tab closed');
  }

  /** Reachability, or the state of this host, may have changed. */
  recheck(): void {
    for (const link of this.live) this.checkRtcp(link);
  }

  private join(link: SfuLink): void {
    if (link.closed) return;
    const { room, epoch, token } = link.grant;
    const { userId, sessionId } = this.parts.member;
    this.say(link, { type: 'join', room, epoch, userId, sessionId, token });
  }

  private receive(link: SfuLink, message: SfuServerMessage): void {
    if (link.closed) return;
    switch (message.type) {
      case 'joined':
        this.say(link, { type: 'transport' });
        return;
      case 'connected': {
        const { participant } = message;
        if (participant.removed) return;
        link.participant = participant;
        const onChange = () => this.changed(link);
        participant.onChange = onChange;
        this.rise(link);
        return;
      }
      case 'refused':
      case 'removed':
        this.fail(link, message.reason);
    }
  }

  private say(link: SfuLink, message: SfuClientMessage): void {
    link.connection?.send(message, 300);
  }

  private rise(link: SfuLink): void {
    const { fabric, host, sim, events } = this.parts;
    if (link.timer !== null) host.cancelTimer(link.timer);
    link.timer = null;
    link.up = true;
    fabric.statistics.sfuUps++;
    sim.trace.record(host.id, 'sfu.up', link.key);
    this.changed(link);
    events().onSfuUp(link.key);
  }

  /** The attempt has failed, or the connection broke. @internal */
  fail(link: SfuLink, reason: string): void {
    if (link.closed) return;
    const { fabric, host, sim, events } = this.parts;
    fabric.statistics.sfuDowns++;
    sim.trace.record(host.id, 'sfu.down', link.key, reason);
    this.end(link, reason);
    events().onSfuDown(link.key, reason);
  }

  private end(link: SfuLink, reason: string): void {
    const { host, fabric, member } = this.parts;
    const { participant, up } = link;
    link.closed = true;
    link.up = false;
    this.live.splice(this.live.indexOf(link), 1);
    if (link.timer !== null) host.cancelTimer(link.timer);
    if (link.rtcpTimer !== null) host.cancelTimer(link.rtcpTimer);
    link.timer = null;
    link.rtcpTimer = null;
    link.connection?.close(reason);
    if (participant !== null) {
      participant.onChange = null;
      // the close does not get through: the node finds out by itself
      if (host.state !== 'up' || !fabric.network.reachable(host, link.node)) participant.onSilence?.(true);
    }
    if (up) fabric.hearing.memberChanged(member);
  }

  /** Something about an established connection may be another: here, on the node, or between. */
  private changed(link: SfuLink): void {
    if (link.closed) return;
    this.parts.fabric.hearing.memberChanged(this.parts.member);
    this.checkRtcp(link);
  }

  private checkRtcp(link: SfuLink): void {
    if (!link.up) return;
    const { host, fabric, options } = this.parts;
    const { network } = fabric;
    const { node, participant } = link;
    const sends = host.state === 'up' && network.reachable(host, node);
    const alive = link.attached && sends && node.state === 'up' && network.reachable(node, host);
    participant?.onSilence?.(!sends);
    if (alive) {
      if (link.rtcpTimer !== null) host.cancelTimer(link.rtcpTimer);
      link.rtcpTimer = null;
    } else if (link.rtcpTimer === null) {
      link.rtcpTimer = host.after(options.rtcpTimeoutMs * 1000, rtcpMissing, link);
    }
  }
}

function unknownNode(link: SfuLink): void {
  link.owner.fail(link, 'unknown-node');
}

function attemptExpired(link: SfuLink): void {
  link.timer = null;
  link.owner.fail(link, 'attempt-timeout');
}

function rtcpMissing(link: SfuLink): void {
  link.rtcpTimer = null;
  link.owner.fail(link, 'rtcp-timeout');
}
