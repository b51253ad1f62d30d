export { type Gap, GapLedger } from './gap-ledger.js';
export { Hearing, type HearingOptions, type PairPaths } from './hearing.js';
export type { HearingMember, Playback, SfuAttachment } from './hearing-member.js';
export type { HearingWatcher } from './hearing-watcher.js';
export type { MediaPlane } from './media-plane.js';
export type { Seat } from './seat.js';
