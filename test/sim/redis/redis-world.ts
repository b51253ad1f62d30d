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
  /** Lets virtual time pass. */
  async function advance(ms: number): Promise<void> {
    const untilUs = sim.nowUs + ms * 1000;
    // a world without events ends where it is
    sim.at(untilUs, () => {});
    await sim.run({ untilUs });
  }
  /** Lets at most 5 s of virtual time pass until the outcome is known; errors are returned as their text. */
  async function outcome(action: Promise<unknown>): Promise<unknown> {
    let outcome: unknown;
    let settled = false;
    const settle = (value: unknown): void => {
      outcome = value;
      settled = true;
    };
    action.then(settle, (error: Error) => settle(error.message));
    for (let i = 0; i < 5000 && !settled; i++) await advance(1);
    return settled ? outcome : 'pending';
  }
  return { sim, net, redis, host, advance, outcome };
}
