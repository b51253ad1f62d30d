import type { ChoiceStream } from '../kernel/index.js';
import type { BurstLoss } from './link-options.js';

/** One Opus packet: the chain of a burst takes a step for each, also for those that are not simulated one by one. */
const STEP_US = 20_000;

/**
 * Decides which packets of one link are lost: each on its own, or in bursts (Gilbert-Elliott). Bursts are measured over a stream of voice
 * (50 packets a second), so the chain goes on while we send nothing: a repetition after 2 s does not meet the burst that took the first
 * attempt 80 ms long.
 */
export class Loss {
  private bad = false;
  private atUs = 0;

  /**
   * @param lossRate share of packets lost, each on its own; used when `burst` is null
   * @param burst chain of two states, one step a packet
   */
  constructor(
    readonly lossRate: number,
    readonly burst: BurstLoss | null,
  ) {}

  /** True when this link can lose anything. */
  get possible(): boolean {
    return this.burst === null ? this.lossRate > 0 : true;
  }

  /** Share of packets that are lost in the long run. */
  get share(): number {
    const { burst } = this;
    if (burst === null) return this.lossRate;
    const bad = burst.p / (burst.p + burst.r);
    return bad * burst.lossBad + (1 - bad) * burst.lossGood;
  }

  /** Takes the next packet; true when it is lost. */
  next(stream: ChoiceStream, nowUs: number): boolean {
    const { burst } = this;
    if (burst === null) return stream.chance(this.lossRate);
    const steps = Math.floor((nowUs - this.atUs) / STEP_US);
    if (steps > 1) this.bad = stream.chance(this.badAfter(burst, steps - 1));
    if (nowUs > this.atUs) this.atUs = nowUs;
    const lost = stream.chance(this.bad ? burst.lossBad : burst.lossGood);
    if (stream.chance(this.bad ? burst.r : burst.p)) this.bad = !this.bad;
    return lost;
  }

  /** Probability of the bad state after so many steps. */
  private badAfter({ p, r }: BurstLoss, steps: number): number {
    if (p + r === 0) return this.bad ? 1 : 0;
    // what is left of the present state: (1 - p - r) ^ steps
    let memory = 1;
    let factor = 1 - p - r;
    for (let left = Math.min(steps, 4_096); left > 0; left >>= 1) {
      if ((left & 1) === 1) memory *= factor;
      factor *= factor;
    }
    const settled = p / (p + r);
    return settled + ((this.bad ? 1 : 0) - settled) * memory;
  }
}
