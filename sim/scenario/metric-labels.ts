import { PROFILES } from '../net/profiles.js';
import type { MetricName } from './metric-catalogue.js';
import type { Scenario } from './scenario.js';
import { FAULT_KINDS } from './schema/fault-schema.js';

/** Labels by which samples can be told apart. */
export const LABELS = ['network', 'mode', 'to', 'reason', 'outcome', 'code', 'cause'] as const;

export type Label = (typeof LABELS)[number];

const VOICE = ['network', 'mode'] as const;

/** Which labels a metric has; those that are not named have none. `network` is always the access network of whoever waits or listens. */
const LABELS_OF: Partial<Record<MetricName, readonly Label[]>> = {
  join_latency_ms: ['network'],
  join_service_ms: ['outcome'],
  first_connection_ms: ['network'],
  error_rate: ['network'],
  refused_joins: ['code', 'network'],
  reconnects: ['network'],
  audible_gap_ms: ['cause', 'network'],
  migration_duration_ms: ['to'],
  migrations_started: ['to'],
  migrations_completed: ['to'],
  migrations_failed: ['to', 'reason'],
  migrations_rolled_back: ['to', 'reason'],
  migration_success_rate: ['to'],
  mos: VOICE,
  r_factor: VOICE,
  mouth_to_ear_ms: VOICE,
  media_latency_ms: VOICE,
  playout_delay_ms: VOICE,
  media_loss_rate: VOICE,
  concealed_rate: VOICE,
  relayed_rate: VOICE,
  voice_gap_ms: ['cause', 'network'],
  voice_gaps: ['cause', 'network'],
};

/** Why a migration did not complete; `other` is whatever else a server has said. */
export const MIGRATION_REASONS = ['timeout', 'node-lost', 'sfu-unreachable', 'abandoned', 'other'] as const;

/** Why a listener did not hear a talker: connections, and voice. A fault that was active then is a cause, too. */
const GAP_CAUSES = ['talker-paused', 'listener-paused', 'path-cut', 'no-path-played', 'played-path-broken'];
const VOICE_GAP_CAUSES = ['migration', 'loss', 'outage', 'rebuffer', 'path', 'asleep', 'gesture', 'left-out'];

/** The labels of a metric. */
export function labelsOf(metric: string): readonly Label[] {
  return Object.hasOwn(LABELS_OF, metric) ? (LABELS_OF[metric as MetricName] ?? []) : [];
}

/** Every value that a label of a metric can have in a scenario. */
export function labelValues(metric: string, label: Label, scenario: Pick<Scenario, 'network'>): readonly string[] {
  switch (label) {
    case 'network':
      return [...new Set([...Object.keys(scenario.network.profiles), ...Object.keys(PROFILES)])];
    case 'mode':
    case 'to':
      return ['p2p', 'sfu'];
    case 'reason':
      return MIGRATION_REASONS;
    case 'outcome':
      return ['joined', 'queued', 'refused'];
    case 'code':
      return ['busy', 'store-unavailable', 'channel-full', 'invalid'];
    case 'cause':
      return [...(metric === 'audible_gap_ms' ? GAP_CAUSES : VOICE_GAP_CAUSES), ...FAULT_KINDS];
  }
}
