/** A part of the time with a rate of its own: [fromUs, untilUs), once or in each cycle of `everyUs`. */
export interface RatePhase {
  readonly fromUs: number;
  readonly untilUs: number;
  /** null: once. */
  readonly everyUs: number | null;
  readonly rateKbps: number;
}

/** The rate of a link over time: constant but for its phases, of which the first that covers a time counts. Infinity: no limit. */
export class RatePlan {
  /** The rate never changes. */
  readonly constant: boolean;

  constructor(
    readonly baseKbps: number,
    private readonly phases: readonly RatePhase[],
  ) {
    this.constant = phases.every(({ rateKbps }) => rateKbps === baseKbps);
  }

  /** When the last bit of a packet has left whose first one leaves at `startUs`, in microseconds. */
  endUs(startUs: number, bytes: number): number {
    if (this.constant) return startUs + (bytes * 8000) / this.baseKbps;
    let atUs = startUs;
    let left = bytes;
    for (;;) {
      const rateKbps = this.rateAt(atUs);
      const changeUs = this.changeAfter(atUs);
      const fits = ((changeUs - atUs) * rateKbps) / 8000;
      if (left <= fits) return atUs + (left * 8000) / rateKbps;
      left -= fits;
      atUs = changeUs;
    }
  }

  /** Bytes that leave between two times while the link is busy. */
  bytesBetween(fromUs: number, untilUs: number): number {
    if (this.constant) return ((untilUs - fromUs) * this.baseKbps) / 8000;
    let bytes = 0;
    for (let atUs = fromUs; atUs < untilUs; ) {
      const nextUs = Math.min(untilUs, this.changeAfter(atUs));
      bytes += ((nextUs - atUs) * this.rateAt(atUs)) / 8000;
      atUs = nextUs;
    }
    return bytes;
  }

  /** How long what leaves between two times would take at the rate of the first: a queue does not know the future. */
  waitUs(fromUs: number, untilUs: number): number {
    if (this.constant) return untilUs - fromUs;
    return (this.bytesBetween(fromUs, untilUs) * 8000) / this.rateAt(fromUs);
  }

  private rateAt(timeUs: number): number {
    for (const { fromUs, untilUs, everyUs, rateKbps } of this.phases) {
      const withinUs = everyUs === null ? timeUs : timeUs % everyUs;
      if (withinUs >= fromUs && withinUs < untilUs) return rateKbps;
    }
    return this.baseKbps;
  }

  /** The first time after this one at which a phase begins or ends. */
  private changeAfter(timeUs: number): number {
    let nextUs = Number.POSITIVE_INFINITY;
    for (const { fromUs, untilUs, everyUs } of this.phases) {
      const cycleUs = everyUs === null ? 0 : timeUs - (timeUs % everyUs);
      for (const edgeUs of [fromUs, untilUs]) {
        const inCycleUs = cycleUs + edgeUs;
        const laterUs = inCycleUs > timeUs || everyUs === null ? inCycleUs : inCycleUs + everyUs;
        if (laterUs > timeUs && laterUs < nextUs) nextUs = laterUs;
      }
    }
    return nextUs;
  }
}
