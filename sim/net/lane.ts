import type { Parcel } from './parcel.js';

/** What one side has sent over an unreliable, queued or cut path and is not yet through. Releases in the order of sending. */
export class Lane {
  /** The path is cut: parcels wait instead of being sent. */
  stalled = false;
  private parcels: Parcel[] = [];
  private head = 0;

  get empty(): boolean {
    return this.head === this.parcels.length;
  }

  /** As new: it may serve another side. Only while {@link empty}. */
  reset(): void {
    this.parcels.length = 0;
    this.head = 0;
    this.stalled = false;
  }

  push(parcel: Parcel): void {
    this.parcels.push(parcel);
  }

  /** The next parcel to hand over, when it has arrived. */
  shiftArrived(): Parcel | null {
    const first = this.parcels[this.head];
    if (first === undefined || !first.arrived) return null;
    this.head++;
    if (this.head > 64 && this.head * 2 > this.parcels.length) {
      this.parcels.splice(0, this.head);
      this.head = 0;
    }
    return first;
  }

  /** Takes those that wait for the end of a partition, in order. */
  takeWaiting(): Parcel[] {
    const waiting = this.parcels.slice(this.head).filter((parcel) => parcel.waiting);
    for (const parcel of waiting) parcel.waiting = false;
    return waiting;
  }

  /** Gives up all. Returns how many messages were among them. */
  abandon(): number {
    let messages = 0;
    for (const parcel of this.parcels.slice(this.head)) {
      parcel.dead = true;
      if (parcel.kind === 'data') messages++;
    }
    this.parcels = [];
    this.head = 0;
    return messages;
  }
}
