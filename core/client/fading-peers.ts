import type { TimerHandle } from '../ports.js';
import type { Member } from '../protocol.js';
import type { Peer } from './path-watch.js';

/** How many overlaps and fades a link to a session that is no longer in the roster is kept for. */
export const FadeRounds = {
  /** The old tab of a person who has opened a new one, until that one is heard. */
  replaced: 10,
  /** Somebody whom the channel has forgotten and who goes on: 30 s, time to find another backend (and as long as a silent link lives, RFC 7675). */
  forgotten: 12,
} as const;

/** Links to sessions that are no longer in the roster, until they are closed. */
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

  /** This link does not fade any more. */
  drop(peer: Peer): void {
    this.get(peer)?.cancel();
    this.delete(peer);
  }

  stop(): void {
    for (const timer of this.values()) timer.cancel();
    this.clear();
  }
}
