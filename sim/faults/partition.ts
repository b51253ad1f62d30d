import type { Host } from '../hosts/index.js';
import type { ActiveFault, FaultContext } from './fault-context.js';

/** Nothing gets from one group to the other; with `both`, nor back. */
export function partition(
  context: FaultContext,
  from: readonly Host[],
  to: readonly Host[],
  way: 'both' | 'a-to-b',
): ActiveFault {
  const id = context.network.partition(from, to, way);
  return { targets: [...from, ...to].map((host) => host.id), end: () => context.network.heal(id) };
}
