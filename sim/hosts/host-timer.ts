import type { EventHandle } from '../kernel/index.js';
import type { Host } from './host.js';

/** A timer of one incarnation of a host. Cancel it with `host.cancelTimer(timer)`. */
export class HostTimer {
  /** True until it has fired, was cancelled, or its incarnation ended. */
  pending = true;
  /** The kernel event behind it. */
  handle: EventHandle = 0;

  constructor(
    readonly host: Host,
    /** The incarnation that set it; in any other it never fires. */
    readonly incarnation: number,
    readonly callback: (arg: unknown) => void,
    readonly arg: unknown,
  ) {}
}
