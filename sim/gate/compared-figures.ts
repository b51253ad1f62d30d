import type { GateRun } from '../../reports/gate/gate-schema.js';
import type { MetricName } from '../scenario/index.js';

/** A figure of a run that is compared with a baseline. */
export interface ComparedFigure {
  readonly metric: MetricName;
  readonly statistic: 'avg' | 'p95' | 'value';
  readonly better: 'lower' | 'higher';
  readonly scale: 'ratio' | 'difference';
  /** What does not matter: as a share, and in the unit of the metric (for differences, and where a value is 0). */
  readonly tolerance: { readonly ratio: number; readonly difference: number };
}

const time = (metric: MetricName, statistic: ComparedFigure['statistic'], differenceMs = 10): ComparedFigure => ({
  metric,
  statistic,
  better: 'lower',
  scale: 'ratio',
  tolerance: { ratio: 0.02, difference: differenceMs },
});

const share = (metric: MetricName, better: 'lower' | 'higher', difference: number): ComparedFigure => ({
  metric,
  statistic: 'value',
  better,
  scale: 'difference',
  tolerance: { ratio: 0.02, difference },
});

/** What users notice. What must never happen (lost joins, split brains) is no matter of comparison. */
export const COMPARED: readonly ComparedFigure[] = [
  time('join_latency_ms', 'avg'),
  time('join_latency_ms', 'p95'),
  time('join_service_ms', 'p95', 2),
  time('first_connection_ms', 'avg'),
  time('first_connection_ms', 'p95'),
  time('migration_duration_ms', 'avg'),
  time('migration_duration_ms', 'p95'),
  share('migration_success_rate', 'higher', 0.005),
  { ...share('migrations_rolled_back', 'lower', 0.1), statistic: 'value' },
  share('dropout_rate', 'lower', 0.0005),
  share('error_rate', 'lower', 0.001),
  time('redis_outage_ms', 'value', 50),
  time('sfu_outage_ms', 'value', 500),
  time('converged_after_ms', 'value', 500),
  { ...share('mos', 'higher', 0.02), statistic: 'avg' },
  time('mouth_to_ear_ms', 'p95', 2),
  time('media_latency_ms', 'p95', 2),
  share('voice_dropout_rate', 'lower', 0.0005),
  share('concealed_rate', 'lower', 0.001),
  time('adaptation_ms', 'avg', 50),
  time('recovery_ms', 'avg', 50),
  share('call_success_rate', 'higher', 0.005),
  share('call_connection_rate', 'higher', 0.005),
  time('call_answer_ms', 'p95', 50),
];

/** The value of a figure in a run; null: it has none. */
export function figureOf({ metrics }: GateRun, { metric, statistic }: ComparedFigure): number | null {
  const found = metrics[metric];
  if (found === undefined) return null;
  if (found.kind === 'histogram') return statistic === 'value' ? null : found[statistic];
  return statistic === 'value' ? found.value : null;
}
