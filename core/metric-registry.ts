import { LATENCY_BUCKETS_MS, type MetricDefinition, metricCatalogue } from './metrics.js';
import type { Metrics } from './ports.js';

/** A gauge at the moment in which somebody asks. */
export interface GaugeValue {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Histogram {
  readonly labels: string;
  readonly counts: number[];
  sum: number;
  count: number;
}

interface Family {
  readonly definition: MetricDefinition;
  readonly counters: Map<string, number>;
  readonly histograms: Map<string, Histogram>;
}

/**
 * The measurements of one process in the Prometheus text format 0.0.4 (A10). Counters begin at 0 with the process, as Prometheus expects of them.
 */
export class MetricRegistry implements Metrics {
  private readonly families = new Map<string, Family>();

  /** @param exported which metrics of the catalogue this process has */
  constructor(exported: (name: string) => boolean) {
    for (const definition of metricCatalogue as readonly MetricDefinition[]) {
      if (!exported(definition.name)) continue;
      const family: Family = { definition, counters: new Map(), histograms: new Map() };
      this.families.set(definition.name, family);
      for (const labels of knownLabels(definition)) {
        if (definition.type === 'counter') family.counters.set(labels, 0);
        if (definition.type === 'histogram') this.histogram(family, labels);
      }
    }
  }

  count(name: string, labels?: Readonly<Record<string, string>>, by = 1): void {
    const counters = this.families.get(name)?.counters;
    const key = labelText(labels);
    counters?.set(key, (counters.get(key) ?? 0) + by);
  }

  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void {
    const family = this.families.get(name);
    if (family === undefined) return;
    const histogram = this.histogram(family, labelText(labels));
    histogram.sum += value;
    histogram.count++;
    const index = boundsOf(family.definition).findIndex((bound) => value <= bound);
    if (index >= 0) histogram.counts[index]!++;
  }

  /** The page that is scraped. @param gauges as they are now */
  text(gauges: readonly GaugeValue[] = []): string {
    const lines: string[] = [];
    for (const { definition, counters, histograms } of this.families.values()) {
      const { name, help, type } = definition;
      const samples: string[] = [];
      for (const [labels, value] of counters) samples.push(sample(name, labels, value));
      for (const histogram of histograms.values()) samples.push(...bucketLines(definition, histogram));
      for (const gauge of gauges)
        if (gauge.name === name) samples.push(sample(name, labelText(gauge.labels), gauge.value));
      if (samples.length > 0) lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples);
    }
    return `${lines.join('\n')}\n`;
  }

  private histogram(family: Family, labels: string): Histogram {
    let histogram = family.histograms.get(labels);
    if (histogram === undefined) {
      histogram = { labels, counts: boundsOf(family.definition).map(() => 0), sum: 0, count: 0 };
      family.histograms.set(labels, histogram);
    }
    return histogram;
  }
}

const boundsOf = (definition: MetricDefinition): readonly number[] => definition.buckets ?? LATENCY_BUCKETS_MS;

/** Every combination that is known beforehand; the empty one when there are no labels. */
function knownLabels({ labels, known }: MetricDefinition): string[] {
  if (labels.length === 0) return [''];
  if (known === undefined) return [];
  let all: Record<string, string>[] = [{}];
  labels.forEach((label, index) => {
    all = all.flatMap((each) => (known[index] ?? []).map((value) => ({ ...each, [label]: value })));
  });
  return all.map(labelText);
}

function bucketLines({ name, ...definition }: MetricDefinition, { labels, counts, sum, count }: Histogram): string[] {
  const bounds = boundsOf({ name, ...definition });
  let below = 0;
  const buckets = bounds.map((bound, index) => {
    below += counts[index] as number;
    return sample(`${name}_bucket`, joined(labels, `le="${bound}"`), below);
  });
  return [
    ...buckets,
    sample(`${name}_bucket`, joined(labels, 'le="+Inf"'), count),
    sample(`${name}_sum`, labels, sum),
    sample(`${name}_count`, labels, count),
  ];
}

const joined = (labels: string, more: string): string => (labels === '' ? more : `${labels},${more}`);

function sample(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${value}` : `${name}{${labels}} ${value}`;
}

function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(labels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
