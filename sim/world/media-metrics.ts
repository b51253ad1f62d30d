import type { Ears } from '../media/ears/index.js';
import { Samples } from '../metrics/recorder.js';
import { type Measured, rateOf } from '../scenario/index.js';

/** The metrics of voice. While nobody has spoken there is nothing to count: all are without samples. */
export function mediaMetrics(ears: Ears): [name: string, measured: Measured][] {
  const spoken = ears.frames > 0;
  const counter = (value: number): Measured => ({ kind: 'counter', value: spoken ? value : null });
  const gauge = (value: number): Measured => ({ kind: 'gauge', value: spoken ? value : null });
  let worst = Number.POSITIVE_INFINITY;
  for (const { frames, mos } of ears.listeners.values()) if (frames > 0 && mos < worst) worst = mos;
  const { impairments } = ears.links;
  return [
    ['mos', ears.mos],
    ['mos_worst_listener', gauge(worst)],
    ['r_factor', ears.r],
    ['mouth_to_ear_ms', ears.mouthToEar],
    ['media_latency_ms', ears.latency],
    ['playout_delay_ms', ears.playout],
    ['media_loss_rate', ears.lossShare],
    ['conversation_loss_rate', ears.conversationLoss],
    ['concealed_rate', rateOf(ears.lost, ears.frames)],
    ['voice_gap_ms', ears.gapLengths],
    ['voice_gap_max_ms', gauge(ears.gaps.maxUs / 1e3)],
    ['voice_gaps', counter(ears.gaps.count)],
    ['voice_dropout_rate', rateOf(Math.min(ears.gapUs, ears.spokenUs), ears.spokenUs)],
    ['doubled_ms', counter(ears.doubledUs / 1e3)],
    ['layer_switches', counter(ears.layerSwitches)],
    ['layer_switches_per_minute', gauge(ears.layerSwitches / (ears.spokenUs / 60e6))],
    ['adaptation_ms', samplesOf(impairments.map(({ fromUs, adaptationMs }) => [fromUs, adaptationMs]))],
    ['recovery_ms', samplesOf(impairments.map(({ untilUs, recoveryMs }) => [untilUs, recoveryMs]))],
    ['layer_recovery_ms', samplesOf(impairments.map(({ untilUs, layerRecoveryMs }) => [untilUs, layerRecoveryMs]))],
    ['uplink_kbps', ears.uplink],
    ['downlink_kbps', ears.downlink],
    ['uplink_use', ears.uplinkUse],
    ['relayed_rate', rateOf(ears.relayed, ears.frames)],
    ['sfu_egress_mb', counter(ears.served.sfu / 1e6)],
    ['relay_egress_mb', counter(ears.served.turn / 1e6)],
    ['forwarding_latency_ms', ears.forwarding],
  ];
}

function samplesOf(values: readonly (readonly [atUs: number | null, value: number | null])[]): Samples {
  const samples = new Samples();
  for (const [atUs, value] of values) if (value !== null) samples.add((atUs ?? 0) / 1e6, value);
  return samples;
}
