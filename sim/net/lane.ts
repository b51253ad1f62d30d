import type { Parcel } from './parcel.js';

/**
 * What one side has sent over an unreliable, queued or cut path and is not yet through. Releases in the order of sending. Parcels are
 * chained to each other, since a lane mostly holds one: an array would be allocated anew for each message.
 */
export class Lane {
  /** The path is cut: parcels wait instead of being sent. */
  stalled = false;
  private first: Parcel | null = null;
  private last: Parcel | null = null;

  get empty(): boolean {
    return this.first === null;
  }

  /** As new: it may serve another side. Only while {@link empty}. */
  reset(): void {
    this.stalled = false;
  }

  push(parcel: Parcel): void {
    if (this.last === null) this.first = parcel;
    else this.last.next = parcel;
    this.last = parcel;
  }

  /** The next parcel to hand over, when it has arrived. */
  shiftArrived(): Parcel | null {
    const { first } = this;
    if (first === null || !first.arrived) return null;
    this.first = first.next;
    if (this.first === null) this.last = null;
    first.next = null;
    return first;
  }

  /** Takes those that wait for the end of a partition, in order. */
  takeWaiting(): Parcel[] {
    const waiting: Parcel[] = [];
    for (let parcel = this.first; parcel !== null; parcel = parcel.next) {
      if (!parcel.waiting) continue;
      parcel.waiting = false;
      waiting.push(parcel);
    }
    return waiting;
  }

  /** Gives up all. Returns how many messages were among them. */
  abandon(): number {
    let messages = 0;
    for (let parcel = this.first; parcel !== null; parcel = parcel.next) {
      parcel.dead = true;
      if (parcel.kind === 'data') messages++;
    }
    this.first = this.last = null;
    return messages;
  }
}
