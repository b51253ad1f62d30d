import { describe, expect, test } from 'vitest';
import { resolveScenario } from '../../../sim/scenario/index.js';
import { World } from '../../../sim/world/world.js';
import { batchMeans, erlangB, erlangC } from './erlang.js';

interface Served {
  /** Nobody was free when it was offered. */
  readonly delayed: boolean;
  readonly waitS: number;
  /** How long somebody was taken by it, from the first ring to the end; null: nobody ever. */
  readonly heldS: number | null;
}

const WARM_UP_S = 300;

/** Calls without patience to one pool of staff who answer at once: arrivals Poisson, talk exponential. */
async function serve(options: {
  readonly lines: number;
  readonly load: number;
  readonly calls: number;
  readonly talkS: number;
  readonly waitTimeoutMs: number;
  readonly seed: number;
}): Promise<Served[]> {
  const { lines, load, calls, talkS, waitTimeoutMs, seed } = options;
  const overS = Math.round((calls * talkS) / load) + WARM_UP_S;
  const scenario = resolveScenario({
    name: 'erlang',
    durationS: overS + 30,
    drainS: 0,
    policy: { profile: 'calls' },
    topology: { backends: 1, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } },
    calls: {
      policy: { ringWidth: 1, waitTimeoutMs },
      organisations: [
        {
          staff: { count: lines, overS: 5, answerMinS: 0, answerMeanS: 0 },
          arrivals: [{ atS: 20, overS, perHour: (3_600 * load) / talkS }],
          talkMeanS: talkS,
        },
      ],
    },
  });
  const world = new World(scenario, { seed });
  const first = new Map<string, string>();
  const served: Served[] = [];
  world.redis.onCommand(({ footprint }) => {
    for (const key of footprint.writes) {
      if (!key.startsWith('call:')) continue;
      const call = world.redis.inspect().hgetall(key);
      const state = call.get('state') ?? '';
      const at = (field: string) => Number(call.get(field)) / 1e3;
      if (!first.has(key)) first.set(key, state);
      if (state !== 'ended' && state !== 'missed') continue;
      if (world.sim.nowUs < WARM_UP_S * 1e6) continue;
      const rang = at('rung') > 0;
      const delayed = first.get(key) !== 'ringing';
      served.push({
        delayed,
        waitS: rang ? at('rung') - at('offered') : 0,
        heldS: rang ? at('over') - at('rung') : null,
      });
    }
  });
  await world.sim.run({ untilUs: scenario.durationS * 1e6 });
  return served;
}

/** Erlangs offered: calls a second times the time that each takes somebody, ringing included. */
function offeredLoad(served: readonly Served[], load: number, talkS: number): number {
  const held = served.flatMap(({ heldS }) => heldS ?? []);
  return (load / talkS) * (held.reduce((sum, value) => sum + value, 0) / held.length);
}

test('the formulas give the values of the tables', () => {
  // VOICE section 5
  expect(erlangB(10, 15)).toBeCloseTo(0.0365, 4);
  expect(erlangB(100, 117)).toBeCloseTo(0.00979, 5);
  expect(erlangB(2, 3)).toBeCloseTo(4 / 19, 10);
  expect(erlangC(2, 3)).toBeCloseTo(4 / 9, 10);
});

describe('a pool of staff follows Erlang', () => {
  test.each([
    { lines: 3, load: 2, seed: 1 },
    { lines: 8, load: 6, seed: 2 },
  ])('B, when nobody waits: $load erlangs on $lines', { timeout: 120_000 }, async ({ lines, load, seed }) => {
    const talkS = 20;
    const served = await serve({ lines, load, calls: 1_500, talkS, waitTimeoutMs: 0, seed });
    const { mean, half } = batchMeans(served.map(({ heldS }) => (heldS === null ? 1 : 0)));
    const expected = erlangB(offeredLoad(served, load, talkS), lines);
    expect(served.length).toBeGreaterThan(1_300);
    expect(half).toBeLessThan(0.06);
    expect(Math.abs(mean - expected), `blocked ${mean} +- ${half}, Erlang B ${expected}`).toBeLessThan(half);
  });

  test('C, when all wait: who has to wait, and for how long', { timeout: 120_000 }, async () => {
    const [lines, load, talkS] = [3, 1.8, 20];
    const served = await serve({ lines, load, calls: 2_000, talkS, waitTimeoutMs: 86_400_000, seed: 3 });
    const offered = offeredLoad(served, load, talkS);
    const expected = erlangC(offered, lines);
    const delayed = batchMeans(served.map((call) => (call.delayed ? 1 : 0)));
    expect(served.length).toBeGreaterThan(1_700);
    expect(delayed.half).toBeLessThan(0.12);
    expect(Math.abs(delayed.mean - expected), `delayed ${delayed.mean}, Erlang C ${expected}`).toBeLessThan(
      delayed.half,
    );
    const wait = batchMeans(served.map(({ waitS }) => waitS));
    const heldS = (offered * talkS) / load;
    const expectedS = (expected * heldS) / (lines - offered);
    expect(Math.abs(wait.mean - expectedS), `waits ${wait.mean} s, Erlang C ${expectedS} s`).toBeLessThan(wait.half);
  });
});
