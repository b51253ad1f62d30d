import type { Host } from '../hosts/index.js';
import type { ActiveFault, FaultContext } from './fault-context.js';
import { isNamed, resolveTargets } from './target.js';

/** What the fault of a scenario says. */
interface PartitionFault {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly way: 'both' | 'a-to-b';
}

/**
 * Nothing gets from one group to the other; with `both`, nor back. A group is what its names mean as long as the partition lasts: a client that arrives
 * later is in it, too.
 */
export function partition(context: FaultContext, { from, to, way }: PartitionFault, draw: string): ActiveFault {
  const { network } = context;
  const a = from.flatMap((name) => resolveTargets(context, name, null, `${draw}/from`));
  const b = to.flatMap((name) => resolveTargets(context, name, null, `${draw}/to`));
  const id = network.partition(a, b, way);
  const targets = [...a, ...b].map((host) => host.id);
  return {
    targets,
    awaited: [...from, ...to].filter(
      (name) => name.startsWith('client-') && !name.endsWith('*') && !targets.includes(name),
    ),
    appear: (host: Host) => {
      const inA = from.some((name) => isNamed(host, name));
      const inB = to.some((name) => isNamed(host, name));
      if (inA) network.enlarge(id, 'a', host);
      if (inB) network.enlarge(id, 'b', host);
      if (inA || inB) targets.push(host.id);
      return inA || inB;
    },
    end: () => network.heal(id),
  };
}
