import type { RtpFields } from '../media/rtp.js';
import type { MessageRate } from './message-rate.js';
import type { Router } from './router.js';

/** A client's connection to the media server. */
export interface ServerConnection {
  readonly id: string;
  /** Connections are numbered: a later one counts more. */
  readonly ordinal: number;
  readonly openedMs: number;
  readonly rate: MessageRate;
  /** Room id -> the session's seat that this connection speaks for. */
  readonly seats: Map<string, Seat>;
  heardMs: number;
}

export interface SeatTransport {
  readonly id: string;
  readonly direction: 'send' | 'receive';
  readonly parameters: Readonly<Record<string, unknown>>;
  connected: boolean;
}

/** What a media server keeps of a session in a room, beside its media. */
export interface Seat {
  readonly room: ServerRoom;
  readonly sessionId: string;
  readonly userId: string;
  readonly name: string | null;
  /** The one that speaks for the session now. */
  connection: ServerConnection;
  readonly transports: Map<string, SeatTransport>;
  /** Track that it publishes by offer and answer: one at a time. */
  offered: string | null;
}

/** A call. */
export interface ServerRoom<Packet extends RtpFields = RtpFields> {
  readonly id: string;
  readonly router: Router<Packet>;
  /** Session id -> seat */
  readonly seats: Map<string, Seat>;
  /** Since when nobody has been in it. */
  emptySinceMs: number;
}
