import { Host } from '../../../sim/hosts/index.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { Network } from '../../../sim/net/index.js';
import { SimulatedRedis, type SimulatedRedisOptions } from '../../../sim/redis/index.js';

/** A Redis and one backend host. */
export function redisWorld(options: SimulatedRedisOptions = {}, seed = 1) {
  const sim = new Simulation({ seed });
  const net = new Network(sim);
  const redis = new SimulatedRedis(sim, net, options);
  const host = new Host(sim, { id: 'backend-1', kind: 'backend' });
  host.start();
  return {
    sim,
    net,
    redis,
    host,
    /** Lets virtual time pass. */
    async advance(ms: number): Promise<void> {
      await sim.run({ untilUs: sim.nowUs + ms * 1000 });
    },
    /** Lets at most 5 s of virtual time pass until the outcome is known; errors are returned. */
    async outcome(action: Promise<unknown>): Promise<unknown> {
      let outcome: unknown;
      let settled = false;
      action.then(
        (value) => {
          outcome = value;
          settled = true;
        },
        (error: Error) => {
          outcome = error.message;
          settled = true;
        },
      );
      for (let i = 0; i < 5000 && !settled; i++) await sim.run({ untilUs: sim.nowUs + 1000 });
      return settled ? outcome : 'pending';
    },
  };
}
