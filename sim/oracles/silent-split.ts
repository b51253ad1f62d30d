import type { Member } from '../../core/protocol.js';
import type { Evidence, SessionEvidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** So long may two truths last before somebody must have noticed: the grace time of a membership, and a client that looks for another backend. */
const PATIENCE_US = 60_000_000;
const LOOK_US = 5_000_000;

/**
 * Whatever is broken, two people who believe to be in the same channel know of each other, or one of them has been told that the service is
 * degraded: nobody talks into the void without knowing it. Somebody without a connection to any backend knows.
 */
export const silentSplit: Oracle = {
  id: 'silent-split',
  kind: 'safety',
  claim: 'two who believe to be in one channel see each other in it, or are told that the service is degraded',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const offline = new Set<string>();
    const told = new Set<string>();
    const apart = new Map<string, number>();
    /** Those whom a roster names; members share rosters, and keep them for long. */
    const shown = new WeakMap<readonly Member[], ReadonlySet<string>>();
    /** Channels in which somebody was shown something, or has begun to count, since the last look, or where two were apart at it. */
    let suspect = new Set<number>();
    const channelOf = new Map<string, number>();
    let lookUs = 0;
    evidence.onClients({
      connected: ({ sessionId }) => {
        offline.delete(sessionId);
        told.delete(sessionId);
        counts(sessionId);
      },
      disconnected: ({ sessionId }) => offline.add(sessionId),
      degraded: ({ sessionId }, reason, active) => {
        // who has no way to the others is shown them all the same
        if (reason === 'path') return;
        if (active) told.add(sessionId);
        else {
          told.delete(sessionId);
          counts(sessionId);
        }
      },
      viewApplied: ({ sessionId }, channelId) => {
        channelOf.set(sessionId, channelId);
        suspect.add(channelId);
      },
      tabClosed: ({ sessionId }) => channelOf.delete(sessionId),
    });
    evidence.onStoreCommand(() => {
      if (evidence.nowUs < lookUs) return;
      lookUs = evidence.nowUs + LOOK_US;
      look();
    });

    function shownIn(roster: readonly Member[]): ReadonlySet<string> {
      let users = shown.get(roster);
      if (users === undefined) {
        users = new Set(roster.map(({ userId }) => userId));
        shown.set(roster, users);
      }
      return users;
    }

    function counts(sessionId: string): void {
      const channelId = channelOf.get(sessionId);
      if (channelId !== undefined) suspect.add(channelId);
    }

    function look(): void {
      if (suspect.size === 0) return;
      const still = new Set<string>();
      const looked = suspect;
      suspect = new Set();
      const isThere = (sessionId: string) => !offline.has(sessionId) && !told.has(sessionId);
      for (const [channelId, members] of believers(evidence, looked, isThere)) {
        // members share rosters: the same one is compared with those who are there once
        const complete = new Set<readonly Member[]>();
        for (const one of members) {
          const { roster } = one.controller;
          if (complete.has(roster)) continue;
          const seen = shownIn(roster);
          if (members.every(({ userId }) => seen.has(userId))) {
            complete.add(roster);
            continue;
          }
          for (const other of members) {
            if (other.userId === one.userId || seen.has(other.userId)) continue;
            const pair = `${one.sessionId} ${other.sessionId}`;
            still.add(pair);
            suspect.add(channelId);
            const sinceUs = apart.get(pair) ?? evidence.nowUs;
            apart.set(pair, sinceUs);
            if (evidence.nowUs - sinceUs < PATIENCE_US) continue;
            apart.set(pair, Number.POSITIVE_INFINITY);
            report({
              message: `users ${one.userId} and ${other.userId} have both been in channel ${channelId} for a minute, but ${one.userId} is not shown ${other.userId}, and nobody was told that anything is wrong`,
              subjects: [one.userId, other.userId, `channel ${channelId}`],
            });
          }
        }
      }
      for (const pair of apart.keys()) if (!still.has(pair)) apart.delete(pair);
    }
  },
};

/** Those who believe to be in one of the channels, by channel. A device that sleeps believes nothing. */
function believers(
  evidence: Evidence,
  among: ReadonlySet<number>,
  isThere: (sessionId: string) => boolean,
): ReadonlyMap<number, SessionEvidence[]> {
  const channels = new Map<number, SessionEvidence[]>();
  for (const session of evidence.sessions()) {
    const { controller } = session;
    const { channelId } = controller;
    if (channelId === null || !among.has(channelId)) continue;
    if (controller.state !== 'in' || session.leaving || !isThere(session.sessionId)) continue;
    const members = channels.get(channelId);
    if (members) members.push(session);
    else channels.set(channelId, [session]);
  }
  return channels;
}
