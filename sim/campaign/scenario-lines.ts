import type { Scenario } from '../scenario/index.js';
import type { Point } from './point.js';

/** A line for each scenario, in the order in which the scenarios come first. */
export class ScenarioLines {
  private readonly lines = new Map<Scenario, Point[]>();
  /** Scenarios that a thread has begun. */
  private readonly begun = new Set<Scenario>();

  constructor(points: readonly Point[]) {
    for (const point of points) {
      const line = this.lines.get(point.scenario);
      if (line === undefined) this.lines.set(point.scenario, [point]);
      else line.push(point);
    }
  }

  /**
   * The next point of the scenario of the last one; else of a scenario that nobody has begun; else of the first that has one.
   * @param last what the same thread took before
   */
  take(last?: Point): Point | undefined {
    const own = last === undefined ? undefined : this.lines.get(last.scenario)?.shift();
    if (own !== undefined) return own;
    let shared: Point[] | undefined;
    for (const [scenario, line] of this.lines) {
      if (line.length === 0) continue;
      if (this.begun.has(scenario)) {
        shared ??= line;
        continue;
      }
      this.begun.add(scenario);
      return line.shift();
    }
    return shared?.shift();
  }

  /** Nobody takes one any more. */
  close(): void {
    this.lines.clear();
  }
}
