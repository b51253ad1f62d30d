import type { ChannelRecord } from '../channel/channel-record.js';
import { keys } from '../keys.js';
import type { RedisClient } from '../ports.js';
import type { HeardReport } from '../protocol.js';
import { Script } from './script.js';

/** Adds to the hashes that exist: what is over for good is not begun again, and nothing is left without an expiry. */
const add = new Script(
  'call-quality-add',
  `local at = 1
for _, key in ipairs(KEYS) do
  local count = tonumber(ARGV[at])
  local kept = redis.call('EXISTS', key) == 1
  for i = at + 1, at + 2 * count, 2 do
    if kept then redis.call('HINCRBY', key, ARGV[i], ARGV[i + 1]) end
  end
  at = at + 2 * count + 1
end
return 1`,
);

/**
 * Quality in the record of a call (D4): adds what participants say in their heartbeats of how they hear the others. For each of them `heard_ms` and `missed_ms` (time in
 * which others were to be heard, and how much of it was an audible gap, in ms, over all others), `scores` and `score_milli` (how many opinion scores, and a thousand
 * times their sum). Written with the tick; what a dying backend had collected since its last one is lost, and
 * what Redis has written without an answer counts twice.
 */
export class CallQuality {
  /** Record -> field -> by how much. */
  private sums = new Map<string, Map<string, number>>();
  private flushing = false;

  constructor(private readonly redis: RedisClient) {}

  /** @param record of the channel, as far as known */
  heard(record: ChannelRecord | null, userId: string, { ms, missedMs, score }: HeardReport): void {
    if (record === null || record.born === 0 || !record.members.has(userId)) return;
    const key = keys.callRecord(record.channelId, record.born);
    this.count(key, `heard_ms:${userId}`, Math.round(ms));
    this.count(key, `missed_ms:${userId}`, Math.round(missedMs));
    if (score === undefined) return;
    this.count(key, `scores:${userId}`, 1);
    this.count(key, `score_milli:${userId}`, Math.round(score * 1_000));
  }

  /** Writes what was collected. Never rejects: what cannot be written is written later. */
  async flush(): Promise<void> {
    if (this.flushing || this.sums.size === 0) return;
    this.flushing = true;
    const { sums } = this;
    this.sums = new Map();
    try {
      const args = [...sums.values()].flatMap((fields) => [fields.size, ...[...fields].flat()]);
      await add.run(this.redis, [...sums.keys()], args);
    } catch {
      for (const [key, fields] of sums) for (const [field, by] of fields) this.count(key, field, by);
    } finally {
      this.flushing = false;
    }
  }

  private count(key: string, field: string, by: number): void {
    if (by === 0) return;
    const fields = this.sums.get(key) ?? new Map<string, number>();
    this.sums.set(key, fields);
    fields.set(field, (fields.get(field) ?? 0) + by);
  }
}
