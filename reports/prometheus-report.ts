import type { Metric, RunResult } from './result-schema.js';

/** Prometheus text format 0.0.4: histograms as summaries, everything labelled with scenario and seed. */
export function renderPrometheus(result: RunResult): string {
  const labels = `scenario="${escapeLabel(result.scenario.name)}",seed="${result.seed}"`;
  const lines: string[] = [];
  const described = new Set<string>();
  for (const [key, metric] of byName(result.metrics)) {
    const { name, own } = takeApart(key);
    const [type = '', ...values] = metricLines(`deadair_${name}`, metric, own === '' ? labels : `${labels},${own}`);
    if (type !== '' && !described.has(type)) lines.push(type);
    described.add(type);
    lines.push(...values);
  }
  const failed = result.expectations.filter((item) => !item.pass && item.level === 'fail').length;
  const own: [string, string, number][] = [
    ['deadair_violations', 'Violations seen by the oracles.', result.violations.length],
    ['deadair_expectations_missed', 'Expectations that were not met.', failed],
    ['deadair_simulated_seconds', 'Simulated time.', result.simulatedSeconds],
  ];
  for (const [name, help, value] of own) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name}{${labels}} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}

function metricLines(rawName: string, metric: Metric, labels: string): string[] {
  const name = rawName.replace(/[^a-zA-Z0-9_:]/g, '_');
  if (metric.kind !== 'histogram') {
    const type = metric.kind === 'counter' ? 'counter' : 'gauge';
    if (metric.value === null) return [];
    const full = type === 'counter' ? `${name}_total` : name;
    return [`# TYPE ${full} ${type}`, `${full}{${labels}} ${metric.value}`];
  }
  const quantiles: [string, number | null][] = [
    ['0.5', metric.med],
    ['0.9', metric.p90],
    ['0.95', metric.p95],
    ['0.99', metric.p99],
    ['1', metric.max],
  ];
  return [
    `# TYPE ${name} summary`,
    ...quantiles.map(([quantile, value]) => `${name}{${labels},quantile="${quantile}"} ${value ?? 'NaN'}`),
    `${name}_sum{${labels}} ${metric.avg === null ? 0 : metric.avg * metric.count}`,
    `${name}_count{${labels}} ${metric.count}`,
  ];
}

/** Metrics of one name must stand together: those with labels behind the one without. */
function byName(metrics: RunResult['metrics']): [string, Metric][] {
  const groups = new Map<string, [string, Metric][]>();
  for (const entry of Object.entries(metrics)) {
    const { name } = takeApart(entry[0]);
    groups.set(name, [...(groups.get(name) ?? []), entry]);
  }
  return [...groups.values()].flat();
}

/** `join_latency_ms{network:3g}` becomes the name and `network="3g"`. */
function takeApart(key: string): { name: string; own: string } {
  const [, name = key, inside = ''] = /^([^{]*)\{(.*)\}$/.exec(key) ?? [];
  const own = inside
    .split(',')
    .map((part) => part.split(':').map((text) => text.trim()))
    .flatMap(([label, value]) => (value === undefined ? [] : [`${label}="${escapeLabel(value)}"`]));
  return { name, own: own.join(',') };
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}
