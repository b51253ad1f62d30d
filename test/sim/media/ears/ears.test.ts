import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanOpinion, OPUS_ROWS, rating } from '../../../../sim/media/ears/index.js';
import { ears, pairOf, speech, talk } from './made-up-voice.js';

describe('sums', () => {
  test('opinions are weighted by the frames spoken', () => {
    const all = ears();
    const pair = pairOf(all);
    const bad = { frames: 10, lost: 5, burstRatio: 2 };
    pair.interval(speech(0));
    pair.interval(speech(1, bad));
    const good = meanOpinion(rating(OPUS_ROWS.h, 120, 0, 1));
    const poor = meanOpinion(rating(OPUS_ROWS.h, 120, 0.5, 2));
    expect(all.mos.count).toBe(60);
    expect(all.mos.avg).toBeCloseTo((50 * good + 10 * poor) / 60, 10);
    expect(all.listeners.get('1')?.mos).toBeCloseTo(all.mos.avg, 10);
    expect(all.mos.quantile(0.1)).toBeCloseTo(poor, 2);
    expect(all.mos.quantile(0.5)).toBeCloseTo(good, 2);
  });

  test('the row of the layer that was received counts, of silence that of the last one', () => {
    const all = ears();
    const pair = pairOf(all);
    pair.layer(0, 'l');
    pair.interval(speech(0, { layer: null }));
    expect(all.r.avg).toBeCloseTo(rating(OPUS_ROWS.l, 120, 0, 1), 10);
  });

  test('delays are those of frames that were played; what was lost has none', () => {
    const all = ears();
    const pair = pairOf(all);
    pair.interval(speech(0, { networkDelayMs: 40 }));
    pair.interval(speech(1, { lost: 50, networkDelayMs: Number.NaN, mouthToEarMs: Number.NaN }));
    pair.interval(speech(2, { lost: 25, networkDelayMs: 80 }));
    expect(all.latency.count).toBe(75);
    expect(all.latency.max).toBe(80);
    expect(all.latency.avg).toBeCloseTo((50 * 40 + 25 * 80) / 75, 10);
    expect(all.lost).toBe(75);
  });

  test('packets lost on the way are told apart from frames that nothing could repair', () => {
    const all = ears();
    pairOf(all).interval(speech(0, { networkLost: 10, lost: 1 }));
    expect(all.lossShare.avg).toBeCloseTo(0.2, 10);
    expect(all.lost).toBe(1);
  });

  test('whatever is heard, nothing is counted twice or not at all', () => {
    const interval = fc.record({
      frames: fc.integer({ min: 1, max: 50 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      delay: fc.integer({ min: 0, max: 2_000 }),
    });
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1, maxLength: 40 }), (intervals) => {
        const all = ears();
        const pair = pairOf(all);
        let frames = 0;
        let lost = 0;
        intervals.forEach((each, atS) => {
          const gone = Math.floor(each.frames * each.share);
          frames += each.frames;
          lost += gone;
          pair.interval(speech(atS, { frames: each.frames, lost: gone, mouthToEarMs: each.delay }));
        });
        expect([all.frames, all.lost, all.mos.count, all.mouthToEar.count]).toEqual([
          frames,
          lost,
          frames,
          frames - lost,
        ]);
        expect(all.mos.min).toBeGreaterThanOrEqual(1);
        expect(all.mos.max).toBeLessThanOrEqual(4.5);
      }),
      { numRuns: 50 },
    );
  });
});

describe('gaps', () => {
  test('a silence shorter than an audible gap is none', () => {
    const all = ears();
    const pair = pairOf(all);
    pair.silence(1e6, 1_199_999, 'loss', false);
    expect(all.gaps.count).toBe(0);
    pair.silence(2e6, 2_200_000, 'loss', false);
    expect([all.gaps.count, all.gaps.maxUs]).toEqual([1, 200_000]);
  });

  test('the ledger names the cause, and the fault of that time', () => {
    const all = ears({ faultAt: (timeUs) => (timeUs > 5e6 ? 'sfu-crash' : null) });
    const pair = pairOf(all);
    pair.silence(1e6, 2e6, 'rebuffer', false);
    pair.silence(6e6, 9e6, 'path', false);
    expect(all.gaps.longest().map(({ cause }) => cause)).toEqual(['sfu-crash: path', 'rebuffer']);
    expect([...all.gapCauses]).toEqual([
      ['rebuffer', { count: 1, totalUs: 1e6 }],
      ['path', { count: 1, totalUs: 3e6 }],
    ]);
  });

  test('only the time spoken counts as lost to a gap', () => {
    const all = ears();
    const pair = pairOf(all);
    talk(pair, 0, 10);
    pair.silence(2e6, 5e6, 'outage', false, 1e6);
    expect(all.gapUs).toBe(1e6);
    expect(all.listeners.get('1')?.dropoutShare).toBeCloseTo(0.1, 10);
  });
});

