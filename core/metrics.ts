/** One measurement the core makes. Histograms are in milliseconds unless the name says otherwise. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: 'counter' | 'histogram' | 'gauge';
  readonly help: string;
  readonly labels: readonly string[];
  /** Values of labels that are exported from the start, at 0: who asks for a rate would miss the first event otherwise. One list for each label. */
  readonly known?: readonly (readonly string[])[];
  /** Upper bounds of the buckets of a histogram, without +Inf. Default: {@link LATENCY_BUCKETS_MS}. */
  readonly buckets?: readonly number[];
}

/** From a millisecond to half a minute. */
export const LATENCY_BUCKETS_MS = [1, 2.5, 5, 10, 25, 50, 100, 200, 500, 1_000, 2_500, 5_000, 10_000, 30_000] as const;

/** Around 2 s (calls) and 10 s (channels), up to the time-out. */
const MIGRATION_BUCKETS_MS = [
  250, 500, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 20_000, 30_000, 60_000,
];

const MODES = ['p2p', 'sfu'] as const;
const MIGRATION_ENDS = ['timeout', 'node-lost', 'sfu-unreachable', 'abandoned'] as const;

/** Catalogue of A10, in Prometheus' naming. Gauges are computed from the store by whoever scrapes. */
export const metricCatalogue = [
  {
    name: 'voice_migrations_started_total',
    type: 'counter',
    help: 'Migrations started',
    labels: ['to'],
    known: [MODES],
  },
  {
    name: 'voice_migrations_completed_total',
    type: 'counter',
    help: 'Migrations completed',
    labels: ['to'],
    known: [MODES],
  },
  {
    name: 'voice_migrations_failed_total',
    type: 'counter',
    help: 'Migrations failed',
    labels: ['to', 'reason'],
    known: [MODES, MIGRATION_ENDS],
  },
  {
    name: 'voice_rollbacks_total',
    type: 'counter',
    help: 'Migrations rolled back',
    labels: ['to', 'reason'],
    known: [MODES, MIGRATION_ENDS],
  },
  {
    name: 'voice_migration_duration_ms',
    type: 'histogram',
    help: 'From start to completion',
    labels: ['to'],
    known: [MODES],
    buckets: MIGRATION_BUCKETS_MS,
  },
  {
    name: 'voice_join_latency_ms',
    type: 'histogram',
    help: 'From the request to the answer "joined" or "queued"',
    labels: ['outcome'],
    known: [['joined', 'queued', 'refused']],
  },
  { name: 'voice_joins_refused_total', type: 'counter', help: 'Joins refused', labels: ['code'] },
  {
    name: 'voice_messages_refused_total',
    type: 'counter',
    help: 'Messages of clients that were not looked at: too many a second, or wrong',
    labels: ['reason'],
  },
  { name: 'voice_lock_wait_ms', type: 'histogram', help: 'Wait for a channel lock', labels: [] },
  { name: 'voice_lock_lost_total', type: 'counter', help: 'Commits refused because the lease was lost', labels: [] },
  { name: 'voice_reconciled_total', type: 'counter', help: 'Repairs made by reconciliation', labels: ['what'] },
  {
    name: 'voice_sessions_evicted_total',
    type: 'counter',
    help: 'Members removed after losing their connection',
    labels: [],
  },
  {
    name: 'voice_sfu_node_changes_total',
    type: 'counter',
    help: 'SFU nodes found dead or alive',
    labels: ['node', 'alive'],
  },
  { name: 'voice_calls_offered_total', type: 'counter', help: 'Calls offered', labels: [] },
  { name: 'voice_calls_accepted_total', type: 'counter', help: 'Calls answered', labels: [] },
  {
    name: 'voice_calls_accepted_offline_total',
    type: 'counter',
    help: 'Calls answered while Redis could not be reached',
    labels: [],
  },
  { name: 'voice_calls_over_total', type: 'counter', help: 'Calls that are over', labels: ['state', 'reason'] },
  { name: 'voice_call_answer_ms', type: 'histogram', help: 'From the offer to the answer', labels: [] },
  { name: 'voice_store_errors_total', type: 'counter', help: 'Redis commands that failed or timed out', labels: [] },
  // the state of the whole service, as one backend finds it in Redis when it is asked: all backends say the same
  { name: 'voice_channels', type: 'gauge', help: 'Channels by mode', labels: ['mode'] },
  { name: 'voice_participants', type: 'gauge', help: 'Participants by the mode of their channel', labels: ['mode'] },
  { name: 'voice_migrations_in_progress', type: 'gauge', help: 'Channels that are migrating', labels: [] },
  { name: 'voice_redis_up', type: 'gauge', help: '1 when this backend reaches Redis', labels: [] },
  { name: 'voice_sfu_up', type: 'gauge', help: '1 when the caretaker takes the SFU node for alive', labels: ['node'] },
  { name: 'voice_connections', type: 'gauge', help: 'Clients connected to this backend', labels: [] },
  {
    name: 'voice_rollout_decisions_total',
    type: 'counter',
    help: 'Decisions of the rollout, by what it came to',
    labels: ['status'],
    known: [['running', 'complete', 'rolled-back']],
  },
  // of a media server (B13); its gauges are in its health report
  { name: 'voice_sfu_rooms', type: 'gauge', help: 'Rooms of a media server', labels: [] },
  { name: 'voice_sfu_members', type: 'gauge', help: 'Sessions in its rooms', labels: [] },
  { name: 'voice_sfu_publishers', type: 'gauge', help: 'Tracks that are published', labels: [] },
  { name: 'voice_sfu_consumers', type: 'gauge', help: 'Tracks that are received', labels: [] },
  { name: 'voice_sfu_cpu_share', type: 'gauge', help: 'Share of the CPU in use, 0 to 1', labels: [] },
  { name: 'voice_sfu_memory_share', type: 'gauge', help: 'Share of the memory in use, 0 to 1', labels: [] },
  { name: 'voice_sfu_packets_forwarded_total', type: 'counter', help: 'RTP packets sent to consumers', labels: [] },
  {
    name: 'voice_sfu_forwarding_latency_ms',
    type: 'histogram',
    help: 'From the arrival of an RTP packet to its forwarding; every 64th is measured',
    labels: [],
  },
  { name: 'voice_sfu_requests_total', type: 'counter', help: 'Requests of clients', labels: ['type', 'outcome'] },
  {
    name: 'voice_sfu_connection_errors_total',
    type: 'counter',
    help: 'Clients refused or lost, and packets that belong to nobody',
    labels: ['reason'],
    known: [['refused', 'full', 'bad-token', 'room-unknown', 'wrong-epoch', 'lost', 'stray-packets']],
  },
  {
    name: 'voice_sfu_connection_duration_ms',
    type: 'histogram',
    help: 'From the opening of a client connection to its end',
    labels: [],
  },
] as const satisfies readonly MetricDefinition[];

export type MetricName = (typeof metricCatalogue)[number]['name'];
