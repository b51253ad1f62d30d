import type { Figure } from '../../reports/capacity/schema.js';
import { DeadairError } from '../errors.js';
import { didYouMean, METRIC_NAMES, metricDescription, parseExpectation, type Scenario } from '../scenario/index.js';

/** Shown when nothing is asked for and the levels name fewer. */
const USUAL = ['join_latency_ms', 'migration_duration_ms', 'dropout_rate', 'mode_switches', 'mos', 'cost_month_usd'];
const SHOWN_MAX = 5;

/** Metrics of which more is better; of all others less is. */
const MORE_IS_BETTER =
  /^(mos|mos_worst_listener|r_factor|call_answer_rate|uptime\w*)$|_(success|joined|switched|connection)_rate$|_completed$/;

const FIELDS: Readonly<Record<string, Figure['field']>> = {
  min: 'min',
  avg: 'avg',
  med: 'med',
  p50: 'med',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  max: 'max',
  count: 'count',
  value: 'value',
  rate: 'value',
};

/**
 * Reads `--metrics`: names separated by commas, each with an aggregation if it is a histogram (`join_latency_ms:p99`, default p95).
 * @throws DeadairError `metrics.unknown`
 */
export function parseFigures(text: string): Figure[] {
  return text.split(',').map((item) => {
    const [name = '', field] = item.trim().split(':');
    const known = metricDescription(name);
    if (known === undefined)
      throw new DeadairError(
        'metrics.unknown',
        `--metrics: there is no metric "${name}"${didYouMean(name, METRIC_NAMES)}`,
      );
    if (field === undefined) return usualFigure(name);
    const parsed = FIELDS[field.replace(/[()]/g, '')];
    if (parsed === undefined)
      throw new DeadairError('metrics.unknown', `--metrics ${item.trim()}: use ${Object.keys(FIELDS).join(', ')}`);
    return figure(name, known.kind === 'histogram' ? parsed : 'value');
  });
}

/** A metric as it is usually shown: the 95th percentile, the mean of scores, or the value. */
export function usualFigure(name: string): Figure {
  const histogram = metricDescription(name)?.kind === 'histogram';
  return figure(name, !histogram ? 'value' : MORE_IS_BETTER.test(name) ? 'avg' : 'p95');
}

/** The main figures of a scenario: those that its levels are about, leaving out what must merely be 0, and then the usual ones. */
export function mainFigures({ expectations, media }: Pick<Scenario, 'expectations' | 'media'>): Figure[] {
  const figures: Figure[] = [];
  const add = (item: Figure) => {
    if (figures.length < SHOWN_MAX && !figures.some(({ metric }) => metric === item.metric)) figures.push(item);
  };
  // what takes time before what goes wrong: the latter is 0 at most settings
  const time = (metric: string) => (metricDescription(metric)?.kind === 'histogram' ? 0 : 1);
  const levels = Object.entries(expectations).sort(([a], [b]) => time(a) - time(b));
  for (const [metric, entries] of levels) {
    for (const entry of entries) {
      const expression = typeof entry === 'string' ? entry : entry.expect;
      const [first] = parseExpectation(metric, metricDescription(metric)?.kind ?? 'gauge', expression).comparisons;
      if (first === undefined || first.operator === '==' || first.operator === '!=') continue;
      const { name, percent } = first.aggregation;
      const field = name === 'p' ? (FIELDS[`p${percent}`] ?? 'p99') : (FIELDS[name] ?? 'value');
      const histogram = metricDescription(metric)?.kind === 'histogram';
      if (field !== 'count' && !/_completed$|_joined_rate$/.test(metric))
        add(figure(metric, histogram ? field : 'value'));
    }
  }
  const voice = media.fidelity !== 'none';
  for (const name of USUAL) {
    if (metricDescription(name) !== undefined && (voice || !['mos', 'cost_month_usd'].includes(name)))
      add(usualFigure(name));
  }
  return figures;
}

function figure(metric: string, field: Figure['field']): Figure {
  const unit = metricDescription(metric)?.unit ?? '1';
  return { metric, field, unit, worse: MORE_IS_BETTER.test(metric) ? 'lower' : 'higher' };
}
