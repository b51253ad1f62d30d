import type { Host } from '../hosts/index.js';
import type { ActiveFault, FaultContext } from './fault-context.js';

/** How much goes wrong on a flaky node. */
export interface Flakiness {
  /** Share of rooms that fail to start, 0 to 1. */
  readonly startFailShare: number;
  /** Share of clients that are not let in, 0 to 1. */
  readonly joinFailShare: number;
  /** How often an hour the connection of each client breaks, on average. */
  readonly dropsPerHour: number;
}

const DROP_EVERY_US = 1_000_000;

/** The nodes fail now and then, with shares of known size: a version with a regression. Of two such faults the later one counts. */
export function sfuFlaky(context: FaultContext, hosts: readonly Host[], flakiness: Flakiness): ActiveFault {
  const { sim } = context;
  const nodes = hosts.map((host) => context.sfuFaults(host));
  for (const node of nodes) {
    node.startFailShare = flakiness.startFailShare;
    node.joinFailShare = flakiness.joinFailShare;
  }
  const round = { over: false };
  const share = (flakiness.dropsPerHour * DROP_EVERY_US) / 3_600e6;
  const drop = () => {
    if (round.over) return;
    for (const host of hosts) context.dropClients(host, share);
    sim.after(DROP_EVERY_US, drop);
  };
  if (share > 0) sim.after(DROP_EVERY_US, drop);
  return {
    targets: hosts.map(({ id }) => id),
    end: () => {
      round.over = true;
      for (const node of nodes) {
        node.startFailShare = 0;
        node.joinFailShare = 0;
      }
    },
  };
}
