import type { Host } from '../hosts/index.js';
import type { Hearing } from '../media/index.js';
import type { Network, PeerRouting } from '../net/index.js';
import type { PeerLinks } from './peer-links.js';
import type { SfuLinks } from './sfu-links.js';

/** An open session as far as media is concerned. */
export interface MediaSession {
  readonly sessionId: string;
  readonly host: Host;
  readonly peers: PeerLinks;
  readonly sfu: SfuLinks;
}

/** Counters over all clients. */
export interface MediaStatistics {
  peerAttempts: number;
  peerUps: number;
  /** Of these, over a TURN server. */
  relayedUps: number;
  peerDowns: number;
  sfuAttempts: number;
  sfuUps: number;
  /** Attempts that failed, and connections that broke. */
  sfuDowns: number;
}

/** What the media paths of all clients share: who is where, and word of every change of reachability. */
export class MediaFabric {
  readonly statistics: MediaStatistics = {
    peerAttempts: 0,
    peerUps: 0,
    relayedUps: 0,
    peerDowns: 0,
    sfuAttempts: 0,
    sfuUps: 0,
    sfuDowns: 0,
  };
  private readonly sessions = new Map<string, MediaSession>();
  private ordinals = 0;

  /** @param sfuHosts node name -> host */
  constructor(
    readonly network: Network,
    readonly hearing: Hearing,
    readonly sfuHosts: ReadonlyMap<string, Host>,
    readonly routing: PeerRouting,
  ) {
    network.onReachabilityChange(() => this.reachabilityChanged());
  }

  /** Number of the next session opened. */
  nextOrdinal(): number {
    return ++this.ordinals;
  }

  add(session: MediaSession): void {
    this.sessions.set(session.sessionId, session);
  }

  remove(session: MediaSession): void {
    this.sessions.delete(session.sessionId);
  }

  find(sessionId: string): MediaSession | undefined {
    return this.sessions.get(sessionId);
  }

  /** Who reaches whom has changed: a partition, or a TURN server. */
  reachabilityChanged(): void {
    for (const session of this.sessions.values()) {
      session.peers.recheck();
      session.sfu.recheck();
    }
    this.hearing.reachabilityChanged();
  }
}
