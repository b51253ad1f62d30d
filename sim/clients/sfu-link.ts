import type { SfuGrant } from '../../core/protocol.js';
import type { Host, HostTimer } from '../hosts/index.js';
import type { SfuAttachment } from '../media/index.js';
import type { Connection } from '../net/index.js';
import type { SfuParticipant } from '../sfu/index.js';
import type { SfuLinks } from './sfu-links.js';

/** A session's end of one SFU connection: one attempt, and what comes of it. */
export class SfuLink implements SfuAttachment {
  connection: Connection | null = null;
  /** The node's end, once it is connected. */
  participant: SfuParticipant | null = null;
  up = false;
  closed = false;
  /** Limits the attempt. */
  timer: HostTimer | null = null;
  /** Runs while no RTCP comes. */
  rtcpTimer: HostTimer | null = null;

  constructor(
    readonly owner: SfuLinks,
    readonly key: string,
    readonly grant: SfuGrant,
    readonly node: Host,
  ) {}

  get attached(): boolean {
    return this.up && this.participant?.attached === true;
  }

  get room(): object {
    return this.participant === null ? this : this.participant.room;
  }
}
