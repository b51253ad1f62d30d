import type { TimerHandle } from '../ports.js';
import type { SfuGrant } from '../protocol.js';
import type { ClientPolicy } from './client-policy.js';
import type { ClientPorts } from './ports.js';

export type SfuPathState = 'tokenless' | 'connecting' | 'verifying' | 'waiting' | 'healthy' | 'failed';

/**
 * The way into one SFU room: attempts with growing pauses, then health checks (A6). Healthy means both directions: one who
 * sends but hears nothing has not arrived. A path that is in use never gives up; a target does after three attempts.
 */
export class SfuPath {
  state: SfuPathState = 'connecting';
  protected attempt = 0;
  protected polls = 0;
  protected timer: TimerHandle | null = null;

  /** The token that a node has refused last. */
  protected refused: string | undefined;

  constructor(
    public grant: SfuGrant,
    protected readonly ports: ClientPorts,
    protected readonly policy: ClientPolicy,
    protected readonly givesUp: () => boolean,
    protected readonly onChange: () => void,
    protected readonly channelId: number,
  ) {
    this.connect();
  }

  /** The transports are up. */
  up(): void {
    if (this.state !== 'connecting') return;
    this.state = 'verifying';
    this.polls = 0;
    this.poll();
  }

  /** The attempt failed, or the connection broke. */
  down(reason = ''): void {
    if (reason === 'bad-token' || reason === 'revoked') {
      this.tokenRefused();
      return;
    }
    if (this.state === 'waiting' || this.state === 'failed') return;
    if (this.state === 'healthy') this.attempt = 0;
    this.stopTimer();
    const waits = this.policy.sfuRetryMs;
    this.attempt++;
    if (this.attempt >= waits.length && this.givesUp()) {
      this.state = 'failed';
    } else {
      this.state = 'waiting';
      this.timer = this.ports.timers.after(waits[Math.min(this.attempt, waits.length) - 1] ?? 0, () => this.connect());
    }
    this.onChange();
  }

  /** A token for this room: used from the next attempt on, which is now if only the token was missing. */
  provide(token: string): void {
    if (token === '' || token === this.grant.token || token === this.refused) return;
    this.grant = { ...this.grant, token };
    if (this.state === 'tokenless') this.connect();
  }

  /** The node has not taken our token: nothing is wrong with the path, another token is needed. */
  protected tokenRefused(): void {
    if (this.state === 'waiting' || this.state === 'failed' || this.state === 'tokenless') return;
    this.stopTimer();
    this.refused = this.grant.token;
    this.grant = { ...this.grant, token: '' };
    this.connect();
    this.onChange();
  }

  /** Says again that a token is missing. */
  insist(): void {
    if (this.state !== 'tokenless') return;
    const { node, room, epoch } = this.grant;
    const refused = this.refused === undefined ? {} : { refused: this.refused };
    this.ports.send({ type: 'token', channelId: this.channelId, node, room, epoch, ...refused });
  }

  /** Gives the connection up for good. */
  close(): void {
    this.stopTimer();
    this.ports.sfu.close(this.grant);
  }

  /** Cancels what is pending, without touching the connection. */
  stopTimer(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  protected connect(): void {
    this.timer = null;
    if (this.grant.token === '') {
      this.state = 'tokenless';
      if (this.refused !== undefined) this.insist();
      return;
    }
    this.state = 'connecting';
    this.ports.sfu.connect(this.grant);
  }

  protected poll(): void {
    this.timer = null;
    const { uplink, downlink } = this.ports.sfu.health(this.grant);
    if (uplink && downlink) {
      this.state = 'healthy';
      this.onChange();
    } else if (++this.polls * this.policy.healthPollMs > this.policy.healthLimitMs) {
      this.ports.sfu.close(this.grant);
      this.down();
    } else {
      this.timer = this.ports.timers.after(this.policy.healthPollMs, () => this.poll());
    }
  }
}
