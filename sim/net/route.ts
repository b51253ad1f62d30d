import type { Host } from '../hosts/index.js';
import type { DatagramPath } from './datagram-path.js';
import type { Network } from './network.js';

/** Bytes that TURN's ChannelData message puts in front of a datagram (RFC 8656, section 12.4). */
export const CHANNEL_DATA_BYTES = 4;

/** One stretch of a route: up link of `from`, backbone, down link of `to`. */
export interface Hop {
  readonly from: Host;
  readonly to: Host;
  /** Added to the size of every datagram on this stretch: {@link CHANNEL_DATA_BYTES} between a relay and who uses it, else 0. */
  readonly framingBytes: number;
}

/** What a TURN server has given; shared by both directions. */
interface Allocation {
  released: boolean;
}

interface Relayed {
  readonly route: Route;
  readonly bytes: number;
  readonly deliver: (arg: unknown) => void;
  readonly arg: unknown;
}

/**
 * The way of datagrams between two clients: straight, or over a TURN server. One of the two, the holder, has an allocation there
 * and wraps what it sends into ChannelData; the other sends plain datagrams to the allocated address and does not know better
 * (RFC 8656, section 3). An allocation dies with the process that gave it.
 */
export class Route {
  /** The stretches in the order in which a datagram takes them: one or two. */
  readonly hops: readonly Hop[];
  private readonly first: DatagramPath;
  private readonly second: DatagramPath | null;
  private readonly incarnation: number;

  /**
   * @param relay the TURN server; null: straight
   * @param holder who has the allocation there
   */
  constructor(
    private readonly network: Network,
    readonly from: Host,
    readonly to: Host,
    readonly relay: Host | null = null,
    readonly holder: Host = from,
    private readonly allocation: Allocation = { released: false },
  ) {
    this.incarnation = relay === null ? 0 : relay.incarnation;
    const framing = (host: Host): number => (relay !== null && host === holder ? CHANNEL_DATA_BYTES : 0);
    this.hops =
      relay === null
        ? [{ from, to, framingBytes: 0 }]
        : [
            { from, to: relay, framingBytes: framing(from) },
            { from: relay, to, framingBytes: framing(to) },
          ];
    this.first = network.path(from, relay ?? to);
    this.second = relay === null ? null : network.path(relay, to);
  }

  /** Nothing between the two hosts stops a datagram now: no partition, and the relay still has the allocation. */
  get passable(): boolean {
    const { network, from, to, relay } = this;
    if (relay === null) return network.reachable(from, to);
    return this.relays && relay.state === 'up' && network.reachable(from, relay) && network.reachable(relay, to);
  }

  /** One-way delay without jitter and queues, in microseconds. */
  get delayUs(): number {
    return this.hops.reduce((sum, { from, to }) => sum + this.network.delayUs(from, to), 0);
  }

  /** The way back: the same relay and the same allocation. */
  reversed(): Route {
    return new Route(this.network, this.to, this.from, this.relay, this.holder, this.allocation);
  }

  /** The server gives the allocation to nobody any more. */
  release(): void {
    this.allocation.released = true;
  }

  /**
   * Sends a datagram; see {@link DatagramPath.send}.
   * @param bytes size on the wire without the relay's framing
   */
  send<A>(bytes: number, deliver: (arg: A) => void, arg: A): void {
    if (this.second === null) {
      this.first.send(bytes, deliver, arg);
      return;
    }
    const relayed: Relayed = { route: this, bytes, deliver: deliver as (arg: unknown) => void, arg };
    this.first.send(bytes + this.hops[0]!.framingBytes, forward, relayed);
  }

  /** @internal */
  forward({ bytes, deliver, arg }: Relayed): void {
    if (this.relays) this.second!.send(bytes + this.hops[1]!.framingBytes, deliver, arg);
  }

  /** The process that gave the allocation is the one that runs. */
  private get relays(): boolean {
    return this.relay?.incarnation === this.incarnation && !this.allocation.released;
  }
}

function forward(relayed: Relayed): void {
  relayed.route.forward(relayed);
}
