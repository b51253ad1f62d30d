import type { ChoiceStream } from '../kernel/index.js';
import type { BurstLoss } from './link-options.js';

/** Decides which packets of one link are lost: each on its own, or in bursts (Gilbert-Elliott). */
export class Loss {
  private bad = false;

  /**
   * @param lossRate share of packets lost, each on its own; used when `burst` is null
   * @param burst chain of two states, one step a packet
   */
  constructor(
    private readonly lossRate: number,
    private readonly burst: BurstLoss | null,
  ) {}

  /** True when this link can lose anything. */
  get possible(): boolean {
    return this.burst === null ? this.lossRate > 0 : true;
  }

  /** Takes the next packet; true when it is lost. */
  next(stream: ChoiceStream): boolean {
    const { burst } = this;
    if (burst === null) return stream.chance(this.lossRate);
    const lost = stream.chance(this.bad ? burst.lossBad : burst.lossGood);
    if (stream.chance(this.bad ? burst.r : burst.p)) this.bad = !this.bad;
    return lost;
  }
}
