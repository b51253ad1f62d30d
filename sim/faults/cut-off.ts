import type { Host } from '../hosts/index.js';
import type { ActiveFault, FaultContext } from './fault-context.js';

/** The hosts run but reach nobody, and nobody reaches them. */
export function cutOff(context: FaultContext, hosts: readonly Host[]): ActiveFault {
  const ids = hosts.map((host) => context.network.cutOff(host));
  return {
    targets: hosts.map(({ id }) => id),
    end: () => {
      for (const id of ids) context.network.heal(id);
    },
  };
}
