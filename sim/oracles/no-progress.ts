import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

interface Waiting {
  readonly userId: string;
  readonly channelId: number;
  /** Since when nothing has come of it; of a session that is connected. */
  sinceUs: number;
  /** Place in the queue; Infinity before it is known. */
  position: number;
  /** It has been reported. */
  told: boolean;
}

/**
 * Nobody is left to wait while nothing happens: somebody with a connection has asked to join, does not get on in the queue, and the channel
 * does not change either, for longer than a migration and its rollback take together, and nothing is broken. To be told again and again to
 * wait or to try again is not progress. Unlike `lost-join` it does not wait for the end of the load, and does not take slowness for a loss.
 */
export const noProgress: Oracle = {
  id: 'no-progress',
  kind: 'liveness',
  claim: 'while nothing is broken, who asks to join gets in, gets on in the queue, or sees the channel move',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const patienceUs = patienceOf(evidence);
    const waiting = new Map<string, Waiting>();
    const movedUs = new Map<number, number>();
    waitingIn.set(evidence, { waiting, movedUs });

    const look = (sessionId: string): Waiting | undefined => {
      const one = waiting.get(sessionId);
      const finding = one?.told === false && stalled(evidence, one, movedUs, patienceUs);
      if (finding) {
        one.told = true;
        report(finding);
      }
      return one;
    };
    const end = ({ sessionId }: { sessionId: string }): void => {
      look(sessionId);
      waiting.delete(sessionId);
    };
    evidence.onClients({
      joinRequested: ({ userId, sessionId }, channelId) => {
        if (waiting.get(sessionId)?.channelId !== channelId)
          waiting.set(sessionId, {
            userId,
            channelId,
            sinceUs: evidence.nowUs,
            position: Number.POSITIVE_INFINITY,
            told: false,
          });
      },
      joinQueued: ({ sessionId }, _channelId, _requestId, position) => {
        const one = look(sessionId);
        if (one === undefined || position >= one.position) return;
        one.position = position;
        one.sinceUs = evidence.nowUs;
      },
      joinRefused: (client, channelId, _requestId, code) => {
        if (code === 'invalid') end(client);
        // there is no place: from now on it waits for somebody to go
        const one = waiting.get(client.sessionId);
        if (one !== undefined && evidence.noPlace?.(channelId)) one.sinceUs = evidence.nowUs;
      },
      joined: end,
      tabClosed: end,
      leaving: end,
      // it will ask again
      disconnected: end,
      removed: end,
    });
    evidence.onStoreWrite(['channel_state'], ({ writes }) => {
      for (const key of writes) {
        if (!key.startsWith('channel_state:')) continue;
        const channelId = Number(key.slice(14));
        if (evidence.nowUs - (movedUs.get(channelId) ?? 0) > patienceUs)
          for (const [sessionId, one] of waiting) if (one.channelId === channelId) look(sessionId);
        movedUs.set(channelId, evidence.nowUs);
      }
    });
  },
  whenQuiet(evidence: Evidence): Finding[] {
    const heard = waitingIn.get(evidence);
    if (!heard) return [];
    const patienceUs = patienceOf(evidence);
    return [...heard.waiting.values()].flatMap((one) => stalled(evidence, one, heard.movedUs, patienceUs) ?? []);
  },
};

/** What was heard in each world. */
const waitingIn = new WeakMap<Evidence, { waiting: Map<string, Waiting>; movedUs: Map<number, number> }>();

/** A client that was refused, or whose device has slept, may take this long to ask again. */
const ASKS_AGAIN_MS = 10_000;

const patienceOf = ({ policy }: Evidence): number =>
  (policy.migrationTimeoutMs + policy.rollbackTimeoutMs + ASKS_AGAIN_MS) * 1_000;

function stalled(
  evidence: Evidence,
  { userId, channelId, sinceUs }: Waiting,
  movedUs: ReadonlyMap<number, number>,
  patienceUs: number,
): Finding | null {
  const stillUs = evidence.nowUs - Math.max(sinceUs, movedUs.get(channelId) ?? 0);
  if (stillUs <= patienceUs || evidence.disturbed(patienceUs)) return null;
  return {
    message: `user ${userId} waits to join channel ${channelId}, and for ${Math.round(stillUs / 1e6)} s nothing has come of it and nothing has happened there`,
    subjects: [userId, `channel ${channelId}`],
  };
}