test('loss of a conversation is that of all of its time, once for each pair that talked long enough', () => {
  const all = ears();
  const long = pairOf(all);
  // one packet of 50 in every tenth second
  talk(long, 0, 100, (atS) => (atS % 10 === 0 ? 1 : 0));
  const short = pairOf(all, '1', '3');
  talk(short, 0, 4, () => 25);
  const poor = pairOf(all, '2', '3');
  for (let atS = 0; atS < 5; atS++) poor.interval(speech(atS, { lost: 0, networkLost: 5 }));
  all.finish(100e6);
  expect(all.conversationLoss.count).toBe(2);
  expect(all.conversationLoss.min).toBeCloseTo(0.002, 9);
  expect(all.conversationLoss.max).toBeCloseTo(0.1, 9);
});

test('a path begins with its first layer, however much was missed over it before', () => {
  const all = ears();
  const pair = pairOf(all);
  pair.layer(0, 'l', 'sfu');
  pair.interval(speech(1, { path: 'p2p', lost: 50 }));
  pair.layer(2e6, 'h', 'p2p');
  expect(all.layerSwitches).toBe(0);
  pair.layer(3e6, 'm', 'p2p');
  expect(all.layerSwitches).toBe(1);
});

test('layers are counted when they change, not when they begin, which they do on each path', () => {
  const all = ears();
  const pair = pairOf(all);
  const told: [string, string, number][] = [];
  all.listen({ layerChanged: (_, _at, from, to, sinceUs) => told.push([from, to, sinceUs]) });
  pair.layer(0, 'h');
  pair.layer(1e6, 'h');
  pair.layer(8e6, 'm');
  pair.layer(10e6, 'h');
  pair.layer(11e6, 'l', 'p2p');
  pair.layer(12e6, 'm', 'p2p');
  expect(told).toEqual([
    ['h', 'm', Number.POSITIVE_INFINITY],
    ['m', 'h', 2e6],
    ['l', 'm', Number.POSITIVE_INFINITY],
  ]);
  expect(all.layerSwitches).toBe(3);
});

describe('poor voice', () => {
  test('is told after two seconds of speech of which 5 % are lost, or that are too late', () => {
    const all = ears();
    const pair = pairOf(all);
    const told: number[] = [];
    all.listen({ poorVoice: ({ fromUs }) => told.push(fromUs / 1e6) });
    talk(pair, 0, 4, () => 2);
    talk(pair, 4, 6, () => 3);
    pair.interval(speech(6, { mouthToEarMs: 700 }));
    pair.interval(speech(7, { mouthToEarMs: 700 }));
    expect(told).toEqual([4, 6]);
  });
});

describe('figures that cannot be', () => {
  test.each([
    ['more lost than spoken', { lost: 51 }],
    ['nothing spoken', { frames: 0 }],
    ['a negative loss', { lost: -1 }],
    ['not a number', { lost: Number.NaN }],
    ['an end before the beginning', { untilUs: -1 }],
    ['a delay that is not a number', { networkDelayMs: Number.NaN }],
    ['voice that is heard before it is said', { mouthToEarMs: -5 }],
  ])('%s: an error that says so', (_, changes) => {
    const pair = pairOf(ears());
    expect(() => pair.interval(speech(0, changes))).toThrow(/cannot be; give an interval/);
  });

  test('a loss above 100 %: an error that names the host', () => {
    expect(() => ears().impaired('client-1', 0, 'loss', { lossShare: 1.2 })).toThrow(/client-1: loss 1.2/);
  });

  test('ears are finished once', () => {
    const all = ears();
    all.finish(1e6);
    expect(() => all.finish(2e6)).toThrow(/have been finished/);
  });
});
