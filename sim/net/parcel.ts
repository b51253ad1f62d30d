import type { ConnectionSide } from './connection-side.js';

/** What a parcel tells the receiving side. */
export type ParcelKind = 'data' | 'open' | 'fin' | 'reset';

/** Something on its way along one direction of a connection. */
export class Parcel {
  /** All its packets have arrived; it waits for those before it. */
  arrived = false;
  /** Waits for the end of a partition. */
  waiting = false;
  /** No longer on its way: its connection has given up. */
  dead = false;
  /** Transmissions beyond the first. */
  retries = 0;
  /** When it was first sent, in microseconds. */
  sentUs = 0;
  /** The one behind it in its lane. */
  next: Parcel | null = null;

  constructor(
    /** The side that gets it. */
    readonly to: ConnectionSide,
    readonly kind: ParcelKind,
    readonly message: unknown,
    readonly bytes: number,
  ) {}
}
