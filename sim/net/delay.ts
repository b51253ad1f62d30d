import type { ChoiceStream } from '../kernel/index.js';

/** Shape of the jitter around a delay. */
export type JitterShape = 'uniform' | 'normal' | 'exponential';

/** Propagation delay with jitter, never negative. */
export class Delay {
  constructor(
    /** Delay without jitter, in microseconds. */
    readonly meanUs: number,
    /** Half range, standard deviation or mean of the jitter, in microseconds. */
    readonly jitterUs: number,
    readonly shape: JitterShape,
  ) {}

  /** Delay of the next packet in microseconds (may be fractional). */
  next(stream: ChoiceStream): number {
    if (this.jitterUs === 0) return this.meanUs;
    return Math.max(0, this.meanUs + this.draw(stream));
  }

  private draw(stream: ChoiceStream): number {
    switch (this.shape) {
      case 'uniform':
        return (stream.uniform() * 2 - 1) * this.jitterUs;
      case 'normal':
        return stream.normal(0, this.jitterUs);
      case 'exponential':
        return stream.exponential(this.jitterUs);
    }
  }
}
