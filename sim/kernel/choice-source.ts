import { type Generator, labelledGenerator, scaledInteger } from './random.js';

/**
 * Decides everything that a world leaves open. Stands behind {@link Choices} when choices are recorded, replayed or made
 * by a strategy.
 */
export interface ChoiceSource {
  /**
   * @param label names the stream, e.g. `net/c12->b1/loss`
   * @param ordinal how many choices this label has had before
   * @param n number of options, at least 2 (a choice with one option is never asked for)
   * @returns an integer 0 ... n - 1; 0 is the tame option (no fault, no delay, order of arrival)
   */
  choose(label: string, ordinal: number, n: number): number;
}

/** Decides at random, label by label: exactly as {@link Choices} does on its own for the same seed. */
export class SeededSource implements ChoiceSource {
  private readonly generators = new Map<string, Generator>();

  constructor(private readonly seed: number) {}

  choose(label: string, _ordinal: number, n: number): number {
    let generator = this.generators.get(label);
    if (generator === undefined) {
      generator = labelledGenerator(this.seed, label);
      this.generators.set(label, generator);
    }
    return scaledInteger(generator, n);
  }
}
