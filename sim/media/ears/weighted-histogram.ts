/** A histogram grows to this many bins; greater values share the last one. */
const BINS_MAX = 131_072;

/**
 * Values with weights in bins of equal width: memory depends on the range of the values, not on how many there are. Quantiles
 * are exact to half a bin; least, greatest and average are exact.
 */
export class WeightedHistogram {
  readonly kind = 'histogram';
  /** Greatest value; NaN without values. */
  max = Number.NaN;
  /** Least value; NaN without values. */
  min = Number.NaN;
  private weights = new Float64Array(256);
  private used = 0;
  private total = 0;
  private sum = 0;
  /** The value added last, and its bin: many come several times in a row. */
  private last = Number.NaN;
  private lastBin = 0;

  /** @param width width of a bin, in the unit of the values */
  constructor(private readonly width: number) {}

  /** Adds a value, 0 or more, that counts `weight` times. No weight, no value. */
  add(value: number, weight: number): void {
    if (weight <= 0) return;
    if (value !== this.last) this.look(value);
    this.weights[this.lastBin]! += weight;
    this.total += weight;
    this.sum += value * weight;
  }

  /** Sum of all weights, rounded. */
  get count(): number {
    return Math.round(this.total);
  }

  get avg(): number {
    return this.sum / this.total;
  }

  /** Quantile by the nearest-rank method, `share` in 0..1; NaN without values. */
  quantile(share: number): number {
    if (this.total === 0) return Number.NaN;
    const rank = share * this.total;
    let below = 0;
    for (let bin = 0; bin < this.used; bin++) {
      below += this.weights[bin] as number;
      if (below < rank || below === 0) continue;
      if (bin === BINS_MAX - 1) break;
      return Math.min(this.max, Math.max(this.min, bin * this.width));
    }
    return this.max;
  }

  /** Bins with their weights. */
  *weighted(): Generator<readonly [value: number, weight: number]> {
    for (let bin = 0; bin < this.used; bin++) {
      const weight = this.weights[bin] as number;
      if (weight > 0) yield [Math.min(this.max, Math.max(this.min, bin * this.width)), weight];
    }
  }

  /** Weights by coarser bins of a width: `[from, weight]`, empty ones left out. */
  coarse(width: number): [from: number, weight: number][] {
    const sums = new Map<number, number>();
    for (let bin = 0; bin < this.used; bin++) {
      const weight = this.weights[bin] as number;
      if (weight === 0) continue;
      const coarse = Math.floor((bin * this.width + this.width / 2) / width);
      sums.set(coarse, (sums.get(coarse) ?? 0) + weight);
    }
    return [...sums].map(([coarse, weight]) => [coarse * width, weight]);
  }

  /** Forgets all values. */
  clear(): void {
    this.weights.fill(0, 0, this.used);
    this.used = 0;
    this.total = 0;
    this.sum = 0;
    this.min = Number.NaN;
    this.max = Number.NaN;
    this.last = Number.NaN;
  }

  private look(value: number): void {
    const bin = Math.min(BINS_MAX - 1, Math.round(value / this.width));
    if (bin >= this.used) {
      if (bin >= this.weights.length) this.grow(bin);
      this.used = bin + 1;
    }
    this.last = value;
    this.lastBin = bin;
    if (!(value >= this.min)) this.min = value;
    if (!(value <= this.max)) this.max = value;
  }

  private grow(bin: number): void {
    let size = this.weights.length;
    while (size <= bin) size *= 2;
    const weights = new Float64Array(size);
    weights.set(this.weights);
    this.weights = weights;
  }
}
