import type { Measured } from '../scenario/index.js';
import type { World } from './world.js';

/** How long somebody may wait for the channel, or for the first word of somebody, before it counts. */
const PATIENCE_US = 10_000_000;
/** How long somebody who was heard may be silenced. */
const GAP_US = 1_000_000;
const SAMPLES_MAX = 100_000;

/**
 * Uptime as people see it (B10, C10): of all the time in which they wanted to be in a channel, the share in which they were, and heard everybody there. Looked at
 * once a second, or every some seconds in runs of days. Somebody who waits for 10 s at most is not without service, nor is one who misses
 * somebody for a second, nor one whose own device, or that of the other, sleeps.
 */
export class Uptime {
  /** Looks at people who wanted to be in a channel, and those of them at which they were not, or missed somebody. */
  private wanted = 0;
  private without = 0;
  private readonly waitingSince = new Map<string, number>();
  private readonly everyUs: number;

  constructor(
    private readonly world: World,
    totalUs: number,
  ) {
    this.everyUs = Math.max(1_000_000, Math.ceil(totalUs / SAMPLES_MAX / 1e6) * 1e6);
    world.presence.watched = true;
    world.sim.at(this.everyUs, look, this as Uptime);
  }

  /** 0 to 1; null: nobody wanted anything. */
  measured(): Measured {
    return { kind: 'rate', value: this.wanted === 0 ? null : 1 - this.without / this.wanted, whole: this.wanted };
  }

  /** @internal */
  look(): void {
    const { sim, presence } = this.world;
    const { nowUs } = sim;
    const { inside, waiting, asleep } = presence;
    sim.after(this.everyUs, look, this as Uptime);
    this.wanted += inside.size + waiting.size;
    for (const sessionId of this.deaf()) if (inside.has(sessionId)) this.without++;
    for (const sessionId of this.waitingSince.keys())
      if (!waiting.has(sessionId) && !asleep.has(sessionId)) this.waitingSince.delete(sessionId);
    for (const sessionId of waiting) {
      const sinceUs = this.waitingSince.get(sessionId);
      if (sinceUs === undefined) this.waitingSince.set(sessionId, nowUs);
      else if (nowUs - sinceUs >= PATIENCE_US) this.without++;
    }
  }

  /** Sessions that miss somebody. */
  private deaf(): Set<string> {
    const { hearing, sim } = this.world;
    const deaf = new Set<string>();
    for (const { listener, talker, silentSinceUs, everHeard } of hearing.silentPairs(GAP_US)) {
      if (listener.host.state !== 'up' || talker.host.state !== 'up') continue;
      if (everHeard || sim.nowUs - (silentSinceUs as number) >= PATIENCE_US) deaf.add(listener.sessionId);
    }
    return deaf;
  }
}

function look(uptime: Uptime): void {
  uptime.look();
}
