import type { Member } from '../../core/protocol.js';
import type { HostTimer } from '../hosts/index.js';
import type { Route } from '../net/index.js';
import type { PeerLinks } from './peer-links.js';

/** One end of a peer-to-peer link. The other end is known once a check has passed between them. */
export class PeerLink {
  /** The offerer's present attempt, a new one after every loss; both ends of a link that works have the same. 0: none yet. */
  attempt = 0;
  /** Voice of the peer arrives: what the application is told as "up". */
  up = false;
  /** The path is checked from this side: voice is sent. */
  sending = false;
  closed = false;
  /** The offerer has its answer and checks the path. */
  checking = false;
  checksSent = 0;
  /** The answerer's number for its end, as told with its answer. */
  remoteGeneration = 0;
  remote: PeerLink | null = null;
  /** The way to the peer's host that the present attempt has found, straight or over a TURN server; the other end has it reversed. */
  route: Route | null = null;
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

  /** Both ends belong to the same attempt and are up: media flows both ways as far as hosts and network let it. */
  get joined(): boolean {
    return this.hears && this.remote?.up === true;
  }

  /** Nothing between the two ends stops voice, either way. */
  get passable(): boolean {
    return this.route?.passable === true && this.remote?.route?.passable === true;
  }

  /** This end is up and the other sends: its voice arrives as far as hosts and network let it. */
  get hears(): boolean {
    const { remote } = this;
    return this.up && remote?.sending === true && remote.remote === this && remote.attempt === this.attempt;
  }
}
