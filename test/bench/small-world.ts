import { Judge, oracles } from '../../sim/oracles/index.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { World } from '../../sim/world/world.js';
import { WorldEvidence } from '../../sim/world/world-evidence.js';

/** Three people of a call, two backends, one SFU node, one Redis without replicas and sentinels: what race hunting repeats. */
const scenario = resolveScenario({
  name: 'small-world',
  durationS: 30,
  drainS: 0,
  policy: { profile: 'calls' },
  topology: { backends: 2, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } },
  population: {
    clients: 3,
    channels: 1,
    membersMin: 3,
    membersMax: 3,
    arrival: { kind: 'storm', atS: 0.1, overS: 0.1 },
  },
});

/**
 * Builds the world, runs it until the migration is over and everybody follows the SFU, and lets go of it.
 * @param judged whether all oracles look on, and judge the end
 * @returns events run
 * @throws Error when the migration did not happen
 */
export async function smallWorld(seed: number, judged = false): Promise<number> {
  const world = new World(scenario, { seed });
  const judge = judged ? new Judge(new WorldEvidence(world), oracles, () => []) : null;
  const arrived = new Set<string>();
  world.events.listen({
    viewApplied: ({ userId }, _channelId, _version, _epoch, mode) => {
      if (mode === 'sfu' && arrived.add(userId).size === 3) world.sim.stop();
    },
  });
  const { endedBy } = await world.sim.run({ untilUs: scenario.durationS * 1e6 });
  if (endedBy !== 'stop') throw new Error(`seed ${seed}: nobody was moved to the SFU`);
  // the mesh is still up at that moment, as it must be: what is judged here is only work, not a verdict
  judge?.conclude();
  return world.sim.eventsRun;
}
