/** One client connection of this backend, from `hello` on. */
export interface ClientConnection {
  /** The gateway's id. */
  readonly localId: string;
  /** `connects:instance#localId` */
  readonly name: string;
  userId: string;
  sessionId: string;
  /** Shown to others; it has been checked. */
  personName: string;
  /** The channel this connection is a member of, or waits for. */
  channelId: number | null;
  /** The channel that the client has asked for last. What was begun for another one is not finished. */
  wish: number | null;
  /** Waits in the queue of `channelId`. */
  queued: boolean;
  /** {@link QueuedJoin.since} of the session, while it waits. */
  queuedSince: number;
  /** Version at which the membership, or the place in the queue, was last confirmed: an older record is not proof of the contrary. */
  sinceVersion: number;
  /** Epoch at that version: the store has lost something when it comes with an older one. */
  sinceEpoch: number;
  /** Version of the last view sent. */
  sentVersion: number;
  /** Tick of this backend in which the client was last heard of; ticks stand still while the process does, a clock does not. */
  heardTick: number;
  /** Heartbeats in a row that named no channel although we think there is one. */
  absentPings: number;
}

/** A connection that has just said hello. @param ticks of its backend */
export const newConnection = (
  localId: string,
  name: string,
  userId: string,
  sessionId: string,
  ticks: number,
  personName = '',
): ClientConnection => ({
  localId,
  name,
  userId,
  sessionId,
  personName,
  channelId: null,
  wish: null,
  queued: false,
  queuedSince: 0,
  sinceVersion: 0,
  sinceEpoch: 0,
  sentVersion: 0,
  heardTick: ticks,
  absentPings: 0,
});
