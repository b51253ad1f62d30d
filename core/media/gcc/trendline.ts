/** Groups that the line is laid through, and weight of the past in the smoothed delay. */
const WINDOW = 20;
const SMOOTHING = 0.9;

/**
 * Slope of the one-way delay over time: the least-squares line through the smoothed delay of the last 20 groups, as in libwebrtc. 0.1: the delay grows by
 * 100 ms a second, so about 10 % more is sent than the link carries.
 */
export class Trendline {
  /** ms a ms; 0 until the window is full. */
  slope = 0;
  /** Comparisons of groups so far. */
  count = 0;
  protected readonly arrivals = new Float64Array(WINDOW);
  protected readonly delays = new Float64Array(WINDOW);
  /** Smoothed one-way delay; that of the first group counts as 0. */
  smoothedMs = 0;
  protected delayMs = 0;

  update(sendDeltaMs: number, arrivalDeltaMs: number, arrivedMs: number): void {
    this.delayMs += arrivalDeltaMs - sendDeltaMs;
    this.smoothedMs = SMOOTHING * this.smoothedMs + (1 - SMOOTHING) * this.delayMs;
    const place = this.count++ % WINDOW;
    this.arrivals[place] = arrivedMs;
    this.delays[place] = this.smoothedMs;
    if (this.count >= WINDOW) this.fit();
  }

  protected fit(): void {
    const { arrivals, delays } = this;
    let meanX = 0;
    let meanY = 0;
    for (let i = 0; i < WINDOW; i++) {
      meanX += arrivals[i]!;
      meanY += delays[i]!;
    }
    meanX /= WINDOW;
    meanY /= WINDOW;
    let covariance = 0;
    let variance = 0;
    for (let i = 0; i < WINDOW; i++) {
      const x = arrivals[i]! - meanX;
      covariance += x * (delays[i]! - meanY);
      variance += x * x;
    }
    if (variance > 0) this.slope = covariance / variance;
  }
}
