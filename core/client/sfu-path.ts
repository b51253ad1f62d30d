import type { TimerHandle } from '../ports.js';
import type { SfuGrant } from '../protocol.js';
import type { ClientPolicy } from './client-policy.js';
import type { ClientPorts } from './ports.js';

export type SfuPathState = 'connecting' | 'verifying' | 'waiting' | 'healthy' | 'failed';

/**
 * The way into one SFU room: attempts with growing pauses, then health checks (A6). Healthy means both directions: one who
 * sends but hears nothing has not arrived. A path that is in use never gives up; a target does after three attempts.
 */
export class SfuPath {
  state: SfuPathState = 'connecting';
  protected attempt = 0;
  protected polls = 0;
  protected timer: TimerHandle | null = null;

  constructor(
    readonly grant: SfuGrant,
    protected readonly ports: ClientPorts,
    protected readonly policy: ClientPolicy,
    protected readonly givesUp: () => boolean,
    protected readonly onChange: () => void,
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
  down(): void {
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
