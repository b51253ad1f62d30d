import type { Evidence, ViewApplied } from './evidence.js';
import { checkLinearizability, type MemberSetInput, memberSet, type Operation } from './linearizability/index.js';
import type { Finding, Oracle } from './oracle.js';

/** One user's place in one channel, from the first request on. */
interface Place {
  readonly userId: string;
  readonly sessionId: string;
  readonly askedUs: number;
  /** When the answer came; -1 before. */
  joinedUs: number;
  /** Version of the view that the answer brought; 0 before. */
  version: number;
  /** No connection that is lost now or later costs the place before. */
  safeUntilUs: number;
}

interface Channel {
  readonly places: Map<string, Place>;
  version: number;
}

/**
 * Membership as a set that users join and leave, and that they read in the rosters they are shown. Views may lag, so a roster is judged
 * where the service has promised something: by its version, which is later than that of the answer `joined`. Who has got that answer, has
 * not asked to leave and cannot have been without a connection for the grace time is in every later roster that anybody sees;
 * the end of the grace time is to membership what the end of the lease is to a lock. Once quiet, all rosters are the same set.
 */
export const membershipLinearizable: Oracle = {
  id: 'membership-linearizable',
  kind: 'safety',
  claim: 'who was told to have joined, and has not left, is in every later list of members that anybody is shown',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const graceUs = evidence.policy.sessionGraceMs * 1_000;
    const channels = new Map<number, Channel>();
    const channelOfSession = new Map<string, number>();

    const channelOf = (channelId: number): Channel => {
      let channel = channels.get(channelId);
      if (!channel) {
        channel = { places: new Map(), version: 0 };
        channels.set(channelId, channel);
      }
      return channel;
    };
    const placeOf = (userId: string, sessionId: string, channelId: number | undefined): Place | undefined => {
      const place = channelId === undefined ? undefined : channels.get(channelId)?.places.get(userId);
      return place?.sessionId === sessionId ? place : undefined;
    };
    const forget = ({ userId, sessionId }: { userId: string; sessionId: string }): void => {
      const channelId = channelOfSession.get(sessionId);
      if (placeOf(userId, sessionId, channelId)) channels.get(channelId!)!.places.delete(userId);
      channelOfSession.delete(sessionId);
    };

    evidence.onClients({
      joinRequested({ userId, sessionId }, channelId) {
        // who moves to another channel leaves the one before
        if (channelOfSession.get(sessionId) !== channelId) forget({ userId, sessionId });
        channelOfSession.set(sessionId, channelId);
        if (placeOf(userId, sessionId, channelId)) return;
        const askedUs = evidence.nowUs;
        const place = { userId, sessionId, askedUs, joinedUs: -1, version: 0, safeUntilUs: askedUs + graceUs };
        // a second tab takes the place of the first
        channelOf(channelId).places.set(userId, place);
      },
      joined({ userId, sessionId }, channelId) {
        const place = placeOf(userId, sessionId, channelId);
        if (place) place.joinedUs = evidence.nowUs;
      },
      leaving: forget,
      tabClosed: forget,
      removed: forget,
    });

    evidence.onView((view) => {
      const channel = channels.get(view.channelId);
      if (!channel) return;
      const own = channel.places.get(view.userId);
      if (own?.sessionId === view.sessionId && own.version === 0 && own.joinedUs >= 0) own.version = view.version;
      // one version is one roster: the first who is shown it stands for all
      if (view.version <= channel.version) return;
      channel.version = view.version;
      const listed = new Set(view.roster.map(({ userId }) => userId));
      let sessions: ReadonlyMap<string, string> | null = null;
      for (const place of channel.places.values()) {
        if (place.version === 0 || place.version > view.version) continue;
        if (!listed.has(place.userId)) missed(place, view);
        else if (place.safeUntilUs < evidence.nowUs + graceUs / 2) {
          // the service itself takes the connection for alive: the grace time has not begun
          sessions ??= evidence.store.hash(`channel_sessions:${view.channelId}`);
          const [sessionId, , lostAt] = sessions.get(place.userId)?.split('|') ?? [];
          if (sessionId === place.sessionId && lostAt === '0') place.safeUntilUs = evidence.nowUs + graceUs;
        }
      }
    });

    function missed({ userId, askedUs, joinedUs, safeUntilUs, version }: Place, view: ViewApplied): void {
      const { nowUs } = evidence;
      const at = (client: string, callAt: number, returnAt: number, input: MemberSetInput, output?: boolean) =>
        ({ client, input, output, callAt, returnAt }) satisfies Operation<MemberSetInput, boolean>;
      // a failover may lose the place at any moment
      const lostUs = evidence.storeDisturbed() ? joinedUs : safeUntilUs;
      const verdict = checkLinearizability(memberSet, [
        at(`user ${userId}`, askedUs, joinedUs, { kind: 'join', member: userId }),
        at('the grace time', Math.max(askedUs, lostUs), Number.POSITIVE_INFINITY, { kind: 'leave', member: userId }),
        // its version says that it is later than the answer, be it at the same time
        at(`user ${view.userId}`, nowUs + 1, nowUs + 1, { kind: 'has', member: userId }, false),
      ]);
      if (verdict.answer !== 'not-linearizable') return;
      report({
        message: `user ${view.userId} is shown version ${view.version} of channel ${view.channelId} without user ${userId}, who has joined with version ${version} and has not left: ${verdict.explanation}`,
        subjects: [userId, view.userId, `channel ${view.channelId}`],
      });
    }
  },
  whenQuiet(evidence: Evidence): Finding[] {
    const findings: Finding[] = [];
    for (const { userId, controller } of evidence.sessions()) {
      const { channelId, roster } = controller;
      if (controller.state !== 'in' || channelId === null) continue;
      const members = evidence.store.set(`channel_participants:${channelId}`);
      if (roster.length === members.size && roster.every((member) => members.has(member.userId))) continue;
      const shown = new Set(roster.map((member) => member.userId));
      const missing = [...members].filter((member) => !shown.has(member));
      const gone = [...shown].filter((member) => !members.has(member));
      const wrong = [
        ...(missing.length > 0 ? [`lacks ${missing.join(', ')}`] : []),
        ...(gone.length > 0 ? [`has ${gone.join(', ')} who is not a member`] : []),
      ];
      findings.push({
        message: `the list of members that user ${userId} is shown in channel ${channelId} ${wrong.join(' and ')}`,
        subjects: [userId, ...missing, ...gone, `channel ${channelId}`],
      });
    }
    return findings;
  },
};
