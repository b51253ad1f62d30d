import { expect, test } from 'vitest';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import type { World } from '../../sim/world/world.js';

const step = (atS: number, user: number, what: 'join' | 'leave') => ({ atS, user, do: what, channel: 1 });

/** Two talk, a third takes them to the SFU and leaves again, so that they come back; then a second call of the same channel. */
const scenario = resolveScenario({
  name: 'recorded',
  durationS: 120,
  drainS: 20,
  policy: { profile: 'calls', callRecordMs: 90_000 },
  topology: { backends: 2, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } },
  media: { fidelity: 'flow' },
  population: {
    script: [
      ...[1, 2].map((user) => step(1, user, 'join')),
      step(10, 3, 'join'),
      step(20, 3, 'leave'),
      ...[1, 2].map((user) => step(40, user, 'leave')),
      ...[1, 2].map((user) => step(50, user, 'join')),
    ],
  },
});

function records(world: World): Map<string, string>[] {
  const inspection = world.redis.inspect();
  return inspection
    .keys('call_record:1:')
    .sort()
    .map((key) => new Map([...inspection.hgetall(key), ['ttl', String(inspection.pttl(key))]]));
}

test('a call leaves a record: peak, mode changes, who was in it and how, for as long as the policy says', async () => {
  const seen = new Map<number, Map<string, string>[]>();
  const { violations } = await simulate(scenario, {
    seed: 1,
    onWorld: (world) => {
      for (const atS of [5, 30, 45, 60, 135]) world.sim.at(atS * 1e6, () => void seen.set(atS, records(world)));
    },
  });
  expect(violations).toEqual([]);
  const at = (atS: number, nth = 0) => Object.fromEntries(seen.get(atS)![nth]!);
  expect(at(5)).toMatchObject({ peak: '2', mode: 'p2p', mode_changes: '0' });
  expect(at(30)).toMatchObject({
    peak: '3',
    mode: 'p2p',
    mode_changes: '2',
    sfu_room: expect.stringMatching(/^sfu-1/),
  });
  const ended = at(45);
  const startedMs = Number(ended.started);
  const seconds = (field: string) => Math.round((Number.parseInt(ended[field]!, 10) - startedMs) / 1e3);
  expect(['last_mode_change', 'left:3', 'ended'].map(seconds)).toEqual([expect.any(Number), 19, 39]);
  expect(seconds('last_mode_change')).toBeGreaterThan(19);
  expect(ended['left:3']).toMatch(/\|sfu\|2\|1$/);
  expect(ended['left:1'] ?? '').toMatch(/\|p2p\|[01]\|1$/);
  expect(Number(ended.ttl)).toBeLessThanOrEqual(90_000);
  // how they heard each other: of 39 s with one other and 9 s with two, what was said in a heartbeat
  const heard = ['1', '2', '3'].map((user) => Number(ended[`heard_ms:${user}`] ?? 0));
  expect(heard[0]).toBeGreaterThan(30_000);
  expect(heard[0]).toBeLessThanOrEqual(49_000);
  expect(heard[2]).toBeLessThanOrEqual(20_000);
  for (const user of ['1', '2']) {
    expect(Number(ended[`missed_ms:${user}`] ?? 0)).toBeLessThan(1_000);
    const score = Number(ended[`score_milli:${user}`]) / Number(ended[`scores:${user}`]) / 1_000;
    expect(score).toBeGreaterThan(3.5);
    expect(score).toBeLessThan(5);
  }
  // the next call of the channel has a record of its own, and the first is gone in time
  expect(seen.get(60)).toHaveLength(2);
  expect(at(60, 1)).toMatchObject({ peak: '2', mode_changes: '0' });
  expect(seen.get(135)).toHaveLength(1);
});

test('where the policy keeps none, none is written', async () => {
  const without = { ...scenario, policy: { ...scenario.policy, callRecordMs: 0 } };
  let found = -1;
  await simulate(without, {
    seed: 1,
    onWorld: (world) => {
      world.sim.at(30e6, () => {
        found = records(world).length;
      });
    },
  });
  expect(found).toBe(0);
});
