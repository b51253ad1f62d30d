import { keys } from '../../core/keys.js';
import type { RedisCommand } from '../../core/ports.js';
import type { Lease } from '../../core/store/channel-lock.js';
import type { Hazard } from './hazard.js';

/** Members go first, the state follows with a second command. Both are fenced: only what falls between them is wrong. */
export const joinTorn: Hazard = {
  id: 'join-torn',
  family: 'lock and store',
  documented: 'the member and the state are written by two commands',
  shows: 'a crash between the two leaves a wrong count or a ghost',
  enabledBy: 'process',
  shortest: 2,
  change: {
    ChannelStore: (Base) =>
      class extends Base {
        protected override async write(
          lease: Lease,
          version: number,
          commands: readonly RedisCommand[],
        ): Promise<boolean> {
          const members = [keys.participants(lease.channelId), keys.sessions(lease.channelId)];
          const isFirst = ([, key]: RedisCommand) => members.includes(String(key));
          const first = commands.filter(isFirst);
          const second = commands.filter((command) => !isFirst(command));
          return (
            (first.length === 0 || (await super.write(lease, version, first))) && super.write(lease, version, second)
          );
        }
      },
  },
};
