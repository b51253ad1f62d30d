/** Points kept of one series; when there are more, every second of those in between two changes of the capacity goes. */
const POINTS_MAX = 600;

/** A bandwidth estimate beside the capacity that the link had. */
export class EstimateSeries {
  /** [time in us, estimate in kbit/s, capacity in kbit/s or null for unlimited] */
  points: [atUs: number, estimateKbps: number, capacityKbps: number | null][] = [];
  /** Most by which the estimate lay above the capacity, as a share of it. */
  worstExcess = 0;
  private every = 1;
  private skipped = 0;

  constructor(
    readonly hostId: string,
    readonly direction: 'up' | 'down',
  ) {}

  add(atUs: number, estimateKbps: number, capacityKbps: number | null): void {
    if (capacityKbps !== null && capacityKbps > 0)
      this.worstExcess = Math.max(this.worstExcess, estimateKbps / capacityKbps - 1);
    const last = this.points.at(-1);
    const same = last !== undefined && last[2] === capacityKbps;
    if (same && ++this.skipped < this.every) return;
    this.skipped = 0;
    this.points.push([atUs, estimateKbps, capacityKbps]);
    if (this.points.length <= POINTS_MAX) return;
    this.every *= 2;
    this.points = this.points.filter(
      ([, , capacity], index) => index % 2 === 0 || capacity !== this.points[index - 1]?.[2],
    );
  }
}
