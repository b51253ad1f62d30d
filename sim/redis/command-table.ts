import { DeadairError } from '../errors.js';
import type { Command } from './command.js';
import { connectionCommands } from './commands/connection.js';
import { hashCommands } from './commands/hashes.js';
import { keyCommands } from './commands/keys.js';
import { listCommands } from './commands/lists.js';
import { mockCommands } from './commands/mock.js';
import { pubSubCommands } from './commands/pub-sub.js';
import { scriptCommands } from './commands/scripts.js';
import { sortedSetCommands } from './commands/sorted-sets.js';
import { stringCommands } from './commands/strings.js';
import { transactionCommands } from './commands/transactions.js';
import { ErrorReply } from './reply.js';

const table = new Map<string, Command>();
for (const group of [
  mockCommands,
  stringCommands,
  hashCommands,
  listCommands,
  sortedSetCommands,
  keyCommands,
  scriptCommands,
  pubSubCommands,
  transactionCommands,
  connectionCommands,
]) {
  for (const command of group) table.set(command.name, command);
}

/** Commands of Redis 7.0 that the simulated server does not have. */
const unsupported = new Set(
  `ACL ASKING AUTH BGREWRITEAOF BGSAVE BITCOUNT BITFIELD BITFIELD_RO BITOP BITPOS BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX
  BZPOPMIN CLUSTER COMMAND CONFIG COPY DEBUG DUMP EVALSHA_RO EVAL_RO EXPIRETIME FAILOVER FCALL FCALL_RO FUNCTION GEOADD GEODIST
  GEOHASH GEOPOS GEORADIUS GEORADIUSBYMEMBER GEORADIUSBYMEMBER_RO GEORADIUS_RO GEOSEARCH GEOSEARCHSTORE GETBIT GETEX GETRANGE HELLO
  HINCRBYFLOAT HRANDFIELD HSCAN HSTRLEN INCRBYFLOAT LASTSAVE LATENCY LCS LINSERT LMOVE LMPOP LOLWUT LPOS LPUSHX LSET MEMORY MIGRATE MODULE
  MONITOR MOVE MSETNX OBJECT PEXPIRETIME PFADD PFCOUNT PFDEBUG PFMERGE PFSELFTEST PSYNC PUBSUB QUIT RANDOMKEY READONLY READWRITE RENAME
  RENAMENX REPLCONF RESET RESTORE RESTORE-ASKING RPOPLPUSH RPUSHX SAVE SDIFFSTORE SELECT SETBIT SETRANGE SHUTDOWN SINTERCARD
  SINTERSTORE SLAVEOF SLOWLOG SMOVE SORT SORT_RO SPOP SPUBLISH SRANDMEMBER SSCAN SSUBSCRIBE SUBSTR SUNIONSTORE SUNSUBSCRIBE SWAPDB SYNC
  TOUCH WAIT XACK XADD XAUTOCLAIM XCLAIM XDEL XGROUP XINFO XLEN XPENDING XRANGE XREAD XREADGROUP XREVRANGE XSETID XTRIM ZDIFF ZDIFFSTORE
  ZINTER ZINTERCARD ZINTERSTORE ZLEXCOUNT ZMPOP ZMSCORE ZRANDMEMBER ZRANGEBYLEX ZRANGESTORE ZREMRANGEBYLEX ZREVRANGEBYLEX ZREVRANK ZSCAN
  ZUNION ZUNIONSTORE`.split(/\s+/),
);

/** The command of that name, in any case. */
export function findCommand(name: string): Command | undefined {
  return table.get(name) ?? table.get(name.toUpperCase());
}

export function hasArity(command: Command, args: readonly string[]): boolean {
  return command.arity >= 0 ? args.length === command.arity : args.length >= -command.arity;
}

/**
 * The answer to a command that does not exist.
 * @throws {@link DeadairError} when it does exist in Redis 7.0 but not here: an `ERR` that the real server would not give may hide
 */
export function unknownCommand(args: readonly string[]): ErrorReply {
  const name = args[0]!;
  if (unsupported.has(name.toUpperCase())) {
    throw new DeadairError(
      'redis.unsupported',
      `The simulated Redis has no ${name.toUpperCase()}: add it in sim/redis/commands/ or do without it.`,
    );
  }
  let rest = '';
  for (let i = 1; i < args.length && rest.length < 128; i++) rest += `'${args[i]!.slice(0, 128 - rest.length)}' `;
  return new ErrorReply(`ERR unknown command '${name.slice(0, 128)}', with args beginning with: ${rest}`);
}
