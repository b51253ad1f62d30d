import type { Host } from '../hosts/index.js';
import type { ActiveFault, FaultContext } from './fault-context.js';

/** The nodes let nobody in and start no room. Who is inside stays, and every call is answered. */
export function sfuRefuse(context: FaultContext, hosts: readonly Host[]): ActiveFault {
  const nodes = hosts.map((host) => context.sfuFaults(host));
  for (const node of nodes) node.refusals++;
  return {
    targets: hosts.map(({ id }) => id),
    end: () => {
      for (const node of nodes) node.refusals--;
    },
  };
}
