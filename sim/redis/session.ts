import type { ErrorReply } from './reply.js';
import type { KeyWatcher } from './store/keyspace.js';

/** What a server keeps for one connection. */
export class Session implements KeyWatcher {
  /** Commands since `MULTI`; null outside of a transaction. */
  queue: (readonly string[])[] | null = null;
  /** A command of the transaction was refused: `EXEC` will be too. */
  aborted = false;
  /** A watched key has changed. */
  dirty = false;
  watched: Set<string> | null = null;
  channels: Set<string> | null = null;
  patterns: Set<string> | null = null;

  /** @param push delivers what the client has not asked for: `['message', channel, text]` */
  constructor(readonly push: (message: readonly string[]) => void) {}

  /** Number of channels and patterns it is subscribed to. */
  get subscriptions(): number {
    return (this.channels?.size ?? 0) + (this.patterns?.size ?? 0);
  }

  /** True inside a transaction and while subscribed. */
  get special(): boolean {
    return this.queue !== null || this.channels !== null || this.patterns !== null;
  }

  /** Notes a refused command and passes the error on. */
  refuse(error: ErrorReply): ErrorReply {
    if (this.queue !== null) this.aborted = true;
    return error;
  }
}
