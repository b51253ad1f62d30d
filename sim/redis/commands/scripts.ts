import { type Command, clientCommand } from '../command.js';
import type { DataServer } from '../data-server.js';
import { ErrorReply, NOT_AN_INTEGER, OK, type Reply, wrongArity } from '../reply.js';
import { parseInteger } from '../store/number-text.js';

function checkKeyCount(args: readonly string[]): void {
  const count = parseInteger(args[2]!);
  if (count === undefined) throw NOT_AN_INTEGER;
  if (count > args.length - 3) throw new ErrorReply("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new ErrorReply("ERR Number of keys can't be negative");
}

function script(server: DataServer, args: readonly string[]): Reply {
  const sub = args[1]!.toUpperCase();
  if (sub === 'LOAD') {
    if (args.length !== 3) throw wrongArity('script|load');
    const loaded = server.loadScript(args[2]!);
    return loaded instanceof ErrorReply ? loaded : loaded.digest;
  }
  if (sub === 'EXISTS') {
    if (args.length < 3) throw wrongArity('script|exists');
    return args.slice(2).map((digest) => (server.hasScript(digest) ? 1 : 0));
  }
  if (sub === 'FLUSH') {
    const mode = args[2]?.toUpperCase();
    if (args.length > 3 || (mode !== undefined && mode !== 'ASYNC' && mode !== 'SYNC')) {
      throw new ErrorReply('ERR SCRIPT FLUSH only support SYNC|ASYNC option');
    }
    server.forgetScripts();
    return OK;
  }
  throw new ErrorReply(`ERR unknown subcommand '${args[1]}'. Try SCRIPT HELP.`);
}

/** Lua scripts. The mock builds a new virtual machine for each call (330 us); ours is `lua/script-engine.ts`. */
export const scriptCommands: readonly Command[] = [
  clientCommand('EVAL', -3, (server, args) => {
    checkKeyCount(args);
    const loaded = server.loadScript(args[1]!);
    return loaded instanceof ErrorReply ? loaded : server.runScript(loaded, args);
  }),
  clientCommand('EVALSHA', -3, (server, args) => {
    checkKeyCount(args);
    return server.runScript(server.findScript(args[1]!), args);
  }),
  clientCommand('SCRIPT', -2, script),
];
