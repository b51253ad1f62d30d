import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing } from '../support/real-redis.js';
import { dataSequences } from './data-sequences.js';
import { type Answer, answer, type RedisTarget, realTarget, simulatedTarget } from './redis-target.js';
import { serverSequences } from './server-sequences.js';
import type { Step } from './step.js';

const sequences = { ...dataSequences, ...serverSequences };

const FILE = new URL('./answers.json', import.meta.url);
/** `DEADAIR_RECORD=1` takes down anew what the real server answers. */
const recording = process.env.DEADAIR_RECORD === '1';
const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Answer[]>;

const without = missing('redis-server');
const targets = [
  { name: 'simulated', left: '', create: simulatedTarget },
  { name: 'real redis-server', left: without, create: realTarget },
];

for (const { name, left, create } of targets) {
  describe.skipIf(left !== '')(`commands: ${name}${left}`, () => {
    let target: RedisTarget;
    beforeAll(async () => {
      target = await create();
    });
    afterAll(() => target?.stop());

    for (const [title, steps] of Object.entries(sequences)) {
      it(title, async () => {
        await answer(target, target.client, ['FLUSHALL']);
        await answer(target, target.client, ['SCRIPT', 'FLUSH']);
        const answers = await play(target, steps);
        if (recording && name !== 'simulated') {
          recorded[title] = answers;
          writeFileSync(FILE, `${JSON.stringify(recorded, null, 1)}\n`);
        }
        const described = (list: readonly Answer[]): string[] =>
          list.map((item, i) => `${JSON.stringify(steps[i])} -> ${JSON.stringify(item)}`);
        expect(described(answers)).toEqual(described(recorded[title] ?? []));
      });
    }
  });
}

/** One answer a step. */
async function play(target: RedisTarget, steps: readonly Step[]): Promise<Answer[]> {
  const all: Answer[] = [];
  for (const step of steps) {
    if (Array.isArray(step)) all.push(await answer(target, target.client, step as [string]));
    else if ('other' in step) all.push(await answer(target, target.other, step.other));
    else {
      await target.advance((step as { advanceMs: number }).advanceMs);
      all.push({ value: null });
    }
  }
  return all;
}
