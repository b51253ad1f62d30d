import { type Command, transactionCommand } from '../command.js';
import type { DataServer } from '../data-server.js';
import { ErrorReply, OK } from '../reply.js';
import type { Session } from '../session.js';

/** Forgets watched keys. */
export function unwatch(server: DataServer, session: Session): void {
  if (session.watched !== null) for (const key of session.watched) server.keyspace.unwatch(key, session);
  session.watched = null;
  session.dirty = false;
}

function end(server: DataServer, session: Session): void {
  session.queue = null;
  session.aborted = false;
  unwatch(server, session);
}

/** Transactions. The mock's live in its pipelines, on the client's side. */
export const transactionCommands: readonly Command[] = [
  transactionCommand('MULTI', 1, (_server, _args, session) => {
    if (session.queue !== null) throw new ErrorReply('ERR MULTI calls can not be nested');
    session.queue = [];
    return OK;
  }),
  transactionCommand('EXEC', 1, (server, _args, session) => {
    const { queue, aborted } = session;
    if (queue === null) throw new ErrorReply('ERR EXEC without MULTI');
    // a watched key whose time is over counts as changed
    if (session.watched !== null) for (const key of session.watched) server.keyspace.peek(key);
    const { dirty } = session;
    end(server, session);
    if (aborted) throw new ErrorReply('EXECABORT Transaction discarded because of previous errors.');
    return dirty ? null : server.executeQueued(session, queue);
  }),
  transactionCommand('DISCARD', 1, (server, _args, session) => {
    if (session.queue === null) throw new ErrorReply('ERR DISCARD without MULTI');
    end(server, session);
    return OK;
  }),
  transactionCommand('WATCH', -2, (server, args, session) => {
    if (session.queue !== null) throw new ErrorReply('ERR WATCH inside MULTI is not allowed');
    if (session.watched === null) session.watched = new Set();
    for (let i = 1; i < args.length; i++) {
      server.keyspace.peek(args[i]!);
      session.watched.add(args[i]!);
      server.keyspace.watch(args[i]!, session);
    }
    return OK;
  }),
  {
    ...transactionCommand('UNWATCH', 1, (server, _args, session) => {
      unwatch(server, session);
      return OK;
    }),
    immediate: false,
  },
];
