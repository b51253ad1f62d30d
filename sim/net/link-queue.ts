/** Answer of a link for a packet that its queue has no room for. */
export const QUEUE_FULL = -2;

/** A first-in-first-out queue in front of a link with limited capacity. Offers come in the order of time. */
export interface LinkQueue {
  /**
   * Takes a packet in.
   * @param nowUs when it comes, in microseconds
   * @param patient true: there is room for it in any case (it waits in the sender's buffer)
   * @returns when its last bit has left, in microseconds (may be fractional), or {@link QUEUE_FULL}
   */
  offer(nowUs: number, bytes: number, patient: boolean): number;
}

/** What fits in a queue. */
export interface QueueLimit {
  /** Longest wait in ms before a packet's own first bit leaves; null: none. */
  readonly queueMs: number | null;
  /** Most bytes, the one being sent and the new one included; null: none. An empty queue takes any packet. */
  readonly queueBytes: number | null;
}
