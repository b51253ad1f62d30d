import type { ChoiceStream } from '../kernel/index.js';

/** Draws access networks by weight. */
export class WeightedProfiles {
  private readonly names: readonly string[];
  private readonly limits: readonly number[];

  /** @param weights name of an access network -> weight; without any, {@link draw} gives undefined */
  constructor(weights: Readonly<Record<string, number>>) {
    this.names = Object.keys(weights).filter((name) => weights[name]! > 0);
    let limit = 0;
    this.limits = this.names.map((name) => (limit += weights[name]!));
  }

  draw(stream: ChoiceStream): string | undefined {
    const { names, limits } = this;
    if (names.length < 2) return names[0];
    const draw = stream.between(0, limits.at(-1)!);
    return names[limits.findIndex((limit) => draw < limit)];
  }
}
