import { keys } from '../../core/keys.js';
import { type MediaCollaborators, mediaCollaborators } from '../../core/media/collaborators.js';
import { DeadairError, ExitCode } from '../errors.js';
import type { Ears } from '../media/ears/index.js';
import { FlowPlane } from '../media/flow/index.js';
import type { MediaPlane } from '../media/index.js';
import {
  loadRtcpWire,
  MediaStatistics,
  PacketPlane,
  type RtcpWire,
  type SfuClasses,
  sfuClasses,
} from '../media/packet/index.js';
import type { Scenario } from '../scenario/index.js';
import type { World, WorldOptions } from './world.js';

/** Classes of the core that voice goes through. */
export type MediaClasses = MediaCollaborators & SfuClasses;

/** What a world of this scenario needs to have loaded before it is made: options of {@link World}. */
export async function loadMedia(scenario: Scenario): Promise<{ readonly wire?: RtcpWire }> {
  return scenario.media.fidelity === 'packet' ? { wire: await loadRtcpWire() } : {};
}

/**
 * The plane that carries voice in the fidelity of the scenario.
 * @throws DeadairError `media.not-loaded` when what `loadMedia` loads is missing
 */
export function createMediaPlane(world: World, ears: Ears, { wire, collaborators }: WorldOptions): MediaPlane {
  const { sim, network, redis, recorder, scenario } = world;
  const machines = world.machines === null ? {} : { machines: world.machines };
  const options = scenario.media;
  const classes = { ...mediaCollaborators, ...sfuClasses, ...collaborators };
  const migrating = (channelId: number): boolean =>
    redis.inspect().hgetall(keys.state(channelId)).get('migrationInProgress') === '1';
  if (options.fidelity === 'flow')
    return new FlowPlane({ sim, network, options, classes, ears, migrating, ...machines });
  if (wire === undefined) {
    throw new DeadairError(
      'media.not-loaded',
      'packets of media need werift: give the world what loadMedia(scenario) loads',
      ExitCode.internal,
    );
  }
  return new PacketPlane({
    sim,
    network,
    options,
    classes,
    wire,
    ears,
    migrating,
    statistics: new MediaStatistics(),
    metrics: recorder,
    ...machines,
  });
}
