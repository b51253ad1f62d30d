import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Counterexample, parseCounterexample, readCounterexample } from '../../../reports/counterexample/index.js';
import { ResultFileError } from '../../../reports/index.js';
import { leastFixture, longFixture, raceFixture } from './counterexample-fixture.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-'));
});
afterAll(() => rm(folder, { recursive: true }));

const problemOf = (text: string): string => {
  try {
    parseCounterexample(text, 'c.json');
  } catch (error) {
    expect(error).toBeInstanceOf(ResultFileError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('was accepted');
};
/** The race with one event changed. */
const withEvent = (place: number, change: Partial<Counterexample['events'][number]>): string => {
  const race = raceFixture();
  return JSON.stringify({
    ...race,
    events: race.events.map((event, n) => (n === place ? { ...event, ...change } : event)),
  });
};

describe('a counterexample file', () => {
  test.each([
    ['race', raceFixture()],
    ['long', longFixture(12, 400)],
    ['least', leastFixture()],
  ])('comes back as it was written (%s)', async (name, counterexample) => {
    const path = join(folder, `${name}.json`);
    await writeFile(path, JSON.stringify(counterexample));
    expect(await readCounterexample(path)).toEqual(counterexample);
  });

  test('that breaks off anywhere is refused in one line', () => {
    const text = JSON.stringify(raceFixture());
    fc.assert(
      fc.property(fc.integer({ min: 1, max: text.length - 1 }), (length) => {
        expect(problemOf(text.slice(0, length))).toMatch(
          /^c\.json (breaks off in the middle|is not JSON); run deadair/,
        );
      }),
    );
  });

  test.each([
    ['', 'c.json is empty'],
    ['hello', 'c.json is not JSON'],
    ['null', 'c.json is no deadair counterexample: format is missing'],
    ['{"schemaVersion": 1}', 'c.json is no deadair counterexample: format is missing'],
    ['{"format": "other"}', 'c.json is no deadair counterexample: format is "other"'],
    ['{"format": "deadair-counterexample", "version": 2}', 'c.json has version 2, this deadair reads 1'],
    ['{"format": "deadair-counterexample", "version": 1}', 'c.json: deadairVersion: '],
  ])('%j is refused', (text, message) => {
    expect(problemOf(text)).toContain(message);
  });

  test.each([
    [withEvent(4, { host: 'redis-9' }), 'events.4.host: "redis-9" is not among the hosts'],
    [withEvent(4, { from: 'redis-9' }), 'events.4.from: "redis-9" is not among the hosts'],
    [withEvent(4, { n: 3 }), 'events.4.n: must be greater than 3'],
    [withEvent(4, { atUs: 5 }), 'events.4.atUs: is earlier than the event before it'],
    [withEvent(4, { cause: 9 }), 'events.4.cause: no event 9 before it'],
    [withEvent(4, { sentUs: 9_000_000 }), 'events.4.sentUs: is later than atUs'],
    [withEvent(4, { sentUs: 1_000_000 }), 'events.4.sentUs: is earlier than its cause, event 3'],
    [JSON.stringify(raceFixture({ hosts: [] })), 'hosts: '],
    [JSON.stringify(raceFixture({ seed: 0.5 })), 'seed: '],
    [
      JSON.stringify(raceFixture({ critical: { first: 99, second: 2, sentence: '', swapPasses: true } })),
      'critical.first: there is no event 99',
    ],
  ])('the field that is wrong is named (%#)', (text, message) => {
    expect(problemOf(text)).toContain(message);
  });

  test('that is not there is named', async () => {
    await expect(readCounterexample(join(folder, 'no.json'))).rejects.toThrow('no.json does not exist; check the path');
    await expect(readCounterexample(folder)).rejects.toThrow('cannot be read (EISDIR)');
  });
});
