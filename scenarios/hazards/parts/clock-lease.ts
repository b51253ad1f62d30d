import type { ChannelLock, Lease } from '../../../core/store/channel-lock.js';

/**
 * A lease that is believed in for its length, by the holder's own clock. It stands in for the fence where a hazard is not about pauses: a holder
 * that wakes up too late knows it, and nothing else is checked.
 */
export interface ClockLease extends Lease {
  holds(): boolean;
}

export const isOver = (lease: Lease): boolean => !(lease as ClockLease).holds();

/** A lock that hands out {@link ClockLease}s, which begin when they are asked for. */
export const clockedLock = (Base: typeof ChannelLock): typeof ChannelLock =>
  class extends Base {
    private readonly askedMs = new Map<string, number>();

    protected override take(channelId: number, token: string, behind?: () => void): Promise<unknown> {
      this.askedMs.set(token, this.clock.nowMs());
      return super.take(channelId, token, behind);
    }

    override async acquire(channelId: number, behind?: () => void): Promise<ClockLease | null> {
      const lease = await super.acquire(channelId, behind);
      if (lease === null) return null;
      const untilMs = this.askedMs.get(lease.token)! + this.policy.lockTtlMs;
      this.askedMs.delete(lease.token);
      return { ...lease, holds: () => this.clock.nowMs() < untilMs };
    }
  };
