import type { Member } from '../protocol.js';
import type { ClientListener } from './ports.js';
import type { SfuPath } from './sfu-path.js';

/** A link to another member. */
export interface Peer {
  readonly member: Member;
  up: boolean;
}

/** So many heartbeats in a row without a path are no way of getting in any more. */
const DEAF_BEATS = 2;

/** Tells a user when nothing works that could bring a voice from the SFU's room, and when something does again: nobody is deaf without knowing it. */
export class PathWatch {
  protected beats = 0;
  protected told = false;

  constructor(
    protected readonly paths: ReadonlyMap<string, SfuPath>,
    protected readonly peers: ReadonlyMap<string, Peer>,
    protected readonly listener: ClientListener,
  ) {}

  /**
   * Something may have changed, or a heartbeat has been answered.
   * @param wanted others hear each other over the SFU
   */
  look(wanted: boolean, heartbeat: boolean): void {
    if (!wanted || this.works()) this.rest();
    else if (heartbeat && ++this.beats === DEAF_BEATS) this.set(true);
  }

  /** Nobody is to be heard, or everybody is. */
  rest(): void {
    this.beats = 0;
    this.set(false);
  }

  protected works(): boolean {
    for (const { state } of this.paths.values()) if (state === 'healthy') return true;
    for (const { up } of this.peers.values()) if (up) return true;
    return false;
  }

  protected set(deaf: boolean): void {
    if (deaf === this.told) return;
    this.told = deaf;
    this.listener.onDegraded('path', deaf);
  }
}
