import type { Log, RedisSubscriber } from '../ports.js';
import { SIGN_OF_LIFE } from '../store/tick.js';

export interface SubscriptionOptions {
  readonly subscriber: RedisSubscriber;
  readonly channels: readonly string[];
  readonly onMessage: (channel: string, message: string) => void;
  /** The connection is back: whatever was published meanwhile has not reached us. */
  readonly onReconnected: () => void;
  readonly log: Log;
}

/** After so many ticks without a message a sign of life is asked for with each tick ... */
const QUIET_TICKS = 2;
/** ... and after so many a connection that has worked is given up. */
const DEAF_TICKS = 5;
/** One that has not yet: to connect takes as long as it takes, and to begin anew in the middle of it helps nobody. Doubles each time, up to the last. */
const FIRST_TICKS = 10;
const LAST_TICKS = 40;

/**
 * What a backend hears by pub/sub. A backend may start while Redis cannot be reached, so it is asked for again with every tick. Nobody ever sends
 * anything on this connection, so TCP does not notice that its other end is gone (a restart behind a partition, a forgotten entry in
 * a NAT, an old primary): the backend would be deaf for as long as the kernel's keep-alive takes, two hours on Linux. So it publishes to itself.
 */
export class Subscription {
  protected state: 'none' | 'asked' | 'done' = 'none';
  protected ready = false;
  /** Ticks that Redis has answered since the last message. */
  protected silentTicks = 0;
  /** So many of them and the connection is given up. */
  protected patience = FIRST_TICKS;

  constructor(protected readonly options: SubscriptionOptions) {
    const { subscriber, onMessage, onReconnected } = options;
    subscriber.on('message', (channel, message) => {
      this.silentTicks = 0;
      this.patience = DEAF_TICKS;
      if (message !== SIGN_OF_LIFE) onMessage(channel, message);
    });
    subscriber.on('ready', () => {
      this.silentTicks = 0;
      if (this.ready) onReconnected();
      this.ready = true;
    });
  }

  /** Nothing has been heard for a while: publish something to this instance. */
  get quiet(): boolean {
    return this.silentTicks >= QUIET_TICKS;
  }

  /** Redis has answered a tick over the other connection. */
  ticked(): void {
    void this.ensure();
    if (++this.silentTicks < this.patience) return;
    this.silentTicks = 0;
    this.patience = Math.min(Math.max(FIRST_TICKS, 2 * this.patience), LAST_TICKS);
    this.options.log.write('warn', 'nothing is heard from Redis: connecting again');
    this.options.subscriber.disconnect(true);
  }

  /** Subscribes, unless that is done or under way. */
  async ensure(): Promise<void> {
    if (this.state !== 'none') return;
    this.state = 'asked';
    const { subscriber, channels, log } = this.options;
    try {
      await subscriber.subscribe(...channels);
      this.state = 'done';
    } catch (error) {
      this.state = 'none';
      log.write('warn', 'cannot subscribe yet', { error: String(error) });
    }
  }
}
