import type { Host } from '../hosts/index.js';
import type { LinkProfile, MediaObserver } from '../net/index.js';
import type { World } from './world.js';

/** Access links to capture: of hosts by id; `first`: of the client that comes first; `all`: of every client, so every packet of media is there. */
export type CapturedLinks = 'first' | 'all' | readonly string[];

/** Where packets go: a `LinkCapture`. */
export interface Capture {
  add(host: Host, description: string): MediaObserver;
}

/**
 * Shows a capture every packet of media on these access links, from the first on. Hosts that never come are never captured.
 * @param world one that has not run yet
 */
export function captureLinks(world: World, capture: Capture, links: CapturedLinks): void {
  const { network } = world;
  const seen = new Set<string>();
  const wanted = (id: string): boolean =>
    links === 'all' || (links === 'first' ? seen.size === 0 : links.includes(id)) || seen.has(id);
  const look = (host: Host) => {
    if (seen.has(host.id) || !wanted(host.id)) return;
    seen.add(host.id);
    network.observeMedia(host, capture.add(host, describe(network.profileOf(host))));
  };
  if (links !== 'first' && links !== 'all') for (const host of world.hosts.values()) look(host);
  world.events.listen({ tabOpened: ({ userId }) => look(world.hosts.get(`client-${userId}`)!) });
}

/** The fault that is active in a world now, in words; null: none. */
export function faultNow({ faults, sim }: World): string | null {
  const fault = faults.activeAt(sim.nowUs);
  return fault === null ? null : `${fault.kind} of ${fault.target}`;
}

function describe(profile: string | LinkProfile): string {
  return typeof profile === 'string' ? profile : 'a link of its own';
}
