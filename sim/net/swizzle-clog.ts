import type { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { Network } from './network.js';

/** How to {@link swizzleClog}. */
export interface SwizzleClogOptions {
  /** Time over which the chosen hosts are clogged one after the other, and later set free, in microseconds each. */
  readonly spreadUs: number;
  /** Time between the last clog and the first release, in microseconds. */
  readonly holdUs: number;
}

/**
 * Clogs a random subset of hosts one by one in random order, then sets them free in another random order (FoundationDB's
 * "swizzle-clogging", good at finding what goes wrong when parts of a cluster come back in odd orders).
 * @returns the chosen hosts, in the order of clogging
 */
export function swizzleClog(
  sim: Simulation,
  network: Network,
  hosts: readonly Host[],
  options: SwizzleClogOptions,
): Host[] {
  const choices = sim.choices.stream('net/swizzle-clog');
  const chosen = shuffle(
    hosts.filter(() => choices.choose(2) === 1),
    (n) => choices.choose(n),
  );
  const releases = shuffle(
    chosen.map((_, index) => index),
    (n) => choices.choose(n),
  );
  const stepUs = Math.round(options.spreadUs / Math.max(1, chosen.length));
  chosen.forEach((host, index) => {
    const startUs = index * stepUs;
    const endUs = options.spreadUs + options.holdUs + (releases[index] as number) * stepUs;
    sim.after(startUs, clogOne, { network, host, durationUs: endUs - startUs });
  });
  return chosen;
}

function shuffle<T>(items: readonly T[], choose: (n: number) => number): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const index = last - choose(last + 1);
    [shuffled[last], shuffled[index]] = [shuffled[index] as T, shuffled[last] as T];
  }
  return shuffled;
}

function clogOne(clog: { readonly network: Network; readonly host: Host; readonly durationUs: number }): void {
  clog.network.clogHost(clog.host, clog.durationUs);
}
