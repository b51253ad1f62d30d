import type { Clock, Randomness, TimerHandle, Timers } from '../../core/ports.js';
import type { Host, HostTimer } from '../hosts/index.js';
import type { ChoiceStream } from '../kernel/index.js';

class HostTimerHandle implements TimerHandle {
  constructor(private readonly timer: HostTimer) {}

  cancel(): void {
    this.timer.host.cancelTimer(this.timer);
  }
}

/** The core's timers and clock on a simulated host. */
export class HostTimers implements Timers, Clock {
  constructor(private readonly host: Host) {}

  nowMs(): number {
    return this.host.nowMs();
  }

  after(delayMs: number, callback: () => void): TimerHandle {
    return new HostTimerHandle(this.host.after(Math.round(delayMs * 1000), callback));
  }
}

/** The core's randomness from a labelled stream. */
export class StreamRandomness implements Randomness {
  private uniques = 0;

  /** @param name what no other stream of the world is called */
  constructor(
    private readonly name: string,
    private readonly stream: ChoiceStream,
  ) {}

  unique(): string {
    return `${this.name}.${++this.uniques}`;
  }

  uniform(): number {
    return this.stream.uniform();
  }
}
