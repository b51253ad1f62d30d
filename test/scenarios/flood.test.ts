import { expect, test } from 'vitest';
import { resolveScenario, type ScenarioInput } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';

/** Twelve join one after the other; one of those who are there already may go mad. */
const world = (flood: boolean): ScenarioInput => ({
  name: 'flood',
  durationS: 40,
  drainS: 20,
  policy: { profile: 'channels' },
  topology: { backends: 2, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } },
  population: {
    clients: 13,
    script: [
      { atS: 1, user: 1, do: 'join', channel: 1 },
      ...(flood ? [{ atS: 5, user: 1, do: 'flood' as const, forS: 20, perS: 5_000 }] : []),
      ...Array.from({ length: 12 }, (_, index) => ({
        atS: 6 + index,
        user: 2 + index,
        do: 'join' as const,
        channel: 2 + (index % 3),
      })),
    ],
  },
});

async function joins(flood: boolean): Promise<{ waits: number[]; refused: number; violations: number }> {
  const waits: number[] = [];
  let refused = () => 0;
  const result = await simulate(resolveScenario(world(flood)), {
    seed: 3,
    onWorld: ({ events, recorder }) => {
      events.listen({ joined: ({ userId }, _channel, _request, waitedMs) => userId !== '1' && waits.push(waitedMs) });
      refused = () => recorder.total('voice_messages_refused_total', { reason: 'rate' });
    },
  });
  return { waits, refused: refused(), violations: result.violations.length };
}

test('a client that sends fifty times what it may slows nobody else', async () => {
  const calm = await joins(false);
  const flooded = await joins(true);
  expect(calm.refused).toBe(0);
  expect(flooded.refused).toBeGreaterThan(80_000);
  expect(flooded.violations).toBe(0);
  expect(flooded.waits).toHaveLength(12);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean(flooded.waits) - mean(calm.waits))).toBeLessThan(5);
});
