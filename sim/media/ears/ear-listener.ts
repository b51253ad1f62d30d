/** What one person heard, over all talkers. */
export class EarListener {
  frames = 0;
  lost = 0;
  /** Sum of the opinion scores of all frames. */
  opinion = 0;
  gaps = 0;
  /** Spoken time that was an audible gap. */
  gapUs = 0;
  doubledUs = 0;
  layerSwitches = 0;

  constructor(readonly userId: string) {}

  /** Average opinion score; NaN when nobody talked. */
  get mos(): number {
    return this.opinion / this.frames;
  }

  /** Time in which others talked, in microseconds. */
  get spokenUs(): number {
    return this.frames * 20_000;
  }

  /** Share of that time that was an audible gap. */
  get dropoutShare(): number {
    return this.frames > 0 ? Math.min(1, this.gapUs / this.spokenUs) : 0;
  }
}
