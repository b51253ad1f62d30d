import { WeightedHistogram } from './weighted-histogram.js';

/** Percentiles of a window of time, at its middle. */
export type PercentilePoint = readonly [atS: number, ...values: number[]];

/** Percentiles over time: one point a window in which something was observed. Observations come about in the order of time. */
export class PercentileSeries {
  readonly points: PercentilePoint[] = [];
  private readonly window: WeightedHistogram;
  private fromUs = 0;

  /**
   * @param windowUs length of a window
   * @param width width of a bin, in the unit of the values
   */
  constructor(
    private readonly windowUs: number,
    width: number,
    private readonly shares: readonly number[],
  ) {
    this.window = new WeightedHistogram(width);
  }

  add(atUs: number, value: number, weight: number): void {
    this.advance(atUs);
    this.observe(value, weight);
  }

  /** What is {@link observe}d from now on is of this time. */
  advance(atUs: number): void {
    if (atUs < this.fromUs + this.windowUs) return;
    this.close();
    this.fromUs = Math.floor(atUs / this.windowUs) * this.windowUs;
  }

  observe(value: number, weight: number): void {
    this.window.add(value, weight);
  }

  /** Ends the present window. */
  close(): void {
    if (this.window.count === 0) return;
    this.points.push([
      (this.fromUs + this.windowUs / 2) / 1e6,
      ...this.shares.map((share) => this.window.quantile(share)),
    ]);
    this.window.clear();
  }
}
