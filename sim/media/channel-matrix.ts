import type { HearingMember } from './hearing-member.js';

const CAPACITY_MIN = 4;

/**
 * The pairs of one channel: square arrays over slots, row = listener, column = talker. Slots are reused; the arrays double
 * when they are full. No object per pair.
 */
export class ChannelMatrix {
  capacity = CAPACITY_MIN;
  /** By slot. */
  readonly members: (HearingMember | null)[] = new Array<null>(CAPACITY_MIN).fill(null);
  /** user id -> slot */
  readonly slots = new Map<string, number>();
  /** {@link PairBit} by `listener * capacity + talker`. */
  bits = new Uint8Array(CAPACITY_MIN * CAPACITY_MIN);
  /** While silent: since when, in microseconds (since both sit here, or since the last word). */
  sinceUs = new Float64Array(CAPACITY_MIN * CAPACITY_MIN);
  /** {@link CauseBit} of the present gap. */
  causes = new Uint8Array(CAPACITY_MIN * CAPACITY_MIN);
  /** Slots below this were used at some time. */
  used = 0;
  /** Pairs in which the listener hears the talker. */
  heardPairs = 0;
  private readonly free: number[] = [];

  constructor(readonly channelId: number) {}

  /** Members seated. */
  get size(): number {
    return this.slots.size;
  }

  /** Nobody misses anybody. */
  get allHeard(): boolean {
    return this.heardPairs === this.size * (this.size - 1);
  }

  /** Seats a member; its pairs are all zero. */
  take(member: HearingMember): number {
    let slot = this.free.pop();
    if (slot === undefined) {
      if (this.used === this.capacity) this.grow();
      slot = this.used++;
    }
    this.members[slot] = member;
    this.slots.set(member.userId, slot);
    return slot;
  }

  /** Empties a slot and clears its row and column. */
  release(slot: number): void {
    const member = this.members[slot];
    if (!member) throw new Error(`slot ${slot} of channel ${this.channelId} is empty`);
    const { capacity, bits } = this;
    for (let other = 0; other < this.used; other++) {
      bits[slot * capacity + other] = 0;
      bits[other * capacity + slot] = 0;
    }
    this.members[slot] = null;
    this.slots.delete(member.userId);
    this.free.push(slot);
  }

  private grow(): void {
    const before = this.capacity;
    const after = before * 2;
    const bits = new Uint8Array(after * after);
    const sinceUs = new Float64Array(after * after);
    const causes = new Uint8Array(after * after);
    for (let row = 0; row < before; row++) {
      bits.set(this.bits.subarray(row * before, (row + 1) * before), row * after);
      sinceUs.set(this.sinceUs.subarray(row * before, (row + 1) * before), row * after);
      causes.set(this.causes.subarray(row * before, (row + 1) * before), row * after);
    }
    for (let slot = before; slot < after; slot++) this.members.push(null);
    this.capacity = after;
    this.bits = bits;
    this.sinceUs = sinceUs;
    this.causes = causes;
  }
}
