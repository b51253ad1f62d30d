import type { Host } from '../hosts/index.js';
import type { ActiveFault, FaultContext } from './fault-context.js';

/** The process is restarted at once, with or without its data. */
export function redisRestart(context: FaultContext, hosts: readonly Host[], keepData: boolean): ActiveFault {
  for (const host of hosts) {
    host.crash();
    if (!keepData) context.wipeRedis(host);
    host.start();
  }
  return { targets: hosts.map(({ id }) => id), end: () => undefined };
}
