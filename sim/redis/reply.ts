/** A status (`+OK`): a string for clients, a table `{ok=...}` inside Lua. */
export class StatusReply {
  constructor(readonly text: string) {}
}

/**
 * An error answer (`-ERR ...`). Commands throw it; it is not an `Error`, because those cost a stack trace each and an error answer is
 * ordinary data for a server. The client makes a {@link ReplyError} of it.
 */
export class ErrorReply {
  constructor(readonly message: string) {}
}

/** What a command answers inside the server. */
export type Reply = string | number | null | StatusReply | ErrorReply | Reply[];

/** What `ioredis` rejects with when the server answers with an error. */
export class ReplyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReplyError';
  }
}

export const OK = new StatusReply('OK');
export const QUEUED = new StatusReply('QUEUED');
export const PONG = new StatusReply('PONG');

export const WRONG_TYPE = new ErrorReply('WRONGTYPE Operation against a key holding the wrong kind of value');
export const SYNTAX_ERROR = new ErrorReply('ERR syntax error');
export const NOT_AN_INTEGER = new ErrorReply('ERR value is not an integer or out of range');
export const NOT_A_FLOAT = new ErrorReply('ERR value is not a valid float');
export const READ_ONLY = new ErrorReply("READONLY You can't write against a read only replica.");
export const NO_SCRIPT = new ErrorReply('NOSCRIPT No matching script. Please use EVAL.');

/** @param name the command, e.g. `get` or `script|load` */
export function wrongArity(name: string): ErrorReply {
  return new ErrorReply(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
}

/** The RESP2 value a client sees; errors nested in arrays (`EXEC`, scripts) become {@link ReplyError} objects as in `ioredis`. */
export function toClientValue(reply: Reply): unknown {
  if (reply === null || typeof reply !== 'object') return reply;
  if (reply instanceof StatusReply) return reply.text;
  if (reply instanceof ErrorReply) return new ReplyError(reply.message);
  for (let i = 0; i < reply.length; i++) {
    const item = reply[i];
    if (typeof item === 'object' && item !== null) return reply.map(toClientValue);
  }
  return reply;
}
