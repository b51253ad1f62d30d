import type { Metrics } from '../../core/ports.js';

/** Few enough to lie within the array object: small worlds are made by the thousand. */
const FIRST_SAMPLES = 8;

/** Values with the time at which they were observed; grows in chunks of typed arrays. */
export class Samples {
  readonly kind = 'histogram';
  private times = new Float64Array(FIRST_SAMPLES);
  private values = new Float64Array(FIRST_SAMPLES);
  private size = 0;
  private sorted: Float64Array | null = null;

  add(atS: number, value: number): void {
    if (this.size === this.values.length) {
      const times = new Float64Array(this.size * 2);
      const values = new Float64Array(this.size * 2);
      times.set(this.times);
      values.set(this.values);
      this.times = times;
      this.values = values;
    }
    this.times[this.size] = atS;
    this.values[this.size] = value;
    this.size++;
  }

  get count(): number {
    return this.size;
  }

  get min(): number {
    return this.order()[0] ?? Number.NaN;
  }

  get max(): number {
    return this.order()[this.size - 1] ?? Number.NaN;
  }

  get avg(): number {
    let sum = 0;
    for (const value of this.order()) sum += value;
    return sum / this.size;
  }

  /** Exact quantile by the nearest-rank method, `share` in 0..1; NaN without values. */
  quantile(share: number): number {
    return this.order()[Math.max(0, Math.ceil(share * this.size) - 1)] ?? Number.NaN;
  }

  /** Every value, each counts once. */
  *weighted(): Generator<readonly [value: number, weight: number]> {
    for (const value of this.order()) yield [value, 1];
  }

  private order(): Float64Array {
    if (this.sorted?.length !== this.size) this.sorted = this.values.slice(0, this.size).sort();
    return this.sorted;
  }

  /** At most `limit` points, evenly thinned, the largest value always among them. */
  points(limit: number): [atS: number, value: number][] {
    const out: [number, number][] = [];
    const step = Math.max(1, Math.ceil(this.size / limit));
    for (let start = 0; start < this.size; start += step) {
      let best = start;
      for (let i = start + 1; i < Math.min(start + step, this.size); i++)
        if (this.values[i]! > this.values[best]!) best = i;
      out.push([this.times[best]!, this.values[best]!]);
    }
    return out;
  }
}

/** Samples of a histogram with these labels; others are not kept apart. */
export interface LabelledSamples {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: Samples;
}

/** Collects the measurements of all backends of a world, with virtual time. */
export class Recorder implements Metrics {
  private readonly counters = new Map<string, number>();
  private readonly histograms = new Map<string, Samples>();
  private readonly watched: LabelledSamples[] = [];

  constructor(private readonly nowS: () => number) {}

  count(name: string, labels?: Readonly<Record<string, string>>, by = 1): void {
    this.counters.set(name, (this.counters.get(name) ?? 0) + by);
    if (labels) {
      const key = labelled(name, labels);
      this.counters.set(key, (this.counters.get(key) ?? 0) + by);
    }
  }

  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void {
    this.samples(name).add(this.nowS(), value);
    if (this.watched.length === 0) return;
    for (const each of this.watched) {
      if (each.name !== name || Object.entries(each.labels).some(([key, text]) => labels?.[key] !== text)) continue;
      each.samples.add(this.nowS(), value);
    }
  }

  /** Keeps the samples of a histogram with these labels apart, from now on. */
  watch(name: string, labels: Readonly<Record<string, string>>): LabelledSamples {
    const watched = { name, labels, samples: new Samples() };
    this.watched.push(watched);
    return watched;
  }

  /** Total of a counter, or of one combination of its labels. */
  total(name: string, labels?: Readonly<Record<string, string>>): number {
    return this.counters.get(labels ? labelled(name, labels) : name) ?? 0;
  }

  samples(name: string): Samples {
    let samples = this.histograms.get(name);
    if (!samples) {
      samples = new Samples();
      this.histograms.set(name, samples);
    }
    return samples;
  }

  /** Every counter with labels, taken apart. */
  labelled(): { name: string; labels: Record<string, string>; value: number }[] {
    return this.labelledCounters().map(([text, value]) => {
      const [, name = '', inside = ''] = /^(\w+)\{(.*)\}$/s.exec(text) ?? [];
      const labels = [...inside.matchAll(/(\w+)="(.*?)"(?:,|$)/gs)].map(([, key = '', word = '']) => [key, word]);
      return { name, labels: Object.fromEntries(labels) as Record<string, string>, value };
    });
  }

  /** Every counter with labels, e.g. `voice_rollbacks_total{to="sfu",reason="timeout"}`. */
  labelledCounters(): [name: string, value: number][] {
    return [...this.counters].filter(([name]) => name.includes('{'));
  }
}

function labelled(name: string, labels: Readonly<Record<string, string>>): string {
  return `${name}{${Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(',')}}`;
}
