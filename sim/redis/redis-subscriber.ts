import type { RedisSubscriber } from '../../core/ports.js';
import type { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { Network } from '../net/index.js';
import { ClientLink, type LinkListener } from './client-link.js';
import type { ResolvedClientOptions } from './client-options.js';
import type { Locator } from './locator.js';

type MessageListener = (channel: string, message: string) => void;

const IGNORED = { settle: (): void => {} };

/**
 * A connection in subscriber mode. After a reconnect it asks for all its channels again and says `ready` at once, as `ioredis` does:
 * before the server has answered.
 */
export class SimulatedRedisSubscriber implements RedisSubscriber, LinkListener {
  private readonly channels = new Set<string>();
  private readonly messageListeners: MessageListener[] = [];
  private readonly readyListeners: (() => void)[] = [];
  private readonly endListeners: (() => void)[] = [];
  private readonly link: ClientLink;

  constructor(
    private readonly sim: Simulation,
    net: Network,
    private readonly host: Host,
    locator: Locator,
    private readonly options: ResolvedClientOptions,
  ) {
    this.link = new ClientLink(sim, net, host, locator, options, this);
    if (options.pingIntervalMs > 0) this.ping();
  }

  get ready(): boolean {
    return this.link.ready;
  }

  /** The server it is connected to. */
  get server(): Host | null {
    return this.link.server;
  }

  /** Resolves with the number of channels, when the server has answered. */
  subscribe(...channels: string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.link.submit(
        ['SUBSCRIBE', ...channels],
        {
          settle: (error, value) => {
            if (error !== null) {
              reject(error);
              return;
            }
            for (const channel of channels) this.channels.add(channel);
            resolve(value);
          },
        },
        0,
      );
    });
  }

  on(event: 'message', listener: MessageListener): this;
  on(event: 'ready' | 'end', listener: () => void): this;
  on(event: 'message' | 'ready' | 'end', listener: MessageListener | (() => void)): this {
    if (event === 'message') this.messageListeners.push(listener as MessageListener);
    else (event === 'ready' ? this.readyListeners : this.endListeners).push(listener as () => void);
    return this;
  }

  /** Closes the connection: to make another one after a pause, or for good. */
  disconnect(reconnect = false): void {
    if (reconnect) {
      this.link.reconnect();
      return;
    }
    this.link.end();
    for (const listener of this.endListeners) listener();
  }

  onReady(): void {
    if (this.channels.size !== 0) this.link.submit(['SUBSCRIBE', ...this.channels], IGNORED, 0);
    for (const listener of this.readyListeners) listener();
    this.sim.wake();
  }

  onLost(): void {}

  onPush(message: readonly string[]): void {
    if (message[0] !== 'message') return;
    for (const listener of this.messageListeners) listener(message[1]!, message[2]!);
    this.sim.wake();
  }

  private readonly ping = (): void => {
    this.host.after(this.options.pingIntervalMs * 1000, this.ping);
    if (this.link.ready) this.link.submit(['PING'], IGNORED, 0);
  };
}
