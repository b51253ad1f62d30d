import type { HeardReport } from '../../core/protocol.js';
import type { ListeningReports } from '../clients/client-world.js';
import type { World } from './world.js';

interface Since {
  atUs: number;
  missedUs: number;
  opinion: number;
  frames: number;
}

/**
 * What people have heard between two heartbeats, as their players would know: audible gaps when they are over (who sleeps misses nothing), opinion scores where voice
 * is simulated.
 */
export class Listening implements ListeningReports {
  private readonly missedUs = new Map<string, number>();
  private readonly since = new Map<string, Since>();

  constructor(private readonly world: Pick<World, 'sim' | 'events' | 'ears'>) {
    world.events.listen({
      gap: ({ listener, fromUs, toUs, asleep }) => {
        if (!asleep) this.missedUs.set(listener, (this.missedUs.get(listener) ?? 0) + toUs - fromUs);
      },
      joined: ({ userId, sessionId }) => {
        this.since.set(sessionId, this.now(userId));
      },
      tabClosed: ({ sessionId }) => {
        this.since.delete(sessionId);
      },
    });
  }

  report(userId: string, sessionId: string, others: number): HeardReport | null {
    const before = this.since.get(sessionId);
    const now = this.now(userId);
    this.since.set(sessionId, now);
    if (before === undefined || others < 1) return null;
    const frames = now.frames - before.frames;
    return {
      ms: (others * (now.atUs - before.atUs)) / 1_000,
      missedMs: (now.missedUs - before.missedUs) / 1_000,
      ...(frames > 0 ? { score: Math.min(5, Math.max(1, (now.opinion - before.opinion) / frames)) } : {}),
    };
  }

  private now(userId: string): Since {
    const { sim, ears } = this.world;
    const heard = ears?.listener(userId);
    return {
      atUs: sim.nowUs,
      missedUs: this.missedUs.get(userId) ?? 0,
      opinion: heard?.opinion ?? 0,
      frames: heard?.frames ?? 0,
    };
  }
}
