import { type Command, clientCommand, readCommand } from '../command.js';
import type { DataServer } from '../data-server.js';
import type { Reply } from '../reply.js';
import type { Session } from '../session.js';

/** The mock's publish and subscribe belong to its instances; ours know connections. */

function join(server: DataServer, session: Session, args: readonly string[], patterns: boolean): Reply {
  const index = patterns ? server.patternSubscribers : server.subscribers;
  const own = (patterns ? session.patterns : session.channels) ?? new Set<string>();
  if (patterns) session.patterns = own;
  else session.channels = own;
  for (let i = 1; i < args.length; i++) {
    const name = args[i]!;
    own.add(name);
    const sessions = index.get(name);
    if (sessions === undefined) index.set(name, new Set([session]));
    else sessions.add(session);
  }
  return session.subscriptions;
}

function leave(server: DataServer, session: Session, names: Iterable<string>, patterns: boolean): Reply {
  const index = patterns ? server.patternSubscribers : server.subscribers;
  const own = patterns ? session.patterns : session.channels;
  if (own !== null) {
    for (const name of [...names]) {
      own.delete(name);
      const sessions = index.get(name);
      if (sessions?.delete(session) && sessions.size === 0) index.delete(name);
    }
    if (own.size === 0) {
      if (patterns) session.patterns = null;
      else session.channels = null;
    }
  }
  return session.subscriptions;
}

/** Ends everything a session has subscribed to: its connection is gone. */
export function endSubscriptions(server: DataServer, session: Session): void {
  if (session.channels !== null) leave(server, session, session.channels, false);
  if (session.patterns !== null) leave(server, session, session.patterns, true);
}

/**
 * Publish and subscribe, at most once. The real server answers one push per channel; ours one number, that of all subscriptions, which
 * is what `ioredis` resolves with.
 */
export const pubSubCommands: readonly Command[] = [
  readCommand('PUBLISH', 3, (server, args) => {
    const receivers = server.publish(args[1]!, args[2]!);
    server.replicateAlways(['PUBLISH', args[1]!, args[2]!]);
    return receivers;
  }),
  clientCommand('SUBSCRIBE', -2, (server, args, session) => join(server, session, args, false)),
  clientCommand('PSUBSCRIBE', -2, (server, args, session) => join(server, session, args, true)),
  clientCommand('UNSUBSCRIBE', -1, (server, args, session) =>
    leave(server, session, args.length > 1 ? args.slice(1) : (session.channels ?? []), false),
  ),
  clientCommand('PUNSUBSCRIBE', -1, (server, args, session) =>
    leave(server, session, args.length > 1 ? args.slice(1) : (session.patterns ?? []), true),
  ),
];
