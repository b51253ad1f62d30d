import { formatMs, formatNumber, formatValue, plural } from './format.js';
import type { Metric, RunResult } from './result-schema.js';

/** One figure of calls: what to call it, its value in words, and what it means. */
export interface CallFigure {
  readonly label: string;
  readonly text: string;
  readonly meaning: string;
}

/** The figures of E6 and what became of all calls; none for results in which nobody called. */
export function callFigures(result: RunResult): CallFigure[] {
  const { metrics } = result;
  if (!(count(metrics.calls_offered) > 0)) return [];
  const answer = histogram(metrics.call_answer_ms);
  const rate = (metric: Metric | undefined) => formatValue(metric?.kind === 'rate' ? metric.value : null, 'share');
  const figure = (label: string, text: string, meaning: string): CallFigure => ({ label, text, meaning });
  return [
    figure(
      'call success rate',
      rate(metrics.call_success_rate),
      'answered, of all that were answered, missed, given up or failed',
    ),
    figure(
      'connection success rate',
      rate(metrics.call_connection_rate),
      'both heard each other, of all that were answered and lasted',
    ),
    figure(
      'time to answer, p50',
      answer === null ? 'no samples' : formatMs(answer.med ?? 0),
      'from the offer to the answer',
    ),
    figure(
      'time to answer, p95',
      answer === null ? 'no samples' : formatMs(answer.p95 ?? 0),
      'from the offer to the answer',
    ),
    ...(
      [
        ['offered', 'calls_offered', 'calls offered to an organisation'],
        ['answered', 'calls_accepted', 'somebody has taken the call'],
        [
          'answered without Redis',
          'calls_accepted_offline',
          'by the backend that keeps the call, while the store was away',
        ],
        ['missed', 'calls_missed', 'nobody was free or answered in time'],
        ['given up', 'calls_cancelled', 'by the caller, before it was answered'],
        ['failed', 'calls_failed', 'the caller, or the backend that kept the call, has vanished'],
        ['dropped', 'calls_dropped', 'ended because one of the two has vanished'],
      ] as const
    ).flatMap(([label, name, meaning]) =>
      metrics[name] === undefined ? [] : [figure(label, formatNumber(count(metrics[name])), meaning)],
    ),
  ];
}

/** Calls in two lines; none for results in which nobody called. */
export function callSummary(result: RunResult): string[] {
  const { metrics } = result;
  const figures = new Map(callFigures(result).map(({ label, text }) => [label, text]));
  if (figures.size === 0) return [];
  const offline = count(metrics.calls_accepted_offline);
  const without = offline > 0 ? ` (${formatNumber(offline)} without Redis)` : '';
  return [
    `Calls: ${plural(count(metrics.calls_offered), 'call')} offered, ${figures.get('call success rate')} answered${without}, ${figures.get('connection success rate')} connected; time to answer p50 ${figures.get('time to answer, p50')}, p95 ${figures.get('time to answer, p95')}`,
    `Of the others ${figures.get('missed')} missed, ${figures.get('given up')} given up, ${figures.get('failed')} failed; ${figures.get('dropped')} dropped`,
  ];
}

const count = (metric: Metric | undefined): number =>
  metric === undefined || metric.kind === 'histogram' ? 0 : (metric.value ?? 0);

function histogram(metric: Metric | undefined): Extract<Metric, { kind: 'histogram' }> | null {
  return metric?.kind === 'histogram' && metric.count > 0 ? metric : null;
}
