import type { Log, RedisSubscriber } from '../ports.js';

export interface SubscriptionOptions {
  readonly subscriber: RedisSubscriber;
  readonly channels: readonly string[];
  readonly onMessage: (channel: string, message: string) => void;
  /** The connection is back: whatever was published meanwhile has not reached us. */
  readonly onReconnected: () => void;
  readonly log: Log;
}

/** What a backend hears by pub/sub. A backend may start while Redis cannot be reached, so `ensure` is called again with every tick. */
export class Subscription {
  protected state: 'none' | 'asked' | 'done' = 'none';
  protected ready = false;

  constructor(protected readonly options: SubscriptionOptions) {
    const { subscriber, onMessage, onReconnected } = options;
    subscriber.on('message', onMessage);
    subscriber.on('ready', () => {
      if (this.ready) onReconnected();
      this.ready = true;
    });
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
