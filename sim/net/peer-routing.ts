import type { Host } from '../hosts/index.js';
import type { Choices } from '../kernel/index.js';
import type { Nat } from './link-options.js';
import type { Network } from './network.js';
import { Route } from './route.js';

/** What stands between clients. */
export interface PeerRoutingOptions {
  /** Share of pairs of clients between which nothing gets directly, whatever their NATs; drawn for each pair. Default 0. */
  readonly blockedShare?: number;
  /** TURN servers. Default none. */
  readonly relays?: readonly Host[];
  /** Whether a TURN server gives a client an allocation, or goes on with one. Default: to everybody. */
  readonly access?: TurnAccess | null;
}

/** Who asks for the allocation, and where. */
export type TurnAccess = (client: Host, server: Host) => boolean;

/**
 * How two clients reach each other: straight when their NATs and the network let them, else over the TURN server that is nearest
 * to the one who asks, of those that both can reach. That is what ICE ends with (RFC 8445): it checks every pair of candidates
 * and prefers direct ones; here the checks of pairs that do not work are left out.
 */
export class PeerRouting {
  private readonly blocked = new Map<string, boolean>();
  private readonly blockedShare: number;
  private readonly relays: readonly Host[];
  private readonly access: TurnAccess | null;

  constructor(
    private readonly choices: Choices,
    private readonly network: Network,
    options: PeerRoutingOptions = {},
  ) {
    this.blockedShare = options.blockedShare ?? 0;
    this.relays = options.relays ?? [];
    this.access = options.access ?? null;
  }

  /** The route that an attempt begun now by `from` would end with; null when there is none: no direct path, and no TURN server. */
  between(from: Host, to: Host): Route | null {
    const { network } = this;
    const direct = this.isDirect(from, to);
    if (direct && (this.relays.length === 0 || this.mutual(from, to))) return new Route(network, from, to);
    const relay = this.relayFor(from, to);
    if (relay !== null && this.access?.(from, relay) !== false) return new Route(network, from, to, relay);
    return direct ? new Route(network, from, to) : null;
  }

  /** Allocations have to be refreshed with credentials that hold. */
  get guarded(): boolean {
    return this.access !== null;
  }

  /** The one who has the allocation of a route refreshes it (RFC 8656, section 7). @returns false when it is gone: nothing gets over it any more */
  refresh(route: Route): boolean {
    const { relay, holder } = route;
    if (relay === null || this.access === null) return true;
    if (relay.state === 'up' && this.mutual(holder, relay) && this.access(holder, relay)) return true;
    route.release();
    return false;
  }

  /**
   * Whether NATs let the two reach each other. A symmetric NAT shows another port to each peer, so a peer behind one that filters by
   * port never gets an answer in (RFC 5128, sections 2.1 and 3.3).
   */
  isDirect(a: Host, b: Host): boolean {
    const ofA = this.network.natOf(a);
    const ofB = this.network.natOf(b);
    if (strict(ofA, ofB) || strict(ofB, ofA)) return false;
    return this.blockedShare === 0 || !this.isBlocked(a, b);
  }

  private isBlocked(a: Host, b: Host): boolean {
    const pair = a.id < b.id ? `${a.id}~${b.id}` : `${b.id}~${a.id}`;
    let blocked = this.blocked.get(pair);
    if (blocked === undefined) {
      blocked = this.choices.stream(`net/nat/${pair}`).chance(this.blockedShare);
      this.blocked.set(pair, blocked);
    }
    return blocked;
  }

  private relayFor(from: Host, to: Host): Host | null {
    const { network } = this;
    let nearest: Host[] = [];
    let nearestUs = Number.POSITIVE_INFINITY;
    for (const relay of this.relays) {
      if (relay.state !== 'up' || !this.mutual(from, relay) || !this.mutual(relay, to)) continue;
      const delayUs = network.delayUs(from, relay);
      if (delayUs > nearestUs) continue;
      if (delayUs < nearestUs) nearest = [];
      nearestUs = delayUs;
      nearest.push(relay);
    }
    if (nearest.length === 0) return null;
    return nearest[this.choices.choose(`net/relay/${from.id}`, nearest.length)] as Host;
  }

  private mutual(a: Host, b: Host): boolean {
    return this.network.reachable(a, b) && this.network.reachable(b, a);
  }
}

function strict(one: Nat, other: Nat): boolean {
  return one === 'symmetric' && other !== 'open';
}
