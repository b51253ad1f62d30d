import type { Host } from '../hosts/index.js';

/**
 * Why a connection ended. `closed`: the other side closed it; `reset`: the other process is gone or has given up; `timeout`: no
 * answer for too long; `refused`: nobody listens, or there is no process.
 */
export type CloseReason = 'closed' | 'reset' | 'timeout' | 'refused';

/** What one side does on events. Each runs on that side's host: waits while it is paused, never runs after it has crashed. */
export interface ConnectionHandlers {
  /** The connect has succeeded (only on the side that asked). */
  onOpen?(connection: Connection): void;
  onMessage?(message: unknown, connection: Connection): void;
  /** The connection ended, once, and not by this side's own `close()`. */
  onClose?(reason: CloseReason, connection: Connection): void;
}

/** One side of a reliable, ordered stream of messages (TCP, a WebSocket). */
export interface Connection {
  /** The same on both sides, unique in a network. */
  readonly id: number;
  /** Name it was connected to. */
  readonly service: string;
  readonly local: Host;
  readonly remote: Host;
  /** Messages can be sent. */
  readonly open: boolean;
  /** What the other side gave as reason of its `close()`, if it did. */
  readonly closeDetail: string | undefined;
  /** May be replaced at any time. */
  handlers: ConnectionHandlers;
  /** For the owner's own use. */
  data?: unknown;
  /**
   * Sends a message; it arrives exactly once and in order, or the connection ends. On a closed connection it does nothing (code of a
   * crashed process may still call it).
   * @param bytes size on the wire; default `messageBytes` of the network options
   */
  send(message: unknown, bytes?: number): void;
  /** Ends this side now, without a callback here. The other side gets what was sent before, then `onClose('closed')`. */
  close(reason?: string): void;
}

/** How to connect. */
export interface ConnectOptions {
  /** Round trips until it is open: 1 for TCP, which a paused process's kernel completes; 2 with TLS 1.3; 3 for a secure WebSocket. Default 1. */
  readonly roundTrips?: number;
}
