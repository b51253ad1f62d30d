import { NODE_PROFILES, type NodeLimits, type NodeProfile, nodeResources } from '../sfu/capacity/index.js';
import type { Scenario } from './scenario.js';

/** What SFU nodes run on, and how much they take. */
export interface NodeModel {
  readonly profile: NodeProfile;
  readonly limits: NodeLimits;
}

/** The node model of a scenario; null: there is none, or its profile does not exist. */
export function resolveNode({
  topology,
}: {
  readonly topology: Pick<Scenario['topology'], 'sfuNode'>;
}): NodeModel | null {
  const { sfuNode } = topology;
  if (sfuNode === undefined) return null;
  const base = sfuNode.profileData ?? NODE_PROFILES.get(sfuNode.profile);
  if (base === undefined) return null;
  const own = Object.keys(nodeResources).flatMap((name) => {
    const value = sfuNode[name as keyof typeof nodeResources];
    return value === undefined ? [] : [[name, value] as const];
  });
  const { overloadShare, recoverShare, memoryFullShare, participantsMax, queueMs, fallback } = sfuNode;
  return {
    profile: { ...base, ...Object.fromEntries(own) },
    limits: { overloadShare, recoverShare, memoryFullShare, participantsMax, queueMs, fallback },
  };
}
