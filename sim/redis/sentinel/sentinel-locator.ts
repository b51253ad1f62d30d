import type { Host, HostTimer } from '../../hosts/index.js';
import type { Connection, Network } from '../../net/index.js';
import type { Locator } from '../locator.js';
import { SENTINEL_SERVICE } from '../wire.js';
import type { SentinelMessage } from './messages.js';

/** A sentinel that takes longer to answer is skipped, in microseconds. */
const PATIENCE_US = 1_000_000;

/** Asks sentinels one after the other who the primary is, beginning with the one that has answered last. */
export class SentinelLocator implements Locator {
  readonly checksRole = true;
  private readonly first = new WeakMap<Host, number>();

  constructor(
    private readonly net: Network,
    private readonly sentinels: readonly Host[],
    private readonly serverById: (id: string) => Host | undefined,
  ) {}

  locate(from: Host, found: (server: Host | null) => void): void {
    this.ask(from, this.first.get(from) ?? 0, this.sentinels.length, found);
  }

  private ask(from: Host, index: number, left: number, found: (server: Host | null) => void): void {
    if (left === 0) {
      found(null);
      return;
    }
    let settled = false;
    let timer: HostTimer | null = null;
    const settle = (connection: Connection, primary: string | null): void => {
      if (settled) return;
      settled = true;
      if (timer !== null) from.cancelTimer(timer);
      connection.close();
      const next = (index + 1) % this.sentinels.length;
      const server = primary === null ? undefined : this.serverById(primary);
      this.first.set(from, server === undefined ? next : index);
      if (server === undefined) this.ask(from, next, left - 1, found);
      else found(server);
    };
    const asked = this.net.connect(from, this.sentinels[index]!, SENTINEL_SERVICE, {
      onOpen: (connection) => connection.send({ kind: 'locate' } satisfies SentinelMessage, 64),
      onMessage: (message, connection) => {
        const answer = message as SentinelMessage;
        settle(connection, answer.kind === 'located' ? answer.primary : null);
      },
      onClose: (_reason, connection) => settle(connection, null),
    });
    timer = from.after(PATIENCE_US, () => settle(asked, null));
  }

  /** The server that this host was told of is not a primary: ask another sentinel next time. */
  distrust(from: Host): void {
    this.first.set(from, ((this.first.get(from) ?? 0) + 1) % this.sentinels.length);
  }
}
