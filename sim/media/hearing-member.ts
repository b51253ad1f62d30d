import type { DeviceAllowance } from '../../core/media/device-conditions.js';
import type { Host } from '../hosts/index.js';
import type { Route } from '../net/index.js';
import type { Seat } from './seat.js';

/** How a listener plays one talker. `both` is what a broken controller may do: the same voice twice. */
export type Playback = 'none' | 'p2p' | 'sfu' | 'both';

/** One live end of a client in an SFU room. Two attachments carry voice between each other when their `room` is the same object. */
export interface SfuAttachment {
  /** Identity of the room: one object per node, room name, ownership epoch and process. */
  readonly room: object;
  /** The host that forwards. */
  readonly node: Host;
  /** True while both the client and the node consider the transport connected. */
  readonly attached: boolean;
}

/** What the hearing matrix asks of one session (tab) of a person. The matrix pulls; the member says when to look again. */
export interface HearingMember {
  readonly userId: string;
  readonly sessionId: string;
  readonly host: Host;
  /** Order in which sessions were opened: of two sessions of one user in a channel, the newer one is the person. */
  readonly ordinal: number;
  /** Where the member sits; owned by the matrix. */
  seat: Seat | null;
  /** The path over which this listener plays that talker now. */
  playedPath(userId: string): Playback;
  /** True while voice of that session would arrive here peer to peer (whatever the network does): it sends, and this end is up. */
  linkedWith(peer: HearingMember): boolean;
  /** The way of its voice to that session; null while it sends none. Without this method all ways are straight. */
  routeTo?(peer: HearingMember): Route | null;
  /** What the device lets the voice do. Without it: everything. */
  readonly allowance?: DeviceAllowance;
  /** SFU connections; the matrix looks only at attached ones. */
  readonly attachments: readonly SfuAttachment[];
}
