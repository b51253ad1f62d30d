import type { HostTimer } from '../hosts/index.js';
import type { Connection } from '../net/index.js';
import type { SfuRoomState } from './sfu-room.js';

/** The node's end of a client in a room. */
export class SfuParticipant {
  /** Transports are connected in both directions. */
  attached = false;
  /** Stamp of the token that let it in; 0 where tokens have none. */
  stamp = 0;
  /** The node has let go of it. */
  removed = false;
  /** Runs while nothing arrives from the client. */
  staleTimer: HostTimer | null = null;
  /** Set by the client's end: something it can see through the simulator has changed. */
  onChange: (() => void) | null = null;
  /** Set by the node: the client's packets arrive again, or no longer. */
  onSilence: ((silent: boolean) => void) | null = null;

  constructor(
    readonly room: SfuRoomState,
    readonly userId: string,
    readonly sessionId: string,
    readonly connection: Connection,
  ) {}
}
