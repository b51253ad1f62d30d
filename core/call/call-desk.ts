import type { Clock, Randomness, Timers } from '../ports.js';
import { CallDraft } from './call-draft.js';
import type { CallKeeper } from './call-keeper.js';
import type { CallPolicy } from './call-policy.js';
import type { CallQuery, CallStore } from './call-store.js';

/** A change could not be made: too many others at the same time, or no store. It may be tried again. */
export class CallUnavailable extends Error {
  constructor(
    readonly code: 'busy' | 'store-unavailable',
    message: string,
  ) {
    super(message);
    this.name = 'CallUnavailable';
  }
}

export interface CallDeskParts {
  readonly store: CallStore;
  readonly policy: CallPolicy;
  readonly timers: Timers;
  readonly random: Randomness;
  readonly clock: Clock;
  /** Told after each commit, with the organisations in which calls and staff are to be brought together, before the caller of {@link CallDesk.change}. */
  readonly onCommitted: (draft: CallDraft, orgs: readonly number[]) => void;
  /** Keeps calls of this backend; default none. */
  readonly keeper?: CallKeeper;
}

/**
 * Changes calls without a lock: read, decide, write if nothing has changed since, else again. Whoever is first wins, whoever is second decides anew
 * with what the first has left.
 */
export class CallDesk {
  constructor(protected readonly parts: CallDeskParts) {}

  /**
   * Applies a change. It may run several times before it is written, so it touches nothing but the draft.
   * @param inLine the line of a call that is kept here, in which this is done
   * @throws CallUnavailable the change may have been made all the same if the store did not answer
   */
  async change<T>(query: CallQuery, operation: (draft: CallDraft) => T, inLine: object | null = null): Promise<T> {
    const { store, policy, keeper } = this.parts;
    for (let attempt = 0; attempt < policy.attempts; attempt++) {
      const draft = await this.reach(async () => new CallDraft(await store.read(query), keeper?.keeping));
      const result = operation(draft);
      if (!draft.dirty) return result;
      keeper?.beforeWrite(draft, inLine);
      const orgs = await this.reach(() => this.written(draft));
      if (orgs !== null) {
        this.parts.onCommitted(draft, orgs);
        return result;
      }
      await this.pause();
    }
    throw new CallUnavailable('busy', `${policy.attempts} conflicts in a row`);
  }

  /** {@link write}, with a word to whoever keeps the call. */
  protected written(draft: CallDraft): Promise<readonly number[] | null> {
    const { keeper } = this.parts;
    if (keeper === undefined) return this.write(draft);
    return this.write(draft).then(
      (orgs) => {
        keeper.afterWrite(draft, orgs === null ? 'refused' : 'written');
        return orgs;
      },
      (error: unknown) => {
        keeper.afterWrite(draft, 'unknown');
        throw error;
      },
    );
  }

  protected write(draft: CallDraft): Promise<readonly number[] | null> {
    return this.parts.store.commit(draft, this.parts.policy);
  }

  protected async reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new CallUnavailable('store-unavailable', String(error));
    }
  }

  protected pause(): Promise<void> {
    const { timers, random, policy } = this.parts;
    return new Promise((resolve) => {
      timers.after(1 + Math.floor(policy.conflictPauseMs * random.uniform()), resolve);
    });
  }
}
