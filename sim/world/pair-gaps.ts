import { Samples } from '../metrics/recorder.js';
import type { WorldEvents } from './world-events.js';

/** How long each listener has not heard each talker, over the whole run. */
export class PairGaps {
  private readonly gapMs = new Map<string, number>();

  constructor(events: WorldEvents) {
    const add = (listener: string, talker: string, ms: number) => {
      const pair = `${listener} ${talker}`;
      this.gapMs.set(pair, (this.gapMs.get(pair) ?? 0) + ms);
    };
    events.listen({
      firstHeard: (listener, talker) => add(listener.userId, talker.userId, 0),
      gap: ({ listener, talker, fromUs, toUs }) => add(listener, talker, (toUs - fromUs) / 1e3),
    });
  }

  /** The sum of each pair that has heard each other at least once. */
  sums(): Samples {
    const samples = new Samples();
    for (const ms of this.gapMs.values()) samples.add(0, ms);
    return samples;
  }
}
