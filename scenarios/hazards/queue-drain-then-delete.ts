import { keys } from '../../core/keys.js';
import { Script } from '../../core/store/script.js';
import type { Hazard } from './hazard.js';
import { pushing } from './parts/pushed-joins.js';
import { unattendedQueue } from './parts/unattended-queue.js';

const push = new Script(
  'push-join',
  `local state = redis.call('HGET', KEYS[1], 'state')
if not state or state == 'completed' or redis.call('SISMEMBER', KEYS[3], ARGV[2]) == 1 then return 0 end
return redis.call('RPUSH', KEYS[2], ARGV[1])`,
);

/**
 * Joins are pushed beside the lock, and checked in the same moment, so nothing is wrong with the push. Whoever drains reads the list, lets
 * everybody in, and then deletes the list with what has been pushed since.
 */
export const queueDrainThenDelete: Hazard = {
  id: 'queue-drain-then-delete',
  family: 'queue',
  documented: 'the queue is drained until it is empty, then the list is deleted',
  shows: 'a queued join is lost: its user waits for ever',
  enabledBy: 'scheduling',
  shortest: 3,
  change: {
    ...unattendedQueue,
    VoiceBackend: pushing(async ({ redis }, channelId, userId, join) => {
      const at = [keys.migration(channelId), keys.queue(channelId), keys.participants(channelId)];
      return (await push.run(redis, at, [join, userId])) as number;
    }),
  },
};
