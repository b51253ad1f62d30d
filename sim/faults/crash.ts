import type { Host } from '../hosts/index.js';
import type { ActiveFault } from './fault-context.js';

/** The processes die with everything in their memory; at the end they start again. */
export function crash(hosts: readonly Host[]): ActiveFault {
  for (const host of hosts) host.crash();
  return {
    targets: hosts.map(({ id }) => id),
    end: () => {
      for (const host of hosts) if (host.state === 'down') host.start();
    },
  };
}
