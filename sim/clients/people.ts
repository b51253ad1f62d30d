import type { VirtualClient } from './virtual-client.js';

/** The people of a world, whatever moves them. */
export interface People {
  /** Clients that have arrived at least once, by order of first arrival. */
  readonly clients: readonly VirtualClient[];
  /** Tabs open now. */
  readonly openTabs: number;
  /** The device of a user, once it has arrived. */
  find(userId: string): VirtualClient | undefined;
}
