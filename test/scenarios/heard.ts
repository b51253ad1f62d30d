import type { LayerName } from '../../core/media/layers.js';
import { resolveScenario, type ScenarioInput } from '../../sim/scenario/index.js';
import { loadMedia } from '../../sim/world/media-planes.js';
import { World } from '../../sim/world/world.js';

/** What a group of ordered pairs heard of each other. */
export interface Heard {
  /** Frames spoken. */
  frames: number;
  /** Share of them neither arrived in time nor repaired. */
  lostShare: number;
  /** Mean one-way delay over the network, weighted by frames. */
  delayMs: number;
  /** Sum of audible gaps, and the longest. */
  gapMs: number;
  longestGapMs: number;
  /** Layer of each second of each pair, latest report last. */
  readonly layers: { readonly atS: number; readonly layer: LayerName | null }[];
}

/**
 * Runs a scenario with voice and listens to groups of pairs.
 * @param groupOf name of the group of a pair
 * @param fromS what began before is left out: the call is being set up
 */
export async function listen(
  input: ScenarioInput,
  seed: number,
  fromS: number,
  groupOf: (listener: string, talker: string) => string,
): Promise<Record<string, Heard>> {
  const scenario = resolveScenario(input);
  const world = new World(scenario, { seed, ...(await loadMedia(scenario)) });
  const ears = world.ears!;
  const groups: Record<string, Heard> = {};
  const pairOf = ears.pair.bind(ears);
  ears.pair = (listener, talker, channelId) => {
    const pair = pairOf(listener, talker, channelId);
    const name = groupOf(listener.userId, talker.userId);
    const group = groups[name] ?? { frames: 0, lostShare: 0, delayMs: 0, gapMs: 0, longestGapMs: 0, layers: [] };
    groups[name] = group;
    const interval = pair.interval.bind(pair);
    pair.interval = (voice) => {
      interval(voice);
      const { fromUs, untilUs, frames, lost, networkDelayMs, layer } = voice;
      if (fromUs < fromS * 1e6 || untilUs > scenario.durationS * 1e6) return;
      group.frames += frames;
      group.lostShare += (lost - group.lostShare * frames) / group.frames;
      if (lost < frames) group.delayMs += ((networkDelayMs - group.delayMs) * frames) / group.frames;
      group.layers.push({ atS: untilUs / 1e6, layer });
    };
    const silence = pair.silence.bind(pair);
    pair.silence = (fromUs, toUs, ...rest) => {
      silence(fromUs, toUs, ...rest);
      if (fromUs < fromS * 1e6 || toUs > scenario.durationS * 1e6) return;
      group.gapMs += (toUs - fromUs) / 1e3;
      group.longestGapMs = Math.max(group.longestGapMs, (toUs - fromUs) / 1e3);
    };
    return pair;
  };
  await world.sim.run({ untilUs: (scenario.durationS + scenario.drainS) * 1e6 });
  return groups;
}
