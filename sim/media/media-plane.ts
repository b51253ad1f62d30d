import type { HearingWatcher } from './hearing-watcher.js';

/** Carries voice between those who sit in channels, and tells the ears. */
export interface MediaPlane extends HearingWatcher {
  /** The run is over: everybody leaves. Call once, before the ears are finished. */
  finish(): void;
}
