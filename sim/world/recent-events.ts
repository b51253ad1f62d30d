import type { Trace, TraceEntry } from '../kernel/index.js';

const SHOWN = 40;
/** From here on the events of the subjects tell enough. */
const ENOUGH = 5;

/** What goes on all the time and explains nothing: heartbeats, ticks and their replies, replication, health checks. */
const NOISE = new Set(['ping', 'pong', 'redis', 'redis-replication', 'sentinel', 'sfu-control', 'net.profile']);
const NOISY_REPLIES = new Set(['PING', 'INFO', 'REPLCONF', 'SUBSCRIBE', 'ZADD', 'ZRANGE', 'HGETALL']);

/**
 * The last events that a finding is about, for its sequence diagram: those of the hosts and channels that it names; where there are too few,
 * the last of all.
 */
export function recentEvents(trace: Trace, subjects: readonly string[]): readonly TraceEntry[] {
  const hosts = new Set(subjects.map(hostOf));
  const channels = new Set(subjects.flatMap((subject) => /^channel (\d+)$/.exec(subject)?.[1] ?? []));
  const recent = trace.recent(512).filter((entry) => !isNoise(entry));
  const related = recent.filter(
    (entry) => hosts.has(entry.host) || (entry.to !== undefined && hosts.has(entry.to)) || concerns(entry, channels),
  );
  return (related.length >= ENOUGH ? related : recent).slice(-SHOWN);
}

/** A user is named by its number, a server by its host. */
function hostOf(subject: string): string {
  return /^\d+$/.test(subject) ? `client-${subject}` : subject;
}

function isNoise({ kind, key }: TraceEntry): boolean {
  return NOISE.has(kind) || (kind === 'redis.reply' && NOISY_REPLIES.has(String(key)));
}

/** Something about one of these channels, whoever did it. */
function concerns({ kind, key }: TraceEntry, channels: ReadonlySet<string>): boolean {
  if (channels.size === 0) return false;
  if (kind === 'client.joined' || kind === 'client.removed') return channels.has(String(key));
  return channels.has(/(?:^|\/)channel_(\d+)[#/]/.exec(String(key))?.[1] ?? '');
}

const WORDS: Readonly<Record<string, (key: string) => string>> = {
  'client.joined': (key) => `channel ${key}`,
  'client.removed': (key) => `from channel ${key}`,
  'client.view': (key) => `version ${key}`,
  'tab.open': (key) => `session ${key}`,
  'tab.close': (key) => `session ${key}`,
  'p2p.up': (key) => `with session ${key}`,
  'p2p.down': (key) => `with session ${key}`,
  'sfu.in': (key) => `session ${key}`,
  'sfu.out': (key) => `session ${key}`,
  'redis.reply': (key) => `to ${key}`,
  'host.start': (key) => `for the ${key}. time`,
};

/** An event in words, for people: its kind and what matters about it. */
export function eventLabel({ kind, key, to, detail }: TraceEntry): string {
  // the key of a message is the number of its connection
  const what = WORDS[kind]?.(String(key)) ?? (to === undefined ? String(key) : '');
  return [[kind, what].filter((word) => word !== '').join(' '), detailText(detail)]
    .filter((text) => text !== '')
    .join(', ');
}

/** Fields of messages and log lines that matter, in this order. */
const FIELDS = [
  'channelId',
  'version',
  'epoch',
  'mode',
  'phase',
  'position',
  'code',
  'reason',
  'error',
  'problem',
  'k',
];

function detailText(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  if (typeof detail !== 'object' || detail === null) return '';
  const { view, migration, data, ...own } = detail as Record<string, unknown>;
  const words = FIELDS.flatMap((name) => {
    const value = own[name];
    return typeof value === 'string' || typeof value === 'number' ? [`${NAMES[name] ?? name} ${value}`.trim()] : [];
  });
  return [...words, ...[view, migration, data].map(detailText).filter((text) => text !== '')].join(', ').slice(0, 120);
}

const NAMES: Readonly<Record<string, string>> = {
  channelId: 'channel',
  mode: '',
  code: '',
  reason: '',
  error: '',
  k: '',
};
