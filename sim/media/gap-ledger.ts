/** An interval in which a listener that had heard a talker did not hear it, while both were in the channel. */
export interface Gap {
  readonly fromUs: number;
  readonly toUs: number;
  /** User ids. */
  readonly listener: string;
  readonly talker: string;
  readonly channelId: number;
  /** Hints, in words: what was wrong when it began. */
  readonly cause: string;
  /** The device of one of the two slept or was off while it lasted. */
  readonly asleep: boolean;
  /** False when the voice came back; true when one of the two left, or the run ended, in silence. */
  readonly unfinished: boolean;
}

/** Adds up gaps and keeps the longest. */
export class GapLedger {
  count = 0;
  totalUs = 0;
  maxUs = 0;
  private readonly kept: Gap[] = [];
  private shortestUs = 0;

  /** @param keep how many of the longest gaps to keep */
  constructor(private readonly keep = 500) {}

  /** Whether a gap of this length would be kept. */
  wants(durationUs: number): boolean {
    return this.kept.length < this.keep || durationUs > this.shortestUs;
  }

  /** Counts a gap; of equal ones the earlier stays. */
  add(gap: Gap): void {
    const durationUs = gap.toUs - gap.fromUs;
    this.count++;
    this.totalUs += durationUs;
    if (durationUs > this.maxUs) this.maxUs = durationUs;
    if (this.kept.length < this.keep) {
      this.kept.push(gap);
      if (this.kept.length === this.keep) this.shortestUs = this.length(this.shortest());
    } else if (durationUs > this.shortestUs) {
      this.kept[this.shortest()] = gap;
      this.shortestUs = this.length(this.shortest());
    }
  }

  /** The longest gaps, longest first. */
  longest(): Gap[] {
    return [...this.kept].sort((a, b) => b.toUs - b.fromUs - (a.toUs - a.fromUs) || a.fromUs - b.fromUs);
  }

  private length(index: number): number {
    const gap = this.kept[index] as Gap;
    return gap.toUs - gap.fromUs;
  }

  private shortest(): number {
    let best = 0;
    for (let i = 1; i < this.kept.length; i++) if (this.length(i) <= this.length(best)) best = i;
    return best;
  }
}
