import { DeadairError } from '../errors.js';
import type { Host, HostKind } from '../hosts/index.js';
import type { FaultContext } from './fault-context.js';

/**
 * The hosts a fault's target names: an id, `kind-*`, `primary`, `replica` (any server that is not the primary) or `any`.
 * @param kind kind of host that `any` and `replica` mean
 * @param draw stream label for what is left open
 * @throws DeadairError when there is no such host
 */
export function resolveTargets(context: FaultContext, target: string, kind: HostKind | null, draw: string): Host[] {
  if (target === 'primary') return [context.primary()];
  const star = /^([a-z]+)-\*$/.exec(target)?.[1];
  const ofKind = (wanted: string | null) =>
    [...context.hosts.values()].filter((host) => wanted === null || host.kind === wanted);
  if (star !== undefined) return ofKind(star);
  if (target === 'any' || target === 'replica') {
    const candidates = ofKind(target === 'replica' ? 'redis' : kind).filter(
      (host) => target !== 'replica' || host !== context.primary(),
    );
    if (candidates.length === 0)
      throw new DeadairError('fault.target', `no host to choose for fault target "${target}"; add one to topology`);
    return [candidates[context.sim.choices.choose(draw, candidates.length)]!];
  }
  const host = context.hosts.get(target);
  // somebody who has not arrived yet, or never will, is not there to be hit: see `partition.ts`
  if (!host && target.startsWith('client-')) return [];
  if (!host) throw new DeadairError('fault.target', `fault target "${target}" does not exist in this world`);
  return [host];
}

/** Whether a name that leaves nothing open, an id or `kind-*`, means this host. */
export function isNamed(host: Host, name: string): boolean {
  return name === host.id || name === `${host.kind}-*`;
}
