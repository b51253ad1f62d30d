import type { MediaPacket, MediaReceiver } from './media-packet.js';
import type { MediaPath } from './media-path.js';
import type { Network } from './network.js';
import type { Route } from './route.js';

/** The way of media packets along a {@link Route}: straight, or over a TURN server, which forwards while it has the allocation. */
export class MediaRoute implements MediaReceiver {
  private readonly first: MediaPath;
  private readonly second: MediaPath | null;
  private readonly incarnation: number;

  /** @param receiver who gets the packets at the other end */
  constructor(
    private readonly network: Network,
    readonly route: Route,
    private readonly receiver: MediaReceiver,
  ) {
    const { hops, relay } = route;
    this.first = network.mediaPath(hops[0]!.from, hops[0]!.to);
    this.second = relay === null ? null : network.mediaPath(hops[1]!.from, hops[1]!.to);
    this.incarnation = relay?.incarnation ?? 0;
  }

  /** Sends a packet, which belongs to the network from now on. Its size is that without the relay's framing. */
  send(packet: MediaPacket): void {
    if (this.second === null) {
      packet.receiver = this.receiver;
    } else {
      packet.receiver = this;
      packet.bytes += this.route.hops[0]!.framingBytes;
    }
    this.first.send(packet);
  }

  /** @internal at the TURN server */
  onMedia(packet: MediaPacket): void {
    const { hops, relay } = this.route;
    if (relay?.incarnation !== this.incarnation) return;
    const { packets } = this.network;
    const onward = packets.take();
    onward.copy(packet);
    onward.bytes += hops[1]!.framingBytes - hops[0]!.framingBytes;
    onward.receiver = this.receiver;
    this.second!.send(onward);
  }
}
