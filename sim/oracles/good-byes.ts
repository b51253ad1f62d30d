import type { Evidence } from './evidence.js';

/**
 * Who has said good-bye to which channel, and has not been let in again. To close the tab is a good-bye, and so is to ask for another channel: the
 * client sends a leave for the one before, and may be back at once.
 */
export class GoodByes {
  /** Channel -> user ids. */
  private readonly gone = new Map<number, Set<string>>();
  /** Session -> the channel that it has asked for last. */
  private readonly asked = new Map<string, number>();

  constructor(evidence: Evidence) {
    evidence.onClients({
      leaving: ({ userId }, channelId) => this.say(userId, channelId),
      tabClosed: ({ userId, sessionId }) => {
        const channelId = this.asked.get(sessionId);
        if (channelId !== undefined) this.say(userId, channelId);
      },
      joinRequested: ({ userId, sessionId }, channelId) => {
        const before = this.asked.get(sessionId);
        if (before !== undefined && before !== channelId) this.say(userId, before);
        this.asked.set(sessionId, channelId);
      },
      joined: ({ userId }, channelId) => {
        this.gone.get(channelId)?.delete(userId);
      },
    });
  }

  has(userId: string, channelId: number): boolean {
    return this.gone.get(channelId)?.has(userId) === true;
  }

  private say(userId: string, channelId: number): void {
    const users = this.gone.get(channelId);
    if (users) users.add(userId);
    else this.gone.set(channelId, new Set([userId]));
  }
}

/** User -> session of a channel's members, as stored: a person that comes back with another tab begins anew. */
export function sessionsOf(evidence: Evidence, channelId: string): Map<string, string> {
  const stored = evidence.store.hash(`channel_sessions:${channelId}`);
  return new Map([...stored].map(([userId, session]) => [userId, session.split('|')[0] ?? '']));
}
