import type { MembershipState } from '../../core/client/mode-controller.js';

/** What a tab believes of its place in a channel; `asleep`: nothing, because its device does not run. */
export type PresenceState = MembershipState | 'asleep';

/**
 * Sessions by what they believe, kept as it changes: whoever looks every second at thousands of people need not ask each of them. Kept only if
 * somebody wants to know.
 */
export class Presence {
  /** In a channel. */
  readonly inside = new Set<string>();
  /** Asked for one, or in its queue. */
  readonly waiting = new Set<string>();
  readonly asleep = new Set<string>();
  /** Somebody looks. */
  watched = false;

  /** A session believes something else from now on. */
  move(sessionId: string, from: PresenceState, to: PresenceState): void {
    this.of(from)?.delete(sessionId);
    this.of(to)?.add(sessionId);
  }

  private of(state: PresenceState): Set<string> | null {
    if (state === 'in') return this.inside;
    if (state === 'asleep') return this.asleep;
    return state === 'out' ? null : this.waiting;
  }
}
