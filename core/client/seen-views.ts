/** The newest view that a client has applied. */
interface Seen {
  readonly version: number;
  readonly epoch: number;
}

/** Channels that are remembered. A store loses seconds, and nobody visits more in that time. */
const REMEMBERED = 8;

/**
 * What a client has seen of the channels that it has left. It says so when it comes back: a store that has lost its last seconds would show it decisions that are
 * older than those it has followed.
 */
export class SeenViews {
  protected readonly channels = new Map<number, Seen>();

  note({ channelId, version, epoch }: Seen & { readonly channelId: number }): void {
    this.channels.delete(channelId);
    this.channels.set(channelId, { version, epoch });
    for (const oldest of this.channels.keys()) {
      if (this.channels.size <= REMEMBERED) break;
      this.channels.delete(oldest);
    }
  }

  /** Nothing, of a channel that it has not seen. */
  of(channelId: number): Partial<Seen> {
    return this.channels.get(channelId) ?? {};
  }
}
