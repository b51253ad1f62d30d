import { describe, expect, it } from 'vitest';
import { defaultPlacement, type PlacedNode, Placement } from '../../../core/cluster/placement.js';
import { SfuCluster } from '../../../core/cluster/sfu-cluster.js';
import { PolicyProfiles } from '../../../core/policy.js';
import type { Randomness, SfuControl, SfuHealthReport } from '../../../core/ports.js';

/** Some numbers in [0, 1), the same in each run. */
function dice(seed: number): Randomness {
  let state = seed;
  return {
    unique: () => String(++state),
    uniform: () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 4_294_967_296;
    },
  };
}

const NODES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** Three backends place rooms of ten on eight nodes; news of the load come only every 40 rooms. Returns the most rooms that one node got between two news; 5 would be fair. */
function spread(strategy: 'two-choices' | 'least-loaded', joinLoad: number): number {
  const load = new Map(NODES.map((name) => [name, 0]));
  const since = new Map(load);
  let most = 0;
  const backends = [1, 2, 3].map((seed) => ({
    placement: new Placement({ ...defaultPlacement, strategy, joinLoad }, dice(seed)),
    view: new Map<string, PlacedNode & { expected: number }>(),
  }));
  const news = () => {
    for (const { view } of backends)
      for (const name of NODES) view.set(name, { load: 0, share: load.get(name)!, placed: 0, expected: 0 });
  };
  for (let room = 0; room < 400; room++) {
    if (room % 40 === 0) {
      news();
      for (const name of NODES) since.set(name, 0);
    }
    const { placement, view } = backends[room % 3]!;
    const chosen = placement.choose(NODES, (name) => view.get(name)!);
    load.set(chosen, load.get(chosen)! + 0.01);
    view.get(chosen)!.expected += 1;
    since.set(chosen, since.get(chosen)! + 1);
    most = Math.max(most, ...since.values());
  }
  return most;
}

describe('placement on old figures', () => {
  it('the least loaded makes a herd; two choices do not, and a correction for recent joins helps either', () => {
    const herd = spread('least-loaded', 0);
    expect(herd).toBeGreaterThanOrEqual(39);
    expect(spread('two-choices', 0)).toBeLessThan(herd / 2);
    expect(spread('least-loaded', 0.01)).toBeLessThan(herd / 2);
    expect(spread('two-choices', 0.01)).toBeLessThan(herd / 2);
  });

  it('goes to the own region while a node there takes rooms', () => {
    const regions = new Map([
      ['a', 'eu'],
      ['b', 'us'],
      ['c', 'eu'],
    ]);
    const placement = new Placement({ ...defaultPlacement, strategy: 'region', region: 'eu', regions }, dice(1));
    const idle = { load: 0, share: 0, placed: 0, expected: 0 };
    const chosen = new Set(Array.from({ length: 40 }, () => placement.choose(['a', 'b', 'c'], () => idle)));
    expect([...chosen].sort()).toEqual(['a', 'c']);
    expect(placement.choose(['b'], () => idle)).toBe('b');
  });
});

describe('the cluster', () => {
  const reports: Record<string, SfuHealthReport> = {};
  const written: unknown[] = [];
  const redis = {
    call: async (...words: unknown[]) => {
      written.push(words);
      return 1;
    },
    pipeline: () => ({ exec: async () => [] }),
  };
  const metrics = { count: () => undefined, observe: () => undefined };
  const control = {
    health: async (node: string) => {
      const report = reports[node];
      if (report === undefined) throw new Error('down');
      return report;
    },
  } as unknown as SfuControl;
  const cluster = (standby: readonly string[] = []) =>
    new SfuCluster(
      redis,
      control,
      dice(5),
      metrics,
      { write: () => undefined },
      PolicyProfiles.channels,
      ['a', 'b', 'c'],
      defaultPlacement,
      standby,
    );

  it('puts nothing on a node that is full or is to go, and nowhere when none takes rooms', async () => {
    const nodes = cluster();
    reports.a = { participants: 9, process: 'a.1', load: 0.9, state: 'full' };
    reports.b = { participants: 1, process: 'b.1', load: 0.1, state: 'draining' };
    reports.c = { participants: 5, process: 'c.1', load: 0.504, state: 'ok' };
    await nodes.check();
    expect(written.at(-1)).toEqual([
      'HSET',
      'sfu_nodes',
      'a',
      '1|9|a.1|0.9|full',
      'b',
      '1|1|b.1|0.1|draining',
      'c',
      '1|5|c.1|0.5|ok',
    ]);
    for (let i = 0; i < 20; i++) expect(nodes.choose(null)).toBe('c');
    expect([nodes.full('a'), nodes.full('b'), nodes.drainingNodes()]).toEqual([true, false, ['b']]);
    // another backend learns the same from what was written
    const other = cluster();
    other.learn((written.at(-1) as string[]).slice(2));
    expect([other.choose(null), other.full('a'), other.drainingNodes()]).toEqual(['c', true, ['b']]);
    reports.c = { ...reports.c, state: 'full' };
    await nodes.check();
    expect(nodes.choose(null)).toBe(null);
  });

  it('remembers that a node has refused a room until there is news of it, or should have been', () => {
    const nodes = cluster();
    const news = (a: string) => nodes.learn(['a', a, 'b', '1|5|b.1', 'c', '0|0|c.1']);
    const chosen = () => new Set(Array.from({ length: 30 }, () => nodes.choose(null)));
    news('1|9|a.1');
    expect([...chosen()].sort()).toEqual(['a', 'b']);
    nodes.refused('a');
    expect([...chosen()]).toEqual(['b']);
    news('1|9|a.1');
    expect([...chosen()]).toEqual(['b']);
    news('1|8|a.1');
    expect(chosen().has('a')).toBe(true);
    nodes.refused('a');
    nodes.refused('b');
    expect(nodes.choose(null)).toBe(null);
    const { sfuCheckEveryMs, tickMs } = PolicyProfiles.channels;
    for (let tick = 0; tick < (2 * sfuCheckEveryMs) / tickMs; tick++) news('1|8|a.1');
    expect([...chosen()].sort()).toEqual(['a', 'b']);
  });

  it('nodes that stand by are not there until they answer', async () => {
    delete reports.c;
    reports.a = { participants: 0, process: 'a.1' };
    delete reports.b;
    const nodes = cluster(['b', 'c']);
    for (let i = 0; i < 10; i++) expect(nodes.choose(null)).toBe('a');
    reports.c = { participants: 0, process: 'c.1' };
    await nodes.check();
    expect([nodes.alive('a'), nodes.alive('b'), nodes.alive('c')]).toEqual([true, false, true]);
  });
});
