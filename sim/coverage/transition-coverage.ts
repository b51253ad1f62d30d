/** Which transitions a machine has, or may have in some world: pairs of state and event. */
export interface KnownTransitions {
  readonly machine: string;
  readonly transitions: readonly (readonly [state: string, event: string])[];
}

/** One row of the coverage table. */
export interface CoverageRow {
  readonly machine: string;
  readonly state: string;
  readonly event: string;
  /** How often it was taken. */
  readonly count: number;
  /** False for a transition that was taken but that nobody had announced. */
  readonly known: boolean;
}

interface Entry {
  readonly machine: string;
  readonly state: string;
  readonly event: string;
  readonly known: boolean;
  count: number;
}

/**
 * Counts (machine, state, event) tuples while worlds run. It is only a tally: who notes, and what counts as a machine, is decided
 * elsewhere ({@link watchMigrations}, {@link watchClients}). Tallies of several worlds or threads are merged.
 */
export class TransitionCoverage {
  private readonly machines = new Map<string, Map<string, Map<string, Entry>>>();

  /** @param known the transitions to be expected; further ones may be noted all the same */
  constructor(known: readonly KnownTransitions[] = []) {
    for (const { machine, transitions } of known)
      for (const [state, event] of transitions) this.entry(machine, state, event, true);
  }

  /** The transition was taken once more. */
  note(machine: string, state: string, event: string, times = 1): void {
    this.entry(machine, state, event, false).count += times;
  }

  /** Adds the counts of another tally to this one; what is known here or there is known. */
  merge(other: TransitionCoverage | readonly CoverageRow[]): void {
    for (const { machine, state, event, count, known } of Array.isArray(other)
      ? (other as readonly CoverageRow[])
      : (other as TransitionCoverage).table())
      this.entry(machine, state, event, known).count += count;
  }

  /** How often a transition was taken. */
  count(machine: string, state: string, event: string): number {
    return this.machines.get(machine)?.get(state)?.get(event)?.count ?? 0;
  }

  /** All rows, by machine, state and event in the order in which they were first named. Plain data: it survives `postMessage` and JSON. */
  table(): CoverageRow[] {
    const rows: CoverageRow[] = [];
    for (const states of this.machines.values())
      for (const events of states.values()) for (const row of events.values()) rows.push({ ...row });
    return rows;
  }

  /** Known transitions that were never taken. */
  missing(): CoverageRow[] {
    return this.table().filter(({ known, count }) => known && count === 0);
  }

  /** Transitions that were taken although nobody knew of them. */
  unexpected(): CoverageRow[] {
    return this.table().filter(({ known }) => !known);
  }

  /** The table as text, one line a tuple; `-` marks what was never taken, `?` what nobody had announced. */
  text(): string {
    const rows = this.table();
    const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => words(row)[column]!.length), 0));
    return rows
      .map((row) => {
        const mark = row.count === 0 ? '-' : row.known ? ' ' : '?';
        const [machine, state, event] = words(row).map((word, column) => word.padEnd(widths[column]!));
        return `${mark} ${machine}  ${state}  ${event}  ${String(row.count).padStart(7)}`;
      })
      .join('\n');
  }

  private entry(machine: string, state: string, event: string, known: boolean): Entry {
    const states = this.machines.get(machine) ?? new Map<string, Map<string, Entry>>();
    if (states.size === 0) this.machines.set(machine, states);
    const events = states.get(state) ?? new Map<string, Entry>();
    if (events.size === 0) states.set(state, events);
    let entry = events.get(event);
    if (!entry || (known && !entry.known)) {
      entry = { machine, state, event, known, count: entry?.count ?? 0 };
      events.set(event, entry);
    }
    return entry;
  }
}

function words({ machine, state, event }: CoverageRow): [string, string, string] {
  return [machine, state, event];
}
