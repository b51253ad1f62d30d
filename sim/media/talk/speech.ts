/** Frames of a block of planning: 1 s. Nobody may look further ahead than the block that has begun, see {@link Speech.nextChange}. */
export const BLOCK_FRAMES = 50;

/** Spurts that ended longer ago than this many frames (60 s) are forgotten. */
const KEPT_FRAMES = 3_000;
const PRUNE_FROM = 64;

/**
 * When one member of a channel talks: spurts on the grid of Opus frames (frame `n` is captured from `n` x 20 ms of virtual time on).
 * Produced as far as somebody asks. The past can be asked for up to 60 s back.
 */
export class Speech {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  /** Spoken frames before the spurt of the same index. */
  private readonly counts: number[] = [];

  /**
   * @param userId who talks
   * @param cover plans everything up to the end of the block of a frame
   */
  constructor(
    readonly userId: string,
    private readonly cover: (frame: number) => void,
  ) {}

  /** True when the person talks during a frame. */
  speaks(frame: number): boolean {
    this.cover(frame);
    const index = this.lastFrom(frame);
    return index >= 0 && frame < this.ends[index]!;
  }

  /** Spoken frames with a number below `frame`, since the person has joined. */
  spokenBefore(frame: number): number {
    this.cover(frame - 1);
    const index = this.lastFrom(frame - 1);
    if (index < 0) return this.counts[0] ?? 0;
    return this.counts[index]! + Math.min(frame, this.ends[index]!) - this.starts[index]!;
  }

  /** The next frame after `frame` at which talk begins or ends; the first frame of the next block when nothing is decided before that. */
  nextChange(frame: number): number {
    this.cover(frame);
    const block = (Math.floor(frame / BLOCK_FRAMES) + 1) * BLOCK_FRAMES;
    const index = this.lastFrom(frame);
    const end = index >= 0 ? this.ends[index]! : 0;
    const change = end > frame ? end : (this.starts[index + 1] ?? block);
    return Math.min(change, block);
  }

  /** The first frame from `frame` on at which a spurt begins, as far as is planned; Infinity: none. */
  nextStart(frame: number): number {
    return this.starts[this.lastFrom(frame - 1) + 1] ?? Number.POSITIVE_INFINITY;
  }

  /** @internal adds a spurt behind all others; what overlaps the last one prolongs it */
  add(from: number, until: number): void {
    const last = this.ends.length - 1;
    const after = last < 0 ? from : Math.max(from, this.ends[last]!);
    if (until <= after) return;
    if (last >= 0 && after === this.ends[last]) {
      this.ends[last] = until;
      return;
    }
    this.counts.push(last < 0 ? 0 : this.counts[last]! + this.ends[last]! - this.starts[last]!);
    this.starts.push(after);
    this.ends.push(until);
    if (this.ends.length >= PRUNE_FROM && this.ends[PRUNE_FROM / 2]! < after - KEPT_FRAMES) {
      for (const list of [this.starts, this.ends, this.counts]) list.splice(0, PRUNE_FROM / 2);
    }
  }

  /** @internal takes back what was planned from a frame on */
  truncate(frame: number): void {
    while (this.starts.length > 0 && this.starts.at(-1)! >= frame) {
      this.starts.pop();
      this.ends.pop();
      this.counts.pop();
    }
    const last = this.ends.length - 1;
    if (last >= 0 && this.ends[last]! > frame) this.ends[last] = frame;
  }

  /** Index of the last spurt that has begun by a frame, -1: none. Mostly it is one of the last. */
  private lastFrom(frame: number): number {
    let index = this.starts.length - 1;
    while (index >= 0 && this.starts[index]! > frame) index--;
    return index;
  }
}
