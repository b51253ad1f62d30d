import type { ClientMessage, ServerMessage } from '../../core/protocol.js';
import type { Host, HostTimer } from '../hosts/index.js';
import type { ChoiceStream } from '../kernel/index.js';
import type { Connection, ConnectionHandlers, Network } from '../net/index.js';
import type { Balancer } from './balancer.js';
import type { ClientOptions } from './client-options.js';

/** Service of the backends that clients connect to. */
export const BACKEND_SERVICE = 'voice';

/** Whom a transport works for. */
export interface TransportOwner {
  /** The connection is open. */
  onOnline(backendId: string): void;
  /** An open connection was lost. */
  onOffline(reason: string): void;
  onMessage(message: ServerMessage): void;
  /** The heartbeat to send now. */
  heartbeat(): ClientMessage;
}

/** How to make a {@link BackendTransport}. */
export interface BackendTransportOptions {
  readonly host: Host;
  readonly network: Network;
  readonly balancer: Balancer;
  readonly userHash: number;
  readonly stream: ChoiceStream;
  readonly options: ClientOptions;
  readonly owner: TransportOwner;
}

/** A session's connection to whichever backend the balancer names: reconnects with back-off, sends heartbeats. */
export class BackendTransport {
  private connection: Connection | null = null;
  private timer: HostTimer | null = null;
  private running = false;
  private online = false;
  /** Waits since the last `welcome`. */
  private waits = 0;
  private pingEveryUs = 0;
  private unanswered = 0;
  private readonly handlers: ConnectionHandlers;

  constructor(private readonly parts: BackendTransportOptions) {
    this.handlers = {
      onOpen: (connection) => this.opened(connection),
      onMessage: (message, connection) => this.received(message as ServerMessage, connection),
      onClose: (reason, connection) => {
        if (connection === this.connection) this.lost(reason);
      },
    };
  }

  /** The connection is open. */
  get isOnline(): boolean {
    return this.online;
  }

  /** Connects, and keeps connected until {@link stop}. */
  start(): void {
    if (this.running) return;
    this.running = true;
    this.connect();
  }

  /** Closes for good, without telling the owner. @param reason what the backend is told */
  stop(reason = 'closed by client'): void {
    this.running = false;
    this.online = false;
    this.clearTimer();
    const connection = this.connection;
    this.connection = null;
    connection?.close(reason);
  }

  /** False when there is no open connection; the message is dropped then. */
  send(message: ClientMessage): boolean {
    if (!this.online) return false;
    (this.connection as Connection).send(message);
    return true;
  }

  private connect(): void {
    const { balancer, userHash, network, host, options } = this.parts;
    this.timer = null;
    const backend = balancer.pick(userHash);
    if (backend === null) {
      this.wait();
      return;
    }
    this.connection = network.connect(host, backend, BACKEND_SERVICE, this.handlers, {
      roundTrips: options.backendRoundTrips,
    });
  }

  private opened(connection: Connection): void {
    if (connection !== this.connection) return;
    const { host, options, owner } = this.parts;
    this.online = true;
    this.unanswered = 0;
    this.timer = host.after(options.welcomeTimeoutMs * 1000, giveUp, this as BackendTransport);
    owner.onOnline(connection.remote.id);
  }

  private received(message: ServerMessage, connection: Connection): void {
    if (connection !== this.connection) return;
    if (message.type === 'pong') this.unanswered = 0;
    else if (message.type === 'welcome') {
      this.waits = 0;
      this.unanswered = 0;
      this.pingEveryUs = message.pingEveryMs * 1000;
      this.clearTimer();
      this.timer = this.parts.host.after(
        Math.round(this.pingEveryUs * this.parts.stream.between(0, 1)),
        ping,
        this as BackendTransport,
      );
    }
    this.parts.owner.onMessage(message);
  }

  /** @internal */
  ping(): void {
    if (this.unanswered >= 1) {
      this.giveUp('no-pong');
      return;
    }
    this.unanswered++;
    this.parts.host.again(this.timer as HostTimer, this.pingEveryUs);
    this.send(this.parts.owner.heartbeat());
  }

  /** @internal the other side does not answer */
  giveUp(reason: string): void {
    const connection = this.connection;
    this.timer = null;
    connection?.close(reason);
    this.lost(reason);
  }

  private lost(reason: string): void {
    const wasOnline = this.online;
    this.connection = null;
    this.online = false;
    this.clearTimer();
    if (wasOnline) this.parts.owner.onOffline(reason);
    if (this.running) this.wait();
  }

  private wait(): void {
    const { reconnectFirstMs, reconnectMs } = this.parts.options;
    const { stream, host } = this.parts;
    const wait = this.waits++;
    const delayMs =
      wait === 0
        ? stream.between(0, reconnectFirstMs)
        : (reconnectMs[Math.min(wait, reconnectMs.length) - 1] as number) * stream.between(0.5, 1.5);
    this.timer = host.after(Math.round(delayMs * 1000), reconnect, this as BackendTransport);
  }

  /** @internal */
  reconnect(): void {
    if (this.running) this.connect();
  }

  private clearTimer(): void {
    if (this.timer !== null) this.parts.host.cancelTimer(this.timer);
    this.timer = null;
  }
}

function ping(transport: BackendTransport): void {
  transport.ping();
}

function giveUp(transport: BackendTransport): void {
  transport.giveUp('no-welcome');
}

function reconnect(transport: BackendTransport): void {
  transport.reconnect();
}
