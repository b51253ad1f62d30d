import type { Host } from '../hosts/index.js';
import type { ActiveFault, FaultContext } from './fault-context.js';

/**
 * The nodes carry out and answer every control call later, so rooms start slowly; clients notice nothing else. Two such faults add up.
 * @param delayMs whole milliseconds, so that what is added is taken away again to the bit
 */
export function sfuSlow(context: FaultContext, hosts: readonly Host[], delayMs: number): ActiveFault {
  const nodes = hosts.map((host) => context.sfuFaults(host));
  for (const node of nodes) node.slowMs += delayMs;
  return {
    targets: hosts.map(({ id }) => id),
    end: () => {
      for (const node of nodes) node.slowMs -= delayMs;
    },
  };
}
