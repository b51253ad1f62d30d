/**
 * What two clients tell each other through the backends (`signal` messages). `s` is the sender's session, `t` the one it is
 * meant for, `n` the number of the offerer's attempt, growing within a session.
 */
export type PeerSignal =
  | { readonly k: 'offer'; readonly s: string; readonly t: string; readonly n: number }
  /** `g`: which of its links with us the answerer means. */
  | { readonly k: 'answer'; readonly s: string; readonly t: string; readonly n: number; readonly g: number }
  /** The answerer's link `g` is not up: please offer. */
  | { readonly k: 'want'; readonly s: string; readonly t: string; readonly n: number; readonly g: number };

/** Checks what came from outside; null when it is nothing we know. */
export function parsePeerSignal(data: unknown): PeerSignal | null {
  if (typeof data !== 'object' || data === null) return null;
  const { k, s, t, n } = data as Record<string, unknown>;
  const known = (k === 'offer' || k === 'answer' || k === 'want') && typeof s === 'string' && typeof t === 'string';
  return known && typeof n === 'number' ? (data as PeerSignal) : null;
}

/** Of two users the one with the smaller number offers. User ids are decimal strings without leading zeros. */
export function offersTo(userId: string, peerId: string): boolean {
  return userId.length === peerId.length ? userId < peerId : userId.length < peerId.length;
}
