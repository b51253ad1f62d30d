import type { MetricName } from './metric-catalogue.js';

/** Measured only where voice is simulated. */
const VOICE: readonly MetricName[] = [
  'mos',
  'mos_worst_listener',
  'r_factor',
  'mouth_to_ear_ms',
  'media_latency_ms',
  'playout_delay_ms',
  'media_loss_rate',
  'concealed_rate',
  'voice_gap_ms',
  'voice_gap_max_ms',
  'voice_gaps',
  'voice_dropout_rate',
  'doubled_ms',
  'layer_switches',
  'layer_switches_per_minute',
  'adaptation_ms',
  'recovery_ms',
  'layer_recovery_ms',
  'uplink_kbps',
  'downlink_kbps',
  'relayed_rate',
  'forwarding_latency_ms',
];

/** Measured only where people call each other. */
const CALLS: readonly MetricName[] = [
  'calls_offered',
  'calls_accepted',
  'calls_missed',
  'calls_cancelled',
  'calls_failed',
  'calls_dropped',
  'call_success_rate',
  'call_blocked_rate',
  'call_connection_rate',
  'call_answer_ms',
];

/** What a world must have for a metric to be measured there; null: nothing. */
export function needsOf(metric: string): 'voice' | 'calls' | null {
  const among = (names: readonly string[]) => names.includes(metric);
  return among(VOICE) ? 'voice' : among(CALLS) ? 'calls' : null;
}
