import type { LinkEvents, PeerLinks as PeerLinksPort } from '../../core/client/ports.js';
import type { ClientMessage, Member } from '../../core/protocol.js';
import type { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { HearingMember } from '../media/index.js';
import type { Route } from '../net/index.js';
import type { ClientOptions } from './client-options.js';
import type { MediaFabric } from './media-fabric.js';
import { PeerLink } from './peer-link.js';
import { offersTo, type PeerSignal, parsePeerSignal } from './peer-signal.js';

/** Whom the links belong to, and what they use. */
export interface PeerLinksOptions {
  readonly sim: Simulation;
  readonly fabric: MediaFabric;
  readonly host: Host;
  /** The session, as the hearing matrix knows it. */
  readonly member: HearingMember;
  readonly options: ClientOptions;
  readonly events: () => LinkEvents;
  /** Channel that signals are sent in; null: nowhere. */
  readonly channelId: () => number | null;
  readonly send: (message: ClientMessage) => boolean;
}

/** A datagram between two ends. `from` is the sender's end, so that the simulator can join the two. */
interface Packet {
  readonly from: PeerLink;
  readonly route: Route;
  readonly attempt: number;
}

/** Bytes of a STUN binding request with its attributes, and of a DTLS close, with headers. */
const CHECK_BYTES = 120;
const BYE_BYTES = 80;
const CHECKS_PER_ATTEMPT = 3;
/** Opus at 64 kbps on the wire, 50 packets a second (VOICE section 1). */
const VOICE_BYTES = 210;
const VOICE_EVERY_US = 20_000;

/**
 * Peer-to-peer links of one session. The offerer offers through the backends, the answerer answers, then a check goes over the
 * route between them and back. An end that has been reached sends its voice; it is up when it gets the other's. Offers are repeated until then; after a loss there is a new attempt,
 * as long as the link is open. Repetitions carry the same attempt number, so that late answers are as good as others. Loss of the path is noticed from the network's own word (no polling): 30 s later the link is down.
 */
export class PeerLinks implements PeerLinksPort {
  /** peer session -> link */
  private readonly links = new Map<string, PeerLink>();
  /** peer session -> latest offer that came before our `open` */
  private readonly early = new Map<string, { attempt: number; untilUs: number }>();
  private attempts = 0;
  private generations = 0;

  constructor(private readonly parts: PeerLinksOptions) {}

  get host(): Host {
    return this.parts.host;
  }

  get member(): HearingMember {
    return this.parts.member;
  }

  /** Links that are open, up or not. */
  get size(): number {
    return this.links.size;
  }

  open(peer: Member): void {
    if (this.links.has(peer.sessionId)) return;
    const { member, sim } = this.parts;
    const link = new PeerLink(this, peer, offersTo(member.userId, peer.userId), ++this.generations);
    this.links.set(peer.sessionId, link);
    if (link.offers) {
      link.attempt = ++this.attempts;
      this.offer(link);
      return;
    }
    const offer = this.early.get(peer.sessionId);
    this.early.delete(peer.sessionId);
    if (offer !== undefined && offer.untilUs >= sim.nowUs) this.answer(link, offer.attempt);
    this.later(link, this.parts.options.peerRetryMs);
  }

  close(peer: Member): void {
    const link = this.links.get(peer.sessionId);
    if (link === undefined) return;
    this.links.delete(peer.sessionId);
    if (link.up || link.sending) this.packet(link, BYE_BYTES, byeArrived);
    this.end(link);
  }

  /** Both ends of the link with that session are up. */
  joinedWith(sessionId: string): boolean {
    return this.links.get(sessionId)?.joined === true;
  }

  /** The voice of that session arrives here, as far as hosts and network let it. */
  hears(sessionId: string): boolean {
    return this.links.get(sessionId)?.hears === true;
  }

  /** The way of our voice to that session; null while none is sent. */
  routeTo(sessionId: string): Route | null {
    const link = this.links.get(sessionId);
    return link?.sending === true ? link.route : null;
  }

  /** The link looks disconnected: up, but nothing has arrived for `suspectAfterMs`. */
  isSuspect(sessionId: string): boolean {
    const since = this.links.get(sessionId)?.deadSinceUs ?? -1;
    return since >= 0 && this.parts.sim.nowUs - since >= this.parts.options.suspectAfterMs * 1000;
  }

  /** The tab is gone: no goodbye, peers notice that nothing comes any more. */
  dispose(): void {
    const links = [...this.links.values()];
    this.links.clear();
    this.early.clear();
    for (const link of links) this.end(link);
  }

  /** A `signal` message has arrived. */
  onSignal(data: unknown): void {
    const signal = parsePeerSignal(data);
    if (signal === null || signal.t !== this.member.sessionId) return;
    const link = this.links.get(signal.s);
    if (signal.k === 'offer') this.onOffer(signal, link);
    else if (link?.offers === true) {
      if (signal.k === 'answer') this.onAnswer(signal, link);
      else this.onWant(signal, link);
    }
  }

  /** Reachability, or the state of this host, may have changed: sees which links get nothing any more. */
  recheck(): void {
    for (const link of this.links.values()) {
      if (!link.up) continue;
      this.checkConsent(link);
      if (link.remote !== null) link.remote.owner.checkConsent(link.remote);
    }
  }

  // signalling

  private offer(link: PeerLink): void {
    link.checking = false;
    link.checksSent = 0;
    this.parts.fabric.statistics.peerAttempts++;
    this.signal(link, { k: 'offer', s: this.member.sessionId, t: link.peer.sessionId, n: link.attempt });
    this.later(link, this.parts.options.peerRetryMs);
  }

  private onOffer(signal: PeerSignal, link: PeerLink | undefined): void {
    if (link === undefined) {
      const { sim, options } = this.parts;
      if ((this.early.get(signal.s)?.attempt ?? 0) <= signal.n) {
        this.early.set(signal.s, { attempt: signal.n, untilUs: sim.nowUs + options.earlyOfferMs * 1000 });
      }
    } else if (!link.offers && signal.n >= link.attempt) this.answer(link, signal.n);
  }

  private answer(link: PeerLink, attempt: number): void {
    const leavesOld = link.joined && attempt !== link.attempt;
    link.attempt = attempt;
    this.signal(link, {
      k: 'answer',
      s: this.member.sessionId,
      t: link.peer.sessionId,
      n: attempt,
      g: link.generation,
    });
    if (leavesOld) this.changed(link);
  }

  private onAnswer(signal: PeerSignal & { k: 'answer' }, link: PeerLink): void {
    if (signal.n !== link.attempt || link.up || link.checking) return;
    link.remoteGeneration = signal.g;
    link.checking = true;
    this.check(link);
  }

  /** The answerer asks for an offer. When we believe that the link is up, it counts only if the answerer has a newer end. */
  private onWant(signal: PeerSignal & { k: 'want' }, link: PeerLink): void {
    if (link.up && signal.g > link.remoteGeneration) this.down(link, 'peer-lost', 0);
  }

  private signal(link: PeerLink, data: PeerSignal): void {
    const channelId = this.parts.channelId();
    if (channelId !== null) this.parts.send({ type: 'signal', channelId, to: link.peer.userId, data });
  }

  // the route

  private check(link: PeerLink): void {
    const { fabric } = this.parts;
    const target = fabric.find(link.peer.sessionId);
    if (link.checksSent++ === 0) link.route = null;
    if (target !== undefined) link.route ??= fabric.routing.between(this.host, target.host);
    this.packet(link, CHECK_BYTES, checkArrived);
    this.later(link, this.parts.options.peerCheckMs);
  }

  private packet(link: PeerLink, bytes: number, deliver: (packet: Packet & { at: PeerLinks }) => void): void {
    const { fabric, host } = this.parts;
    const { route } = link;
    const target = fabric.find(link.peer.sessionId);
    if (target === undefined || route === null || host.state === 'down') return;
    route.send(bytes, deliver, {
      from: link,
      route,
      attempt: link.attempt,
      at: target.peers,
    });
  }

  /** @internal */
  onCheck(packet: Packet): void {
    const link = this.links.get(packet.from.owner.member.sessionId);
    if (link === undefined || link.attempt !== packet.attempt || packet.from.closed) return;
    link.remote = packet.from;
    packet.from.remote = link;
    link.sending = true;
    link.route = packet.route.reversed();
    if (link.up) this.changed(link);
    this.packet(link, CHECK_BYTES, answerArrived);
  }

  /** @internal */
  onCheckAnswer(packet: Packet): void {
    const link = this.links.get(packet.from.owner.member.sessionId);
    if (link === undefined || link.attempt !== packet.attempt || link.up || packet.from.remote !== link) return;
    // the answerer sends since it has been reached, so its voice comes with the answer
    link.sending = true;
    link.route = packet.route.reversed();
    this.rise(link);
    this.speak(link);
  }

  /**
   * The offerer's first voice packets, one every 20 ms until one has arrived. Those that are sent while the one before is on its way are left out: they
   * tell the peer nothing new, unless that one is lost, and were an eighth of the events of a large load.
   */
  private speak(link: PeerLink): void {
    if (!link.up || link.closed || link.remote === null || link.remote.up) return;
    this.packet(link, VOICE_BYTES, voiceArrived);
    link.timer = this.host.after(VOICE_EVERY_US + (link.route?.delayUs ?? 0), speakAgain, link);
  }

  /** @internal */
  onVoice(packet: Packet): void {
    const link = this.links.get(packet.from.owner.member.sessionId);
    if (link === undefined || link.attempt !== packet.attempt || link.up || link.remote !== packet.from) return;
    this.rise(link);
  }

  /** @internal */
  speakAgain(link: PeerLink): void {
    link.timer = null;
    this.speak(link);
  }

  /** @internal */
  onBye(packet: Packet): void {
    const link = this.links.get(packet.from.owner.member.sessionId);
    if (link?.up && link.attempt === packet.attempt) this.down(link, 'bye', this.parts.options.peerRetryMs);
  }

  // up and down

  private rise(link: PeerLink): void {
    const { sim, fabric } = this.parts;
    link.up = true;
    link.checking = false;
    this.clearTimer(link);
    fabric.statistics.peerUps++;
    const relay = link.route?.relay;
    if (relay) fabric.statistics.relayedUps++;
    sim.trace.record(this.host.id, 'p2p.up', link.peer.sessionId, relay?.id);
    this.refreshLater(link);
    this.changed(link);
    this.parts.events().onPeerUp(link.peer);
  }

  private down(link: PeerLink, reason: string, retryMs: number): void {
    const { sim, fabric, events } = this.parts;
    link.up = false;
    link.sending = false;
    link.checking = false;
    if (link.offers) link.attempt = ++this.attempts;
    this.clearConsent(link);
    fabric.statistics.peerDowns++;
    sim.trace.record(this.host.id, 'p2p.down', link.peer.sessionId, reason);
    this.changed(link);
    events().onPeerDown(link.peer);
    if (link.closed) return;
    if (retryMs === 0) this.step(link);
    else this.later(link, retryMs);
  }

  /** The end is given up. */
  private end(link: PeerLink): void {
    const joined = link.hears || link.remote?.hears === true;
    const { remote } = link;
    link.closed = true;
    link.up = false;
    link.sending = false;
    this.clearTimer(link);
    this.clearConsent(link);
    if (remote === null) return;
    if (joined) this.parts.fabric.hearing.linkChanged(this.member, remote.owner.member);
    remote.owner.checkConsent(remote);
  }

  /** Tells the hearing matrix, and the other end, that this end is another. */
  private changed(link: PeerLink): void {
    const { remote } = link;
    if (remote === null) return;
    this.parts.fabric.hearing.linkChanged(this.member, remote.owner.member);
    this.checkConsent(link);
    remote.owner.checkConsent(remote);
  }

  /** Consent freshness (RFC 7675): needs both directions, and somebody who answers. */
  private checkConsent(link: PeerLink): void {
    if (!link.up || link.closed) return;
    const { sim, host, options } = this.parts;
    const alive = link.joined && host.state === 'up' && link.remote?.owner.host.state === 'up' && link.passable;
    if (alive) this.clearConsent(link);
    else if (link.consentTimer === null) {
      link.deadSinceUs = sim.nowUs;
      link.consentTimer = host.after(options.consentTimeoutMs * 1000, consentExpired, link);
    }
  }

  /** @internal */
  expire(link: PeerLink): void {
    link.consentTimer = null;
    if (link.up && !link.closed) this.down(link, 'consent', 0);
  }

  /** Whoever has the allocation at a TURN server refreshes it, where that takes credentials. */
  private refreshLater(link: PeerLink): void {
    const { route } = link;
    const { fabric, options } = this.parts;
    if (!fabric.routing.guarded || route === null || route.relay === null || route.holder !== this.host) return;
    this.host.after(options.turnRefreshMs * 1000, refreshDue, { link, route });
  }

  /** @internal */
  refresh({ link, route }: Refresh): void {
    if (link.closed || link.route !== route || !link.up) return;
    if (this.parts.fabric.routing.refresh(route)) {
      this.refreshLater(link);
      return;
    }
    this.parts.sim.trace.record(this.host.id, 'turn.refused', link.peer.sessionId, route.relay?.id);
    this.parts.fabric.reachabilityChanged();
  }

  // timers

  private later(link: PeerLink, delayMs: number): void {
    this.clearTimer(link);
    link.timer = this.host.after(delayMs * 1000, nextStep, link);
  }

  /** The next step towards being up. @internal */
  step(link: PeerLink): void {
    link.timer = null;
    if (link.up || link.closed) return;
    if (!link.offers) {
      this.signal(link, {
        k: 'want',
        s: this.member.sessionId,
        t: link.peer.sessionId,
        n: link.attempt,
        g: link.generation,
      });
      this.later(link, this.parts.options.peerRetryMs);
    } else if (link.checking && link.checksSent < CHECKS_PER_ATTEMPT) this.check(link);
    else this.offer(link);
  }

  private clearTimer(link: PeerLink): void {
    if (link.timer !== null) this.host.cancelTimer(link.timer);
    link.timer = null;
  }

  private clearConsent(link: PeerLink): void {
    link.deadSinceUs = -1;
    if (link.consentTimer === null) return;
    this.host.cancelTimer(link.consentTimer);
    link.consentTimer = null;
  }
}

interface Refresh {
  readonly link: PeerLink;
  readonly route: Route;
}

function refreshDue(due: Refresh): void {
  due.link.owner.refresh(due);
}

function nextStep(link: PeerLink): void {
  link.owner.step(link);
}

function consentExpired(link: PeerLink): void {
  link.owner.expire(link);
}

function checkArrived(packet: Packet & { at: PeerLinks }): void {
  packet.at.onCheck(packet);
}

function answerArrived(packet: Packet & { at: PeerLinks }): void {
  packet.at.onCheckAnswer(packet);
}

function byeArrived(packet: Packet & { at: PeerLinks }): void {
  packet.at.onBye(packet);
}

function voiceArrived(packet: Packet & { at: PeerLinks }): void {
  packet.at.onVoice(packet);
}

function speakAgain(link: PeerLink): void {
  link.owner.speakAgain(link);
}
