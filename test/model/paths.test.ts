import { describe, expect, test } from 'vitest';
import { modelCoverage, pathSets, playPath } from '../../sim/explore/models/index.js';

/** What the paths of one set take, gate by gate; a tuple that one set misses may not be lent by another. */
const GATES: Readonly<Record<string, string | null>> = {
  'migration to sfu': 'migration to sfu',
  'migration to p2p': 'migration to p2p',
  client: 'client',
  // further ways over what the set before covers
  'life of a client': null,
};

/** Transitions that no world can be made to take, with the reason. At present there are none. */
const OUT_OF_REACH: readonly { readonly machine: string; readonly state: string; readonly event: string }[] = [];

describe.each(pathSets().map((set) => [set.name, set] as const))('%s', (name, set) => {
  const coverage = modelCoverage();

  test.each(set.paths.map((path) => [path.name, path] as const))('%s', async (_, path) => {
    const { seed, failures } = await playPath(set, path, coverage);
    expect(seed, `no world took this path\n${failures.join('\n')}`).not.toBeNull();
  });

  test('together they take every transition of the machine, and no other', () => {
    const machine = GATES[name];
    const reachable = coverage
      .missing()
      .filter((row) => row.machine === machine)
      .filter((row) => !OUT_OF_REACH.some(({ state, event }) => row.state === state && row.event === event));
    expect(reachable).toEqual([]);
    expect(coverage.unexpected()).toEqual([]);
  });
});
