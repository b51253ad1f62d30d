import type { Host } from '../hosts/index.js';
import type { ActiveFault } from './fault-context.js';

/** The processes stop (SIGSTOP, a long garbage collection): timers and messages wait, then everything goes on at once. */
export function pause(hosts: readonly Host[], durationUs: number): ActiveFault {
  for (const host of hosts) host.pause(durationUs);
  return { targets: hosts.map(({ id }) => id), end: () => undefined };
}
