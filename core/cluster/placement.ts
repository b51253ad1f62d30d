import type { Randomness } from '../ports.js';

/**
 * Where a new room goes.
 * - `two-choices`: the better of two nodes drawn at random (Mitzenmacher 2001). Loads are old, and everybody choosing the least loaded makes a herd.
 * - `least-loaded`: the one with the least load, corrected by what has been placed there since.
 * - `region`: two choices among the nodes of the backend's own region; where none of them takes rooms, among all.
 */
export type PlacementStrategy = 'two-choices' | 'least-loaded' | 'region';

export const PLACEMENT_STRATEGIES = ['two-choices', 'least-loaded', 'region'] as const satisfies PlacementStrategy[];

export interface PlacementOptions {
  readonly strategy: PlacementStrategy;
  /** Load that somebody who has come since the last report counts for, where nodes report load (jicofo: 0.01). */
  readonly joinLoad: number;
  /** Of this backend; empty: unknown. */
  readonly region: string;
  /** Of the nodes; those left out are of none. */
  readonly regions: ReadonlyMap<string, string>;
}

export const defaultPlacement: PlacementOptions = {
  strategy: 'two-choices',
  joinLoad: 0.01,
  region: '',
  regions: new Map(),
};

/** A node as a backend sees it: what it reported, some seconds ago, and what was done since. */
export interface PlacedNode {
  /** Participants. */
  readonly load: number;
  /** Share of its scarcest resource; null: it does not tell. */
  readonly share: number | null;
  /** Rooms this backend has placed there since, and people they were for. */
  readonly placed: number;
  readonly expected: number;
}

/** Chooses among nodes that take rooms. */
export class Placement {
  constructor(
    protected readonly options: PlacementOptions,
    protected readonly random: Randomness,
  ) {}

  /** @param nodes at least one, in an order that is the same everywhere */
  choose(nodes: readonly string[], look: (node: string) => PlacedNode): string {
    const { strategy, region, regions } = this.options;
    switch (strategy) {
      case 'two-choices':
        return this.betterOfTwo(nodes, look);
      case 'region': {
        const near = nodes.filter((node) => regions.get(node) === region);
        return this.betterOfTwo(near.length > 0 ? near : nodes, look);
      }
      case 'least-loaded': {
        const least = Math.min(...nodes.map((node) => this.score(look(node))));
        return this.draw(nodes.filter((node) => this.score(look(node)) === least));
      }
    }
  }

  protected betterOfTwo(nodes: readonly string[], look: (node: string) => PlacedNode): string {
    const [a, b] = [this.draw(nodes), this.draw(nodes)];
    return this.score(look(b)) < this.score(look(a)) ? b : a;
  }

  protected score({ load, share, placed, expected }: PlacedNode): number {
    return share === null ? load + placed : share + this.options.joinLoad * expected;
  }

  protected draw(nodes: readonly string[]): string {
    return nodes[Math.floor(this.random.uniform() * nodes.length)]!;
  }
}
