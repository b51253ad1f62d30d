import { type ChoiceSource, SeededSource } from './choice-source.js';
import type { RecordedChoice } from './recording.js';

/** A choice that the world asked for and the recorded list does not have, or has with another number of options. */
export interface Divergence {
  readonly label: string;
  readonly ordinal: number;
  /** Number of options now. */
  readonly n: number;
  /** Number of options then; null when the choice is not in the list. */
  readonly recordedN: number | null;
}

/**
 * Decides as recorded. Choices are found by label and ordinal, not by their place in the list, so that a recording
 * survives changes elsewhere in the program. Where the world asks something else, the replay has diverged: it says so
 * in {@link divergences} and goes on with the seed.
 */
export class ReplaySource implements ChoiceSource {
  /** What did not fit, in the order of asking; empty after a faithful replay. */
  readonly divergences: Divergence[] = [];
  private readonly byLabel = new Map<string, Map<number, RecordedChoice>>();
  private readonly fallback: SeededSource;

  /** @param seed of the fallback; with the recorded world's own seed, a missing choice falls as it did there */
  constructor(recorded: Iterable<RecordedChoice>, seed: number) {
    this.fallback = new SeededSource(seed);
    for (const choice of recorded) {
      let ofLabel = this.byLabel.get(choice.label);
      if (ofLabel === undefined) {
        ofLabel = new Map();
        this.byLabel.set(choice.label, ofLabel);
      }
      ofLabel.set(choice.ordinal, choice);
    }
  }

  choose(label: string, ordinal: number, n: number): number {
    // Drawn each time, wanted or not: this keeps the fallback in step with the recorded world.
    const drawn = this.fallback.choose(label, ordinal, n);
    const recorded = this.byLabel.get(label)?.get(ordinal);
    if (recorded !== undefined && recorded.n === n) return recorded.value;
    this.divergences.push({ label, ordinal, n, recordedN: recorded?.n ?? null });
    return drawn;
  }
}
