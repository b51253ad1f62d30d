import type { Policy } from '../policy.js';
import type { Clock, Log, Metrics, Timers } from '../ports.js';
import type { ChannelLock, Lease } from '../store/channel-lock.js';
import type { ChannelStore } from '../store/channel-store.js';
import { ChannelDraft } from './channel-draft.js';
import type { ChannelRecord } from './channel-record.js';
import type { ChannelRules, ChannelWork, RuleContext } from './channel-rules.js';

/** Why an operation was not done. It may be tried again. */
export class ChannelUnavailable extends Error {
  constructor(
    readonly code: 'busy' | 'store-unavailable',
    message: string,
  ) {
    super(message);
    this.name = 'ChannelUnavailable';
  }
}

/** A change of one channel; may run several times before it is committed, so it touches nothing but the draft. */
type Operation<T> = (context: RuleContext) => T;

interface Request {
  readonly operation: Operation<unknown>;
  readonly resolve: (value: { result: unknown; record: ChannelRecord }) => void;
  readonly reject: (error: Error) => void;
  /** Critical sections that failed with this request in line. */
  attempts: number;
}

/** Collaborators of the desk. */
export interface ChannelDeskParts {
  readonly lock: ChannelLock;
  readonly store: ChannelStore;
  readonly rules: ChannelRules;
  readonly policy: Policy;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  /** What other backends are told with a commit that members can see; null: nothing. */
  readonly announcement: (record: ChannelRecord) => string | null;
  /** Told after each commit, before the operations' callers. */
  readonly onCommitted: (
    record: ChannelRecord,
    nowMs: number,
    announced: boolean,
    work: readonly ChannelWork[],
  ) => void;
}

/**
 * The place where channels are changed. All operations that this backend has for a channel wait in one line; whoever
 * gets the lock takes the whole line along: read once, apply all, settle, commit once (group commit). So a storm of
 * acknowledgements costs one critical section, and a backend never competes with itself for a lock.
 *
 * A section is two round trips: the channel is asked for right behind the lock, in the same turn, and Redis executes the commands of a connection in order. If
 * the first attempt gets the lock, the channel was read under it; if not, that reading is thrown away. The lease may have been lost by the time of
 * the reading, as it may at any later time (a failover between the two commands): the commit finds out.
 */
export class ChannelDesk {
  protected readonly lines = new Map<number, Request[]>();

  constructor(protected readonly parts: ChannelDeskParts) {}

  get rules(): ChannelRules {
    return this.parts.rules;
  }

  /**
   * Applies `operation` to the channel under its lock.
   * @returns the operation's result and the channel as committed
   * @throws ChannelUnavailable when the lock or Redis could not be had in time; the change may still have been made
   */
  change<T>(channelId: number, operation: Operation<T>): Promise<{ result: T; record: ChannelRecord }> {
    return new Promise((resolve, reject) => {
      const request: Request = { operation, resolve: resolve as Request['resolve'], reject, attempts: 0 };
      const line = this.lines.get(channelId);
      if (line) line.push(request);
      else {
        const fresh = [request];
        this.lines.set(channelId, fresh);
        void this.serve(channelId, fresh);
      }
    });
  }

  /** Brings the channel to where it should be, if anything is due. */
  async attend(channelId: number): Promise<void> {
    await this.change(channelId, () => undefined);
  }

  protected async serve(channelId: number, line: Request[]): Promise<void> {
    const { policy, timers, metrics, log } = this.parts;
    while (line.length > 0) {
      const waiting = line.slice();
      try {
        const outcome = await this.serveOnce(channelId, line);
        if (outcome === 'busy') this.refuse(line, waiting, new ChannelUnavailable('busy', 'the channel is busy'));
        if (outcome === 'lost')
          this.refuse(line, overdue(waiting), new ChannelUnavailable('busy', 'the lock was lost again and again'));
      } catch (error) {
        metrics.count('voice_store_errors_total');
        log.write('warn', 'channel not changed', { channelId, error: String(error) });
        this.refuse(line, overdue(waiting), new ChannelUnavailable('store-unavailable', String(error)));
        if (line.length > 0) await new Promise<void>((resolve) => timers.after(policy.lockRetryMs, resolve));
      }
    }
    this.lines.delete(channelId);
  }

  /** One critical section for everybody in line. */
  protected async serveOnce(channelId: number, line: Request[]): Promise<'done' | 'busy' | 'lost'> {
    const { lock, store, rules, clock, metrics, onCommitted } = this.parts;
    const askedMs = clock.nowMs();
    let reading: ReturnType<ChannelStore['read']> | null = null;
    const lease = await lock.acquire(channelId, () => {
      reading = store.read(channelId);
      reading.catch(() => undefined); // of no interest without the lock
    });
    if (!lease) return 'busy';
    metrics.observe('voice_lock_wait_ms', clock.nowMs() - askedMs);
    let held = true;
    try {
      const { record, nowMs } = await ((lease.atOnce && reading) || store.read(channelId));
      const draft = new ChannelDraft(record, nowMs, this.parts.announcement);
      const context: RuleContext = { draft, nowMs, outcome: { work: [], measurements: [] } };
      const served = line.slice();
      const results = served.map((request) => request.operation(context));
      rules.settle(context);
      if (!(await this.commit(lease, context))) {
        metrics.count('voice_lock_lost_total');
        return 'lost';
      }
      held = false;
      for (const { name, labels, value } of context.outcome.measurements) {
        if (name.endsWith('_ms')) metrics.observe(name, value, labels);
        else metrics.count(name, labels, value);
      }
      line.splice(0, served.length);
      onCommitted(record, nowMs, draft.announced, context.outcome.work);
      served.forEach((request, index) => {
        request.resolve({ result: results[index], record });
      });
      return 'done';
    } finally {
      if (held) void lock.release(lease);
    }
  }

  /** Ends a critical section; false when the lease did not hold to the end. */
  protected commit(lease: Lease, context: RuleContext): Promise<boolean> {
    return this.parts.store.commit(lease, context.draft, this.parts.policy.roomRetireMs);
  }

  protected refuse(line: Request[], refused: readonly Request[], error: ChannelUnavailable): void {
    line.splice(0, line.length, ...line.filter((request) => !refused.includes(request)));
    for (const request of refused) request.reject(error);
  }
}

const ATTEMPTS = 5;

/** Those who have seen too many attempts fail. Counts one more for each. */
function overdue(waiting: readonly Request[]): Request[] {
  return waiting.filter((request) => ++request.attempts >= ATTEMPTS);
}
