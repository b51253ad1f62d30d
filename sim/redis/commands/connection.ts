import { DeadairError } from '../../errors.js';
import { type Command, clientCommand, readCommand } from '../command.js';
import type { DataServer } from '../data-server.js';
import { ErrorReply, OK, PONG, type Reply, wrongArity } from '../reply.js';

function role(server: DataServer): Reply {
  const state = server.replicationState();
  if (state.role === 'replica')
    return ['slave', state.primary?.host ?? '', 6379, state.primary?.linkUp ? 'connected' : 'connect', state.offset];
  return ['master', state.offset, state.replicas.map(({ host, offset }) => [host, '6379', String(offset)])];
}

function info(server: DataServer): Reply {
  const state = server.replicationState();
  const lines = ['# Replication', `role:${state.role === 'primary' ? 'master' : 'slave'}`];
  if (state.role === 'replica') {
    lines.push(
      `master_host:${state.primary?.host ?? ''}`,
      'master_port:6379',
      `master_link_status:${state.primary?.linkUp ? 'up' : 'down'}`,
    );
    lines.push(`slave_repl_offset:${state.offset}`);
  }
  lines.push(`connected_slaves:${state.replicas.length}`);
  state.replicas.forEach(({ host, offset }, i) => {
    lines.push(`slave${i}:ip=${host},port=6379,state=online,offset=${offset},lag=0`);
  });
  lines.push(`master_repl_offset:${state.offset}`);
  return `${lines.join('\r\n')}\r\n`;
}

/** Connection and server. Host ids stand for addresses. */
export const connectionCommands: readonly Command[] = [
  readCommand('PING', -1, (_server, args, session) => {
    if (args.length > 2) throw wrongArity('ping');
    if (session.subscriptions !== 0) return ['pong', args[1] ?? ''];
    return args[1] ?? PONG;
  }),
  // the mock reads the real clock
  readCommand('TIME', 1, (server) => {
    const nowMs = server.nowMs();
    const seconds = Math.floor(nowMs / 1000);
    return [String(seconds), String(Math.floor((nowMs - seconds * 1000) * 1000))];
  }),
  readCommand('INFO', -1, info),
  clientCommand('ROLE', 1, role),
  clientCommand('REPLICAOF', 3, (server, args) => {
    const host = args[1]!;
    server.control?.replicaOf(host.toUpperCase() === 'NO' && args[2]!.toUpperCase() === 'ONE' ? null : host);
    return OK;
  }),
  // only what sentinels need
  clientCommand('CLIENT', -2, (server, args, session) => {
    const type = args[3]?.toLowerCase();
    if (args.length !== 4 || args[1]!.toUpperCase() !== 'KILL' || args[2]!.toUpperCase() !== 'TYPE') {
      throw new DeadairError('redis.unsupported', 'The simulated Redis has only CLIENT KILL TYPE normal|pubsub.');
    }
    if (type !== 'normal' && type !== 'pubsub') throw new ErrorReply(`ERR Unknown client type '${args[3]}'`);
    return server.control?.killClients(type, session) ?? 0;
  }),
];
