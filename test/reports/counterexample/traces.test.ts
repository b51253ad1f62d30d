import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Counterexample,
  renderPerfetto,
  renderShiviz,
  SHIVIZ_PARSER,
} from '../../../reports/counterexample/index.js';
import { leastFixture, longFixture, raceFixture } from './counterexample-fixture.js';

const fixtures: [string, Counterexample][] = [
  ['race', raceFixture()],
  ['long', longFixture(12, 400)],
  ['many in one microsecond', atOnce()],
  ['least', leastFixture()],
];

/** Everything of the race in one microsecond. */
function atOnce(): Counterexample {
  const race = raceFixture();
  return { ...race, events: race.events.map(({ sentUs: _, ...event }) => ({ ...event, atUs: 5 })) };
}

interface Entry {
  readonly n: number;
  readonly kind: string;
  readonly host: string;
  readonly clock: Readonly<Record<string, number>>;
}

/** Reads the log as ShiViz does: the expression of the first line, over the whole rest. */
function parseShiviz(log: string): Entry[] {
  const [parser = '', delimiter, ...lines] = log.split('\n');
  expect(parser).toBe(SHIVIZ_PARSER);
  expect(delimiter).toBe('');
  const rest = lines.join('\n');
  const found = [...rest.matchAll(new RegExp(parser, 'g'))];
  expect(found.map(([text]) => text).join('\n')).toBe(rest.trimEnd());
  return found.map(({ groups = {} }) => ({
    n: Number(groups.n),
    kind: groups.kind ?? '',
    host: groups.host ?? '',
    clock: JSON.parse(groups.clock ?? '') as Record<string, number>,
  }));
}

const precedes = (a: Entry['clock'], b: Entry['clock']) =>
  Object.keys(a).every((host) => (a[host] ?? 0) <= (b[host] ?? 0)) && JSON.stringify(a) !== JSON.stringify(b);

describe('the log for ShiViz', () => {
  test('of the race', async () => {
    await expect(renderShiviz(raceFixture())).toMatchFileSnapshot('golden/race.shiviz.log');
  });

  test.each(fixtures)('has a clock for every event; each host counts its own from 1 (%s)', (_, fixture) => {
    const entries = parseShiviz(renderShiviz(fixture));
    expect(entries.filter(({ kind }) => kind !== 'send').map(({ n }) => n)).toEqual(fixture.events.map(({ n }) => n));
    for (const host of new Set(entries.map((entry) => entry.host))) {
      const own = entries.filter((entry) => entry.host === host).map(({ clock }) => clock[host]);
      expect(own).toEqual(own.map((_, index) => index + 1));
    }
  });

  test.each(fixtures)('a message is received after it was sent (%s)', (_, fixture) => {
    const entries = parseShiviz(renderShiviz(fixture));
    const received = new Map(entries.filter(({ kind }) => kind !== 'send').map((entry) => [entry.n, entry]));
    const sent = new Map(entries.filter(({ kind }) => kind === 'send').map((entry) => [entry.n, entry]));
    let messages = 0;
    for (const event of fixture.events) {
      if (event.from === undefined || event.from === event.host) continue;
      const send = sent.get(event.n) ?? received.get(event.cause ?? -1);
      expect(send?.host).toBe(event.from);
      expect(precedes(send?.clock ?? {}, received.get(event.n)?.clock ?? {})).toBe(true);
      messages++;
    }
    expect(messages).toBe(fixture.events.filter(({ from, host }) => from !== undefined && from !== host).length);
  });

  test('what no message orders is concurrent', () => {
    const entries = parseShiviz(renderShiviz(raceFixture()));
    const [one, two] = [entries.find(({ n }) => n === 0), entries.find(({ n }) => n === 7)];
    expect(precedes(one?.clock ?? {}, two?.clock ?? {}) || precedes(two?.clock ?? {}, one?.clock ?? {})).toBe(false);
  });
});

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly id?: number;
  readonly cat?: string;
  readonly bp?: string;
  readonly args?: { readonly name?: string; readonly n?: number };
}

const parsePerfetto = (counterexample: Counterexample) =>
  (JSON.parse(renderPerfetto(counterexample)) as { traceEvents: TraceEvent[] }).traceEvents;

describe('the trace for Perfetto', () => {
  test('of the race', async () => {
    await expect(renderPerfetto(raceFixture())).toMatchFileSnapshot('golden/race.perfetto.txt');
  });

  test.each(fixtures)('every flow has one start and one end, each at a slice of its thread (%s)', (_, fixture) => {
    const events = parsePerfetto(fixture);
    const slices = events.filter(({ ph }) => ph === 'X');
    const starts = new Map(events.filter(({ ph }) => ph === 's').map((event) => [event.id, event]));
    const ends = events.filter(({ ph }) => ph === 'f');
    const messages = fixture.events.filter(({ from, host }) => from !== undefined && from !== host);
    expect(ends).toHaveLength(messages.length);
    expect(starts.size).toBe(ends.length);
    expect(events.filter(({ ph }) => ph === 's')).toHaveLength(ends.length);
    for (const end of ends) {
      const start = starts.get(end.id);
      expect([start?.name, start?.cat, end.bp]).toEqual([end.name, end.cat, 'e']);
      expect(start?.ts).toBeLessThanOrEqual(end.ts);
      expect(start?.tid).not.toBe(end.tid);
      for (const point of [start, end]) {
        const slice = slices.find((candidate) => candidate.tid === point?.tid && candidate.ts === point.ts);
        expect(events.indexOf(slice as TraceEvent)).toBeLessThan(events.indexOf(point as TraceEvent));
      }
    }
  });

  test.each(fixtures)(
    'slices of a thread have a length and do not overlap; threads belong to one process (%s)',
    (_, fixture) => {
      const events = parsePerfetto(fixture);
      const threads = new Map<number, TraceEvent[]>();
      for (const event of events.filter(({ ph }) => ph === 'X'))
        threads.set(event.tid, [...(threads.get(event.tid) ?? []), event]);
      for (const slices of threads.values()) {
        expect(new Set(slices.map(({ pid }) => pid)).size).toBe(1);
        slices.forEach((slice, index) => {
          expect(slice.dur).toBeGreaterThan(0);
          const next = slices[index + 1];
          if (next !== undefined) expect(slice.ts + slice.dur).toBeLessThanOrEqual(next.ts + 1e-6);
        });
      }
      const names = events
        .filter(({ ph, name }) => ph === 'M' && name === 'process_name')
        .map(({ args }) => args?.name);
      expect(names).toEqual(fixture.hosts.map(({ id }) => id));
      const shown = events.filter(({ ph, cat }) => ph === 'X' && cat !== 'value' && !/^send/.test(cat ?? ''));
      expect(shown.map(({ args }) => args?.n)).toEqual(fixture.events.map(({ n }) => n));
    },
  );
});

test('hostile labels break neither format', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 25, maxLength: 25 }), (labels) => {
      const race = raceFixture();
      const hostile = {
        ...race,
        events: race.events.map((event, index) => ({ ...event, label: labels[index] ?? '' })),
      };
      expect(parseShiviz(renderShiviz(hostile)).length).toBeGreaterThanOrEqual(25);
      expect(parsePerfetto(hostile).length).toBe(parsePerfetto(race).length);
    }),
    { numRuns: 60 },
  );
});
