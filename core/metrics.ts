/** One measurement the core makes. Histograms are in milliseconds unless the name says otherwise. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: 'counter' | 'histogram' | 'gauge';
  readonly help: string;
  readonly labels: readonly string[];
}

/** Catalogue of A10, in Prometheus' naming. Gauges are computed from the store by whoever scrapes. */
export const metricCatalogue = [
  { name: 'voice_migrations_started_total', type: 'counter', help: 'Migrations started', labels: ['to'] },
  { name: 'voice_migrations_completed_total', type: 'counter', help: 'Migrations completed', labels: ['to'] },
  { name: 'voice_migrations_failed_total', type: 'counter', help: 'Migrations failed', labels: ['to', 'reason'] },
  { name: 'voice_rollbacks_total', type: 'counter', help: 'Migrations rolled back', labels: ['to', 'reason'] },
  { name: 'voice_migration_duration_ms', type: 'histogram', help: 'From start to completion', labels: ['to'] },
  {
    name: 'voice_join_latency_ms',
    type: 'histogram',
    help: 'From the request to the answer "joined" or "queued"',
    labels: ['outcome'],
  },
  { name: 'voice_joins_refused_total', type: 'counter', help: 'Joins refused', labels: ['code'] },
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
  { name: 'voice_calls_over_total', type: 'counter', help: 'Calls that are over', labels: ['state', 'reason'] },
  { name: 'voice_call_answer_ms', type: 'histogram', help: 'From the offer to the answer', labels: [] },
  { name: 'voice_store_errors_total', type: 'counter', help: 'Redis commands that failed or timed out', labels: [] },
] as const satisfies readonly MetricDefinition[];

export type MetricName = (typeof metricCatalogue)[number]['name'];
