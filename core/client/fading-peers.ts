import type { TimerHandle } from '../ports.js';
import type { Member } from '../protocol.js';
import type { Peer } from './path-watch.js';

/** Links to sessions that were replaced, until they are closed. */
export class FadingPeers extends Map<Peer, TimerHandle> {
  /** An older tab of the user is still heard. */
  hears(userId: string): boolean {
    for (const { member, up } of this.keys()) if (up && member.userId === userId) return true;
    return false;
  }

  of({ sessionId }: Member): Peer | null {
    for (const peer of this.keys()) if (peer.member.sessionId === sessionId) return peer;
    return null;
  }
}
