import type { TimerHandle, Timers } from '../ports.js';
import type { ClientMessage, ServerMessage } from '../protocol.js';

export interface TurnPassOptions {
  readonly timers: Timers;
  /** Sends over the present connection; false when there is none. */
  readonly send: (message: ClientMessage) => boolean;
  /** There are other credentials from now on. */
  readonly onCredentials: (credentials: TurnAccess) => void;
}

/** What a TURN server asks for. */
export interface TurnAccess {
  readonly username: string;
  readonly password: string;
  readonly urls: readonly string[];
}

/** Credentials are renewed after this part of their life: what is left is time to try again in. */
const RENEWED_AFTER = 0.6;
/** A wish without an answer is said again after this. */
const REPEAT_MS = 3_000;

/** The TURN credentials of one session (C4): the backend gives some with each connection, and others are asked for before they are over. */
export class TurnPass {
  protected timer: TimerHandle | null = null;

  constructor(protected readonly options: TurnPassOptions) {}

  onMessage({ username, password, urls, lifetimeMs }: Extract<ServerMessage, { type: 'turn' }>): void {
    this.options.onCredentials({ username, password, urls });
    this.after(lifetimeMs * RENEWED_AFTER);
  }

  /** The tab is closed. */
  dispose(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  /** Asked again after a while whether or not it could be said: each connection brings credentials of itself. */
  protected renew(): void {
    this.options.send({ type: 'turn' });
    this.after(REPEAT_MS);
  }

  protected after(delayMs: number): void {
    this.timer?.cancel();
    this.timer = this.options.timers.after(delayMs, () => this.renew());
  }
}
