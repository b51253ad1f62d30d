import type { Host } from '../../hosts/index.js';
import type { Connection, Network } from '../../net/index.js';
import { StatusReply } from '../reply.js';
import { REDIS_SERVICE, type Replies } from '../wire.js';
import { SentinelPeriod } from './sentinel-options.js';

/** What a server has said about itself last. */
export interface ReportedRole {
  readonly role: 'primary' | 'replica';
  /** Whom a replica follows. */
  readonly primary: string | null;
  readonly linkUp: boolean;
  readonly offset: number;
}

/** One server as one sentinel sees it: a connection that is asked `PING` every second and `ROLE` (for `INFO`) every ten. */
export class ServerWatch {
  reported: ReportedRole | null = null;
  /** When it has reported this role first, without a change since. */
  reportedSinceMs = 0;
  reportedAtMs = 0;
  /** When it answered a PING last. */
  availableMs: number;
  private connection: Connection | null = null;
  private connectedMs = 0;
  private connecting = false;
  private pingAtMs = 0;
  private infoAtMs = Number.NEGATIVE_INFINITY;
  /** When the oldest PING without an answer was sent; 0: none. */
  private unansweredMs = 0;
  private pending: string[] = [];

  constructor(
    private readonly net: Network,
    private readonly sentinel: Host,
    readonly server: Host,
  ) {
    this.availableMs = sentinel.nowMs();
  }

  get connected(): boolean {
    return this.connection !== null && !this.connecting;
  }

  /** How long it has given no sign of life, in ms. */
  silentMs(nowMs: number): number {
    if (this.unansweredMs !== 0) return nowMs - this.unansweredMs;
    return this.connected ? 0 : nowMs - this.availableMs;
  }

  /** Something is not as it should be: look more often. */
  isTroubled(nowMs: number): boolean {
    return !this.connected || this.silentMs(nowMs) >= SentinelPeriod.ping / 2;
  }

  /** Connects, pings and asks, when it is time to. */
  tick(nowMs: number, downAfterMs: number, infoPeriodMs: number): void {
    if (this.connection === null) {
      this.connect();
      return;
    }
    if (this.connecting) return;
    const half = downAfterMs / 2;
    if (
      nowMs - this.connectedMs > SentinelPeriod.reconnect &&
      this.unansweredMs !== 0 &&
      nowMs - this.unansweredMs > half
    ) {
      this.connection.close('no answer');
      this.gone();
      this.connect();
      return;
    }
    if (nowMs - this.pingAtMs >= SentinelPeriod.ping) {
      this.pingAtMs = nowMs;
      if (this.unansweredMs === 0) this.unansweredMs = nowMs;
      this.send('PING');
    }
    if (nowMs - this.infoAtMs >= infoPeriodMs) {
      this.infoAtMs = nowMs;
      this.send('ROLE');
    }
  }

  /** `REPLICAOF`, and off with all clients, so that they look for the primary again. */
  reconfigure(primary: Host | null): void {
    const target = primary === null ? ['REPLICAOF', 'NO', 'ONE'] : ['REPLICAOF', primary.id, '6379'];
    this.pending.push('', '', '');
    this.connection?.send([target, ['CLIENT', 'KILL', 'TYPE', 'normal'], ['CLIENT', 'KILL', 'TYPE', 'pubsub']], 128);
    this.infoAtMs = Number.NEGATIVE_INFINITY;
  }

  private connect(): void {
    this.connecting = true;
    this.connection = this.net.connect(this.sentinel, this.server, REDIS_SERVICE, {
      onOpen: () => {
        this.connecting = false;
        this.connectedMs = this.sentinel.nowMs();
        this.infoAtMs = Number.NEGATIVE_INFINITY;
        this.pingAtMs = 0;
        this.tick(this.connectedMs, Number.POSITIVE_INFINITY, 0);
      },
      onMessage: (message, connection) => {
        if (connection === this.connection) this.receive((message as Replies).replies);
      },
      onClose: (_reason, connection) => {
        if (connection === this.connection) this.gone();
      },
    });
  }

  private gone(): void {
    this.connection = null;
    this.connecting = false;
    this.pending = [];
  }

  private send(command: string): void {
    this.pending.push(command);
    this.connection?.send([[command]], 16);
  }

  private receive(replies: Replies['replies']): void {
    const nowMs = this.sentinel.nowMs();
    for (const reply of replies) {
      const command = this.pending.shift();
      if (command === 'PING' && reply instanceof StatusReply) {
        this.availableMs = nowMs;
        this.unansweredMs = 0;
      } else if (command === 'ROLE' && Array.isArray(reply)) {
        const replica = reply[0] === 'slave';
        const before = this.reported;
        this.reported = replica
          ? {
              role: 'replica',
              primary: reply[1] as string,
              linkUp: reply[3] === 'connected',
              offset: reply[4] as number,
            }
          : { role: 'primary', primary: null, linkUp: true, offset: reply[1] as number };
        this.reportedAtMs = nowMs;
        if (before?.role !== this.reported.role || before.primary !== this.reported.primary)
          this.reportedSinceMs = nowMs;
      }
    }
  }
}
