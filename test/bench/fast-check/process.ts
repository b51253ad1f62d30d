import type { Timers } from '../../../core/ports.js';
import type { Host } from '../../../sim/hosts/index.js';
import type { VirtualTime } from './virtual-time.js';

/** What a process does at the turns of its life. */
export interface ProcessParts {
  readonly boot?: () => void;
  readonly down?: () => void;
  /** Paused, or going on. */
  readonly changed?: () => void;
}

/** Something that runs, and can be stopped and killed from outside: what is due meanwhile waits, or is lost. */
export class Process {
  state: 'up' | 'paused' | 'down' = 'down';
  /** Number of starts. */
  life = 0;
  /** Told when the process dies; cleared then. */
  readonly mourners = new Set<() => void>();
  private held: (() => void)[] = [];
  private pausedUntilUs = 0;

  constructor(
    readonly time: VirtualTime,
    readonly id: string,
    private readonly parts: ProcessParts = {},
  ) {}

  start(): void {
    this.state = 'up';
    this.life++;
    this.parts.boot?.();
  }

  /** Does something now, or when the pause is over; never when it is down. */
  run(work: () => void): void {
    if (this.state === 'up') work();
    else if (this.state === 'paused') this.held.push(work);
  }

  /** Timers that die with the process. */
  readonly timers: Timers = {
    after: (delayMs, callback) => this.afterUs(delayMs * 1_000, callback),
  };

  afterUs(delayUs: number, callback: () => void): { cancel(): void } {
    const { life } = this;
    let cancelled = false;
    const timer = this.time.after(delayUs, () =>
      this.run(() => {
        if (!cancelled && this.life === life) callback();
      }),
    );
    return {
      cancel: () => {
        cancelled = true;
        timer.cancelled = true;
      },
    };
  }

  pause(forUs: number): void {
    if (this.state === 'down') return;
    const { life } = this;
    this.pausedUntilUs = Math.max(this.pausedUntilUs, this.time.nowUs + Math.round(forUs));
    this.state = 'paused';
    this.parts.changed?.();
    this.time.after(forUs, () => {
      if (this.life === life && this.state === 'paused' && this.time.nowUs >= this.pausedUntilUs) this.resume();
    });
  }

  /** @param forUs until it starts again; undefined: never */
  crash(forUs: number | undefined): void {
    if (this.state === 'down') return;
    this.state = 'down';
    this.held = [];
    this.pausedUntilUs = 0;
    this.parts.down?.();
    for (const tell of [...this.mourners]) tell();
    this.mourners.clear();
    if (forUs !== undefined) this.time.after(forUs, () => this.start());
  }

  /** For the hearing matrix, which asks a host for its identity and its state only. */
  get host(): Host {
    return this as unknown as Host;
  }

  private resume(): void {
    this.state = 'up';
    const due = this.held;
    this.held = [];
    for (let i = 0; i < due.length; i++) {
      // what it does first may kill or stop it
      if (this.state === 'up') due[i]!();
      else this.run(due[i]!);
    }
    this.parts.changed?.();
  }
}
