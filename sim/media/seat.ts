import type { ChannelMatrix } from './channel-matrix.js';

/** Place of a member in a channel's matrix: row as a listener, column as a talker. */
export interface Seat {
  readonly matrix: ChannelMatrix;
  readonly slot: number;
}
