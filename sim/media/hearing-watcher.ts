import type { HearingMember } from './hearing-member.js';

/** Is told of everything that carries voice: a media plane. It pulls from the members what it needs. */
export interface HearingWatcher {
  /** A session has taken its seat in a channel. */
  entered(member: HearingMember, channelId: number): void;
  /** A session has left its seat. */
  left(member: HearingMember, channelId: number): void;
  /** What it plays, its links, its attachments or the state of its host may have changed. */
  changed(member: HearingMember): void;
}
