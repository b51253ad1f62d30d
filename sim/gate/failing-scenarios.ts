import type { GateRun } from '../../reports/gate/gate-schema.js';
import { judgeSeeds } from './judge-seeds.js';

/** Which scenarios fail by the runs that there are so far: judged as at the end, so that a seed which the others make up for is no failure. */
export class FailingScenarios {
  private readonly runs = new Map<string, GateRun[]>();
  private readonly failing = new Set<string>();
  /** Scenarios with runs that were not judged yet. */
  private readonly fresh = new Set<string>();

  add(run: GateRun): void {
    const own = this.runs.get(run.scenario);
    if (own === undefined) this.runs.set(run.scenario, [run]);
    else own.push(run);
    this.fresh.add(run.scenario);
  }

  get count(): number {
    for (const name of this.fresh) {
      const { verdict } = judgeSeeds(name, this.runs.get(name) as GateRun[]);
      if (verdict === 'pass') this.failing.delete(name);
      else this.failing.add(name);
    }
    this.fresh.clear();
    return this.failing.size;
  }

  /** `  2 scenarios fail so far`; nothing while none does. */
  get text(): string {
    const { count } = this;
    if (count === 0) return '';
    return count === 1 ? '  1 scenario fails so far' : `  ${count} scenarios fail so far`;
  }
}
