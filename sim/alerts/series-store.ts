import { type Labels, labelKey, NAME } from './labels.js';
import type { Matcher } from './promql/expression.js';

/** One sample; a `value` of null marks the end of the series (staleness). */
export interface Sample {
  readonly atMs: number;
  readonly value: number | null;
}

/** A series with its samples in order of time. */
export interface StoredSeries {
  readonly labels: Labels;
  readonly samples: Sample[];
}

/** How far back an instant vector looks for its newest sample (Prometheus' `--query.lookback-delta`). */
export const LOOKBACK_MS = 300_000;

/** The samples of a monitoring: by name of the metric, old ones dropped. */
export class SeriesStore {
  private readonly byName = new Map<string, Map<string, StoredSeries>>();
  /** Names that somebody has asked for. */
  private readonly asked = new Set<string>();

  /** @param keepMs samples older than this are dropped */
  constructor(private readonly keepMs: number) {}

  /** Adds a sample; times of a series must grow, older ones are ignored as Prometheus does. */
  add(labels: Labels, atMs: number, value: number | null): void {
    const name = labels[NAME] ?? '';
    let family = this.byName.get(name);
    if (family === undefined) {
      family = new Map();
      this.byName.set(name, family);
    }
    const key = labelKey(labels);
    let series = family.get(key);
    if (series === undefined) {
      if (value === null) return;
      series = { labels, samples: [] };
      family.set(key, series);
    }
    const { samples } = series;
    if (samples.length > 0 && (samples.at(-1) as Sample).atMs >= atMs) return;
    samples.push({ atMs, value });
    let old = 0;
    while (old < samples.length && (samples[old] as Sample).atMs <= atMs - this.keepMs) old++;
    // not for each: moving the rest costs
    if (old > 32) samples.splice(0, old);
  }

  /** Series that a selector means, in the order in which they were first seen. */
  select(name: string | null, matchers: readonly Matcher[]): StoredSeries[] {
    if (name !== null) this.asked.add(name);
    const families = name === null ? [...this.byName.values()] : [this.byName.get(name) ?? new Map()];
    return families.flatMap((family: ReadonlyMap<string, StoredSeries>) =>
      [...family.values()].filter(({ labels }) => matchers.every((matcher) => matches(labels, matcher))),
    );
  }

  /** Names that were asked for, and that no server has exported so far. */
  unseen(): string[] {
    return [...this.asked].filter((name) => !this.byName.has(name)).sort();
  }
}

function matches(labels: Labels, { label, operator, value, pattern }: Matcher): boolean {
  const own = labels[label] ?? '';
  switch (operator) {
    case '=':
      return own === value;
    case '!=':
      return own !== value;
    case '=~':
      return pattern?.test(own) === true;
    case '!~':
      return pattern?.test(own) === false;
  }
}
