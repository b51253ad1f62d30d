import type { DataServer } from './data-server.js';
import type { Reply } from './reply.js';
import type { Session } from './session.js';

/** One command of the server. */
export interface Command {
  /** Upper case. */
  readonly name: string;
  /** Number of words with the name; negative: at least that many. As `COMMAND` of Redis 7.0 says. */
  readonly arity: number;
  /** Replicas refuse it, and it is replicated when it has changed something. */
  readonly write: boolean;
  /** May be called by scripts. */
  readonly scriptable: boolean;
  /** Runs at once between `MULTI` and `EXEC`, where the others are queued. */
  readonly immediate: boolean;
  /**
   * @param args words of the command, `args[0]` is its name
   * @throws {@link ErrorReply}
   */
  run(server: DataServer, args: readonly string[], session: Session): Reply;
}

type Run = Command['run'];

/** A command that never changes data. */
export function readCommand(name: string, arity: number, run: Run): Command {
  return { name, arity, write: false, scriptable: true, immediate: false, run };
}

/** A command that may change data. */
export function writeCommand(name: string, arity: number, run: Run): Command {
  return { name, arity, write: true, scriptable: true, immediate: false, run };
}

/** A command that scripts may not call. */
export function clientCommand(name: string, arity: number, run: Run): Command {
  return { name, arity, write: false, scriptable: false, immediate: false, run };
}

/** A command that steers the transaction of a connection. */
export function transactionCommand(name: string, arity: number, run: Run): Command {
  return { name, arity, write: false, scriptable: false, immediate: true, run };
}
