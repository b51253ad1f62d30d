import { keys } from '../keys.js';
import type { RedisClient } from '../ports.js';
import { fields } from '../store/channel-store.js';
import { Script } from '../store/script.js';
import { decodeSamples, type RolloutSamples } from './rollout-samples.js';

/** Where a rollout stands. `waiting`: not begun; `complete`: everybody has the flag and the last gate has held; `rolled-back`: nobody has it any more. */
export type RolloutStatus = 'waiting' | 'running' | 'complete' | 'rolled-back';

/** The state in Redis, where it outlives every backend. */
export interface RolloutState {
  /** Grows with every decision; samples belong to one. */
  readonly epoch: number;
  readonly status: RolloutStatus;
  /** Index of the stage. */
  readonly stage: number;
  readonly ppm: number;
  readonly salt: string;
  /** Redis time of the last decision. */
  readonly sinceMs: number;
  readonly reason: string;
}

/** Writes a decision if nobody has made another one meanwhile, with a line in the log. */
const decide = new Script(
  'rollout-decide',
  `if (redis.call('HGET', KEYS[1], 'epoch') or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'status', ARGV[3], 'stage', ARGV[4], 'ppm', ARGV[5], 'salt', ARGV[6],
  'since', ARGV[7], 'reason', ARGV[8])
redis.call('RPUSH', KEYS[2], ARGV[9])
redis.call('LTRIM', KEYS[2], -200, -1)
return 1`,
);

/** Adds to the samples of the present epoch; without one they count for nothing. */
const add = new Script(
  'rollout-add',
  `local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then return 0 end
local key = 'voice:rollout_samples:' .. epoch
local i = 1
while i < #ARGV do
  redis.call('HINCRBY', key, ARGV[i], ARGV[i + 1])
  i = i + 2
end
redis.call('EXPIRE', key, 604800)
return 1`,
);

/** Reads and writes the rollout. */
export class RolloutStore {
  constructor(private readonly redis: RedisClient) {}

  /** null: there is none yet. */
  async read(): Promise<RolloutState | null> {
    const hash = fields(await this.redis.call('HGETALL', keys.rollout));
    if (hash.size === 0) return null;
    return {
      epoch: Number(hash.get('epoch')),
      status: hash.get('status') as RolloutStatus,
      stage: Number(hash.get('stage')),
      ppm: Number(hash.get('ppm')),
      salt: hash.get('salt') ?? '',
      sinceMs: Number(hash.get('since')),
      reason: hash.get('reason') ?? '',
    };
  }

  async samples(epoch: number): Promise<RolloutSamples> {
    return decodeSamples(fields(await this.redis.call('HGETALL', keys.rolloutSamples(epoch))));
  }

  /** @returns whether it was written: false when somebody else has decided since `before` was read */
  async write(before: RolloutState | null, after: RolloutState, figures: object): Promise<boolean> {
    const { epoch, status, stage, ppm, salt, sinceMs, reason } = after;
    const line = JSON.stringify({ epoch, atMs: sinceMs, status, stage, ppm, reason, figures });
    const args = [before?.epoch ?? 0, epoch, status, stage, ppm, salt, sinceMs, reason, line];
    return (await decide.run(this.redis, [keys.rollout, keys.rolloutLog], args)) === 1;
  }

  /** @param counts by field of {@link decodeSamples} */
  async add(counts: ReadonlyMap<string, number>): Promise<void> {
    const args = [...counts].flatMap(([field, by]) => [field, Math.round(by)]);
    await add.run(this.redis, [keys.rollout], args);
  }
}
