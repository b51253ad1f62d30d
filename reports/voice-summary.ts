import { formatMs, formatNumber, formatValue, plural } from './format.js';
import type { Metric, RunResult } from './result-schema.js';

/** How voice was heard, in four lines; none for results without voice. */
export function voiceSummary(result: RunResult): string[] {
  const { media, metrics } = result;
  if (media === undefined) return [];
  const mos = histogram(metrics.mos);
  if (mos === null) return ['Voice: nobody spoke'];
  const worst = media.listeners[0];
  const latency = histogram(metrics.media_latency_ms);
  const ear = histogram(metrics.mouth_to_ear_ms);
  const ms = (of: number | null | undefined) => (of === null || of === undefined ? '-' : formatMs(of));
  const scale = media.model.rows[0]?.scale ?? '';
  const longest = media.gaps[0];
  const count = media.gapCauses.reduce((sum, each) => sum + each.count, 0);
  const limit = formatMs(media.audibleGapMs);
  return [
    `Voice: MOS ${formatNumber(mos.avg ?? 0)} (${scale} E-model), worst listener ${worst === undefined ? '-' : formatNumber(worst.mos)}; ${formatValue(value(metrics.concealed_rate), 'share')} of frames lost`,
    `Delay: network p50 ${ms(latency?.med)}, p95 ${ms(latency?.p95)}, p99 ${ms(latency?.p99)}; mouth to ear p95 ${ms(ear?.p95)}`,
    longest === undefined
      ? `Gaps: none of ${limit} or longer`
      : `Gaps: ${plural(count, 'gap')} from ${limit}, ${formatValue(value(metrics.voice_dropout_rate), 'share')} of speech; longest ${formatMs(longest.durationMs)}, ${longest.cause}`,
    'Audible gap: no connection to a talker. Gaps: said, but not heard.',
  ];
}

function histogram(metric: Metric | undefined): Extract<Metric, { kind: 'histogram' }> | null {
  return metric?.kind === 'histogram' && metric.count > 0 ? metric : null;
}

function value(metric: Metric | undefined): number | null {
  return metric === undefined || metric.kind === 'histogram' ? null : metric.value;
}
