import type { Member } from '../../core/protocol.js';
import type { HostTimer } from '../hosts/index.js';
import type { PeerLinks } from './peer-links.js';

/** One end of a peer-to-peer link. The other end is known once a check has passed between them. */
export class PeerLink {
  /** The offerer's present attempt, a new one after every loss; both ends of a link that works have the same. 0: none yet. */
  attempt = 0;
  up = false;
  closed = false;
  /** The offerer has its answer and checks the path. */
  checking = false;
  checksSent = 0;
  /** The answerer's number for its end, as told with its answer. */
  remoteGeneration = 0;
  remote: PeerLink | null = null;
  /** Next step towards being up. */
  timer: HostTimer | null = null;
  /** Runs while nothing arrives. */
  consentTimer: HostTimer | null = null;
  /** Since when nothing arrives, in microseconds; -1 while all is well. */
  deadSinceUs = -1;

  constructor(
    readonly owner: PeerLinks,
    readonly peer: Member,
    readonly offers: boolean,
    /** Number of this end within its session. */
    readonly generation: number,
  ) {}

  /** Both ends are up on the same attempt: media flows as far as hosts and network let it. */
  get joined(): boolean {
    const { remote } = this;
    return this.up && remote?.up === true && remote.remote === this && remote.attempt === this.attempt;
  }
}
