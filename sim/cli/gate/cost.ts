import { formatNumber } from '../../../reports/format.js';
import type { Point } from '../../campaign/index.js';

/** What a simulated second of one person costs at each fidelity of voice, in units of `none`. Rough: only order and time left depend on it. */
const FIDELITY_COST = { none: 1, flow: 6, packet: 25 } as const;

/** Rough cost of a run. */
function costOf({ scenario }: Point): number {
  const { population, durationS, drainS, media, calls } = scenario;
  const staff = calls?.organisations.reduce((sum, each) => sum + each.copies * each.staff.count, 0) ?? 0;
  const people = population.script === undefined ? Math.max(population.clients, staff) : 10;
  return (people + 5) * (durationS + drainS) * FIDELITY_COST[media.fidelity];
}

/** The dearest first. */
export function byCost(points: readonly Point[]): Point[] {
  return points
    .map((point) => ({ point, cost: costOf(point) }))
    .sort((a, b) => b.cost - a.cost)
    .map(({ point }) => point);
}

/** How long the rest will take, going by what was done. */
export class CostLeft {
  private readonly startedMs = performance.now();
  private left: number;
  private done = 0;

  constructor(points: readonly Point[]) {
    this.left = points.reduce((sum, point) => sum + costOf(point), 0);
  }

  /** A point has its outcome. */
  ended(point: Point): void {
    const cost = costOf(point);
    this.done += cost;
    this.left -= cost;
  }

  /** Since the start, in s. */
  get wallS(): number {
    return (performance.now() - this.startedMs) / 1e3;
  }

  /** `12 s left` */
  get leftText(): string {
    return `${formatNumber(Math.max(0, (this.wallS / this.done) * this.left), 0)} s left`.replaceAll('\u202f', ' ');
  }
}
