import { keys } from '../keys.js';
import type { RedisClient } from '../ports.js';
import { Script } from '../store/script.js';
import type { AdminCommand } from './admin-protocol.js';

/** This many requests are remembered. */
const ENTRIES_MAX = 1_000;
/** A request that is said again after this counts as a new one. */
const REQUEST_MS = 86_400_000;

/** One line of the audit. */
export interface AuditEntry {
  readonly id: string;
  readonly operator: string;
  readonly command: AdminCommand;
  /** Redis time. */
  readonly atMs: number;
}

const begin = new Script(
  'audit',
  `local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if redis.call('SET', KEYS[1], '', 'NX', 'PX', ARGV[4]) then
  redis.call('LPUSH', KEYS[2], now .. ' ' .. ARGV[1])
  redis.call('LTRIM', KEYS[2], 0, ARGV[3] - 1)
  return {ARGV[2], ''}
end
return {ARGV[2], redis.call('GET', KEYS[1]) or ''}`,
);

/** What operators have asked for, each request once, written before anything is done. The newest come first; the list has an end. */
export class AuditLog {
  constructor(protected readonly redis: RedisClient) {}

  /** Notes a request. Resolves with what it has come to if it was answered before, else null. Rejects when Redis cannot be reached: then nothing may be done. */
  async begin(id: string, operator: string, command: AdminCommand): Promise<Readonly<Record<string, unknown>> | null> {
    const text = JSON.stringify({ id, operator, command });
    const reply = await begin.run(this.redis, [keys.adminRequest(id), keys.audit], [text, id, ENTRIES_MAX, REQUEST_MS]);
    const [, report] = reply as [string, string];
    return report === '' ? null : (JSON.parse(report) as Record<string, unknown>);
  }

  /** What came of it, for those who ask again. */
  async end(id: string, report: Readonly<Record<string, unknown>>): Promise<void> {
    await this.redis.call('SET', keys.adminRequest(id), JSON.stringify(report), 'XX', 'PX', REQUEST_MS);
  }

  async entries(): Promise<AuditEntry[]> {
    const lines = (await this.redis.call('LRANGE', keys.audit, 0, -1)) as string[];
    return lines.map((line) => {
      const space = line.indexOf(' ');
      return { ...JSON.parse(line.slice(space + 1)), atMs: Number(line.slice(0, space)) } as AuditEntry;
    });
  }
}
