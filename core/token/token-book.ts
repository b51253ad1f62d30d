import type { Clock, Log, SfuRoom, TimerHandle, Timers } from '../ports.js';
import type { TokenPolicy } from './token-claims.js';
import type { TokenDesk } from './token-desk.js';

/** Makes what lets one user into one room. */
export interface TokenIssuer {
  /** The token of a user's session for a room; empty while there is none yet. */
  issue(userId: string, room: SfuRoom, sessionId: string): string;
}

/** Whose token it is, and for which room. */
export interface TokenHolder {
  readonly userId: string;
  readonly sessionId: string;
  readonly room: SfuRoom;
}

/** What a {@link TokenBook} works with. */
export interface TokenBookParts {
  readonly desk: TokenDesk;
  readonly policy: TokenPolicy;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** After Redis could not be asked: wait this long. */
  readonly retryMs: number;
  /** What the holder is called in the room; empty: it has said nothing. */
  readonly nameOf?: (holder: TokenHolder) => string;
  /** Whether the session is here and is to be in the room. */
  readonly wanted: (holder: TokenHolder) => boolean;
  /** There is a token that the holder has not been shown. */
  readonly deliver: (holder: TokenHolder, token: string) => void;
}

interface Entry extends TokenHolder {
  token: string;
  /** By the host's clock. */
  expiresMs: number;
  asking: boolean;
  /** Something has happened to the token while it was being asked for: what comes is not good enough. */
  outdated: boolean;
  timer: TimerHandle | null;
}

/** A token is renewed after this part of its life: what is left is time for others to try in. */
const RENEWED_AFTER = 0.6;

/**
 * The tokens that the clients of one backend use: one for each session and ownership epoch of a room, asked for when a view first needs it, and renewed
 * while the session is to be in the room. A view that needs one that is not there yet goes without, and the token follows.
 * Whom the limit refuses is asked for again when the window has moved on.
 */
export class TokenBook implements TokenIssuer {
  protected readonly entries = new Map<string, Entry>();
  protected stopped = false;

  constructor(protected readonly parts: TokenBookParts) {}

  issue(userId: string, room: SfuRoom, sessionId: string): string {
    const key = entryKey(sessionId, room);
    let entry = this.entries.get(key);
    if (!entry) {
      entry = { userId, sessionId, room, token: '', expiresMs: 0, asking: false, outdated: false, timer: null };
      this.entries.set(key, entry);
    }
    if (entry.token !== '' && entry.expiresMs <= this.parts.clock.nowMs()) entry.token = '';
    if (entry.token === '' && entry.timer === null) void this.ask(entry);
    return entry.token;
  }

  /** A node has refused this token: it is not handed out again. An older one is of no interest. */
  refused({ sessionId, room }: TokenHolder, token: string): void {
    const entry = this.entries.get(entryKey(sessionId, room));
    if (entry?.token === token) this.renew(entry);
  }

  /** The tokens of a user have been revoked: those who are still wanted get others. */
  revoked(userId: string): void {
    for (const entry of [...this.entries.values()]) if (entry.userId === userId) this.renew(entry);
  }

  stop(): void {
    this.stopped = true;
    for (const { timer } of this.entries.values()) timer?.cancel();
    this.entries.clear();
  }

  protected renew(entry: Entry): void {
    entry.token = '';
    if (entry.asking) entry.outdated = true;
    else this.due(entry);
  }

  /** Asks once; what comes next is up to the answer. */
  protected async ask(entry: Entry): Promise<void> {
    if (entry.asking) return;
    entry.timer?.cancel();
    entry.timer = null;
    entry.asking = true;
    entry.outdated = false;
    const { desk, clock, policy, log, retryMs } = this.parts;
    const askedMs = clock.nowMs();
    let nextMs = retryMs;
    try {
      const outcome = await desk.issue({
        userId: entry.userId,
        name: this.parts.nameOf?.(entry) || `user ${entry.userId}`,
        room: entry.room,
      });
      if (outcome.token === null) {
        log.write('info', 'no token yet', { userId: entry.userId, retryAfterMs: outcome.retryAfterMs });
        nextMs = outcome.retryAfterMs;
      } else if (entry.outdated) {
        nextMs = 0;
      } else {
        entry.token = outcome.token;
        // counted from the question: by then it did not exist
        entry.expiresMs = askedMs + policy.lifetimeMs;
        nextMs = policy.lifetimeMs * RENEWED_AFTER;
      }
    } catch (error) {
      log.write('debug', 'no token: Redis cannot be asked', { error: String(error) });
    }
    entry.asking = false;
    if (this.stopped) return;
    if (!this.parts.wanted(entry)) {
      this.forget(entry);
      return;
    }
    if (entry.token !== '') this.parts.deliver(entry, entry.token);
    entry.timer = this.parts.timers.after(Math.max(1, nextMs), () => this.due(entry));
  }

  /** Renews, or tries again; forgets who is not here any more. */
  protected due(entry: Entry): void {
    entry.timer?.cancel();
    entry.timer = null;
    if (this.parts.wanted(entry)) void this.ask(entry);
    else this.forget(entry);
  }

  protected forget(entry: Entry): void {
    entry.timer?.cancel();
    const key = entryKey(entry.sessionId, entry.room);
    if (this.entries.get(key) === entry) this.entries.delete(key);
  }
}

const entryKey = (sessionId: string, { node, room, epoch }: SfuRoom): string => `${sessionId} ${node} ${room} ${epoch}`;
