import type { PlaneParts } from './plane-parts.js';

/** From the socket to the router and back: a wake-up, decryption, encryption. Our choice, in microseconds. */
const WAKE_US = 200;
/** One copy on one core: LiveKit sends 959 156 packets/s with 80 % of 16 cores, so 13.3 us a packet. */
const COPY_US = 13.3;

/** Something that has arrived and is to be worked on. */
export interface ArrivedWork {
  readonly arrivedUs: number;
  /** @returns how many copies were sent */
  perform(): number;
  /** There is no room for it to wait. Without this method it waits nevertheless. */
  drop?(): void;
}

/** Whoever forwards, one thing after the other. */
export interface ForwardingQueue {
  /** Performs it when its turn has come. */
  take(work: ArrivedWork): void;
}

/** The core of a node's processor that forwards media: one thing after the other, so that under load they wait. */
export class ForwardingCore implements ForwardingQueue {
  private readonly waiting: ArrivedWork[] = [];
  private head = 0;
  private busy = false;

  constructor(private readonly parts: PlaneParts) {}

  take(work: ArrivedWork): void {
    this.waiting.push(work);
    if (this.busy) return;
    this.busy = true;
    this.parts.sim.after(WAKE_US, next, this as ForwardingCore);
  }

  /** @internal */
  next(): void {
    const { sim, ears } = this.parts;
    const work = this.waiting[this.head++]!;
    const copies = work.perform();
    // the copies leave one by one
    if (copies > 0) ears.forwarded((sim.nowUs - work.arrivedUs + (copies * COPY_US) / 2) / 1000, copies);
    if (this.head === this.waiting.length) {
      this.waiting.length = this.head = 0;
      this.busy = false;
      return;
    }
    const waitsUs = sim.nowUs - this.waiting[this.head]!.arrivedUs;
    sim.after(Math.max(copies * COPY_US, WAKE_US - waitsUs), next, this as ForwardingCore);
  }
}

function next(core: ForwardingCore): void {
  core.next();
}
