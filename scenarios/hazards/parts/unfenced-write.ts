import type { RedisClient, RedisCommand } from '../../../core/ports.js';
import { Script } from '../../../core/store/script.js';

const all = new Script(
  'write-unfenced',
  `local i = 1
while i <= #ARGV do
  local n = tonumber(ARGV[i])
  redis.call(unpack(ARGV, i + 1, i + n))
  i = i + n + 1
end
return 1`,
);

/** Executes the commands as one, whoever holds the lock and whatever has been written since: how the documents write. */
export async function writeUnfenced(redis: RedisClient, commands: readonly RedisCommand[]): Promise<true> {
  if (commands.length > 0)
    await all.run(
      redis,
      [],
      commands.flatMap((command) => [command.length, ...command]),
    );
  return true;
}
