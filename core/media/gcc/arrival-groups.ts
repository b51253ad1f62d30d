/** Packets sent within this time of the first form a group. */
const GROUP_MS = 5;
/** Packets that arrive this close together although they were sent further apart have been held up together: one group ... */
const BURST_MS = 5;
/** ... which does not last longer than this. */
const BURST_MAX_MS = 100;
/** Arrivals going back this often in a row: the receiver's clock has changed, start afresh. */
const BACKWARD_MAX = 3;

interface Group {
  firstSentMs: number;
  sentMs: number;
  firstArrivedMs: number;
  arrivedMs: number;
}

const empty = (): Group => ({ firstSentMs: -1, sentMs: -1, firstArrivedMs: -1, arrivedMs: -1 });

/**
 * Gathers packets into groups and compares each with the one before (draft-ietf-rmcat-gcc-02, sections 5.1 and 5.2). With one voice
 * at 20 ms, each packet is a group; bursts after a wireless hold-up are one group, so that they do not look like a queue that drains.
 */
export class ArrivalGroups {
  /** Between the last two complete groups, in ms: of sending and of arrival. Valid after {@link add} returned true. */
  sendDeltaMs = 0;
  arrivalDeltaMs = 0;
  /** Arrival of the newer of the two. */
  arrivedMs = 0;
  protected before: Group = empty();
  protected present: Group = empty();
  protected backward = 0;

  /** A packet that arrived, in the order of sending; ones out of order are left out. true: two groups can be compared. */
  add(sentMs: number, arrivedMs: number): boolean {
    const { present } = this;
    if (present.firstSentMs < 0) {
      this.begin(present, sentMs, arrivedMs);
      return false;
    }
    if (sentMs < present.firstSentMs) return false;
    if (this.belongs(sentMs, arrivedMs)) {
      present.sentMs = Math.max(present.sentMs, sentMs);
      present.arrivedMs = arrivedMs;
      return false;
    }
    const comparable = this.before.firstSentMs >= 0 && this.compare();
    const reused = this.before;
    this.before = this.present;
    this.present = reused;
    this.begin(reused, sentMs, arrivedMs);
    return comparable;
  }

  protected compare(): boolean {
    const deltaMs = this.present.arrivedMs - this.before.arrivedMs;
    if (deltaMs < 0) {
      if (++this.backward >= BACKWARD_MAX) {
        this.present.firstSentMs = -1;
        this.backward = 0;
      }
      return false;
    }
    this.backward = 0;
    this.sendDeltaMs = this.present.sentMs - this.before.sentMs;
    this.arrivalDeltaMs = deltaMs;
    this.arrivedMs = this.present.arrivedMs;
    return true;
  }

  protected begin(group: Group, sentMs: number, arrivedMs: number): void {
    group.firstSentMs = group.sentMs = sentMs;
    group.firstArrivedMs = group.arrivedMs = arrivedMs;
  }

  protected belongs(sentMs: number, arrivedMs: number): boolean {
    const { present } = this;
    if (sentMs - present.firstSentMs <= GROUP_MS) return true;
    const arrivalMs = arrivedMs - present.arrivedMs;
    const heldUp = arrivalMs < sentMs - present.sentMs && arrivalMs <= BURST_MS;
    return heldUp && arrivedMs - present.firstArrivedMs < BURST_MAX_MS;
  }
}
