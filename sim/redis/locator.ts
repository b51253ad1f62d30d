import type { Host } from '../hosts/index.js';

/** Finds the server that a client should talk to. */
export interface Locator {
  /** True: what was found must say that it is a primary before it is used (`ROLE`). */
  readonly checksRole: boolean;
  /**
   * Looks for the primary from `from`; calls back on that host, once, with null when nobody knew. May call back at once.
   */
  locate(from: Host, found: (server: Host | null) => void): void;
  /** What `from` was told has turned out wrong: ask somebody else next time. */
  distrust(from: Host): void;
}

/** A server with a fixed address. */
export class FixedLocator implements Locator {
  readonly checksRole = false;

  constructor(private readonly server: Host) {}

  locate(_from: Host, found: (server: Host | null) => void): void {
    found(this.server);
  }

  distrust(): void {}
}
