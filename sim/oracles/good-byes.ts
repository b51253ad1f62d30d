import type { Evidence } from './evidence.js';

/**
 * Which sessions have said good-bye to which channel, and have not been let in again. To close the tab is a good-bye, and so is to ask for another
 * channel: the client sends a leave for the one before, and may be back at once. An old tab that is closed says nothing of the new one.
 */
export class GoodByes {
  /** Channel -> session ids. */
  private readonly gone = new Map<number, Set<string>>();
  /** Session -> the channel that it has asked for last. */
  private readonly asked = new Map<string, number>();

  constructor(evidence: Evidence) {
    evidence.onClients({
      leaving: ({ sessionId }, channelId) => this.say(sessionId, channelId),
      tabClosed: ({ sessionId }) => {
        const channelId = this.asked.get(sessionId);
        if (channelId !== undefined) this.say(sessionId, channelId);
      },
      joinRequested: ({ sessionId }, channelId) => {
        const before = this.asked.get(sessionId);
        if (before !== undefined && before !== channelId) this.say(sessionId, before);
        this.asked.set(sessionId, channelId);
      },
      joined: ({ sessionId }, channelId) => {
        this.gone.get(channelId)?.delete(sessionId);
      },
    });
  }

  has(sessionId: string, channelId: number): boolean {
    return this.gone.get(channelId)?.has(sessionId) === true;
  }

  private say(sessionId: string, channelId: number): void {
    const sessions = this.gone.get(channelId);
    if (sessions) sessions.add(sessionId);
    else this.gone.set(channelId, new Set([sessionId]));
  }
}

/** User -> session of a channel's members, as stored: a person that comes back with another tab begins anew. */
export function sessionsOf(evidence: Evidence, channelId: string): Map<string, string> {
  const stored = evidence.store.hash(`channel_sessions:${channelId}`);
  return new Map([...stored].map(([userId, session]) => [userId, session.split('|')[0] ?? '']));
}
