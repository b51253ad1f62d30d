import type { SwarmOptions } from './swarm.js';

/** How an option goes with violations. */
export interface SwarmRow {
  /** Name, and the value where it is a number. */
  readonly option: string;
  /** Seeds with the option, and those among them that showed a violation. */
  readonly seeds: number;
  readonly caught: number;
  /** Share of seeds with a violation, with the option and without it. */
  readonly shareWith: number;
  readonly shareWithout: number;
}

/** Counts over many seeds which swarm options go with violations. */
export class SwarmTable {
  private seeds = 0;
  private caught = 0;
  private readonly byOption = new Map<string, { seeds: number; caught: number }>();

  note(options: SwarmOptions, caught: boolean): void {
    this.seeds++;
    if (caught) this.caught++;
    for (const [name, value] of Object.entries(options)) {
      if (value === false) continue;
      const option = value === true ? name : `${name}=${value}`;
      const count = this.byOption.get(option) ?? { seeds: 0, caught: 0 };
      count.seeds++;
      if (caught) count.caught++;
      this.byOption.set(option, count);
    }
  }

  /** Options by how much more often a seed with them fails than one without, the most telling first. */
  rows(): SwarmRow[] {
    return [...this.byOption]
      .map(([option, { seeds, caught }]) => ({
        option,
        seeds,
        caught,
        shareWith: caught / seeds,
        shareWithout: this.seeds === seeds ? 0 : (this.caught - caught) / (this.seeds - seeds),
      }))
      .sort((a, b) => b.shareWith - b.shareWithout - (a.shareWith - a.shareWithout) || (a.option < b.option ? -1 : 1));
  }
}
