import { describe, expect, test } from 'vitest';
import { type Counterexample, counterexampleSchema } from '../../../reports/counterexample/index.js';
import { leastFixture, longFixture, raceFixture } from './counterexample-fixture.js';

const problemsOf = (value: unknown): string[] =>
  (counterexampleSchema.safeParse(value).error?.issues ?? []).map(
    ({ path, message }) => `${path.map(String).join('.')}: ${message}`,
  );
/** The race with one event changed. */
const withEvent = (place: number, change: Partial<Counterexample['events'][number]>): Counterexample => {
  const race = raceFixture();
  return { ...race, events: race.events.map((event, n) => (n === place ? { ...event, ...change } : event)) };
};

describe('the schema of counterexamples', () => {
  test.each([
    ['race', raceFixture()],
    ['long', longFixture(12, 400)],
    ['least', leastFixture()],
  ])('leaves one that fits as it is (%s)', (_, counterexample) => {
    expect(counterexampleSchema.parse(counterexample)).toEqual(counterexample);
  });

  test.each([
    [withEvent(4, { host: 'redis-9' }), 'events.4.host: "redis-9" is not among the hosts'],
    [withEvent(4, { from: 'redis-9' }), 'events.4.from: "redis-9" is not among the hosts'],
    [withEvent(4, { n: 3 }), 'events.4.n: must be greater than 3'],
    [withEvent(4, { atUs: 5 }), 'events.4.atUs: is earlier than the event before it'],
    [withEvent(4, { cause: 9 }), 'events.4.cause: no event 9 before it'],
    [withEvent(4, { sentUs: 9_000_000 }), 'events.4.sentUs: is later than atUs'],
    [withEvent(4, { sentUs: 1_000_000 }), 'events.4.sentUs: is earlier than its cause, event 3'],
    [raceFixture({ hosts: [] }), 'hosts: '],
    [raceFixture({ seed: 0.5 }), 'seed: '],
    [
      raceFixture({ critical: { first: 99, second: 2, sentence: '', swapPasses: true } }),
      'critical.first: there is no event 99',
    ],
    [null, ': '],
  ])('names the field that is wrong (%#)', (value, message) => {
    expect(problemsOf(value)[0]).toContain(message);
  });
});
