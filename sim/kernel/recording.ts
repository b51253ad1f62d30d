import type { ChoiceSource } from './choice-source.js';

/** One decision of a world: under `label`, the `ordinal`-th choice among `n` options was `value`. */
export interface RecordedChoice {
  readonly label: string;
  readonly ordinal: number;
  readonly n: number;
  readonly value: number;
}

/** Writes down what another source decides. The list is the schedule of the world: see {@link ReplaySource}. */
export class RecordingSource implements ChoiceSource {
  readonly recorded: RecordedChoice[] = [];

  constructor(private readonly source: ChoiceSource) {}

  choose(label: string, ordinal: number, n: number): number {
    const value = this.source.choose(label, ordinal, n);
    this.recorded.push({ label, ordinal, n, value });
    return value;
  }
}
