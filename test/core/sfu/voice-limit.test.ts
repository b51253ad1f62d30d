import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultVoiceLimitPolicy, VoiceLimit } from '../../../core/sfu/voice-limit.js';

const VOICE = 40.8;
/** Without patience: what it is patient about is tested by itself. */
const limitOf = () => new VoiceLimit({ ...defaultVoiceLimitPolicy, patienceMs: 0, provenMs: 1e9 });

/** Limits after reports, one a second; the lowest layer has been tried for long enough. */
function limits(
  limit: VoiceLimit,
  capacities: readonly number[],
  talkers: number,
  fromS = 0,
  lossShare = 0.2,
): number[] {
  return capacities.map((capacityKbps, second) =>
    limit.update({
      atMs: (fromS + second) * 1_000,
      capacityKbps,
      availableKbps: capacityKbps,
      lossShare,
      lowest: true,
      standby: false,
      voiceKbps: VOICE,
      talkers,
    }),
  );
}
const steady = (kbps: number, seconds: number) => Array<number>(seconds).fill(kbps);

describe('voices that a listener is sent at once', () => {
  test('are all, while the link has not been found to be full, or carries them in the lowest layer', () => {
    expect(limits(limitOf(), steady(Infinity, 5), 50)).toEqual(steady(Infinity, 5));
    expect(limits(limitOf(), steady(8 * VOICE, 20), 8)).toEqual(steady(Infinity, 20));
  });

  test('are as many as fit when it is clearly too little, and when it is a little too little for 2 s', () => {
    expect(limits(limitOf(), [250], 8)).toEqual([6]);
    expect(limits(limitOf(), steady(7.5 * VOICE, 4), 8)).toEqual([Infinity, Infinity, 7, 7]);
  });

  test('are all as long as nothing is lost, and the queue has room', () => {
    expect(limits(limitOf(), steady(100, 20), 8, 0, 0)).toEqual(steady(Infinity, 20));
  });

  test('are all until the lowest layer has been tried for 4 s; for 1.5 s where the link is known to carry clearly less', () => {
    expect(limits(new VoiceLimit(), steady(7.5 * VOICE, 8), 8)).toEqual([...steady(Infinity, 6), ...steady(7, 2)]);
    expect(limits(new VoiceLimit(), steady(100, 4), 8)).toEqual([Infinity, Infinity, 2, 2]);
    const layered = new VoiceLimit();
    const known = { capacityKbps: 100, availableKbps: 100, voiceKbps: VOICE, talkers: 8, lossShare: 0.2 };
    const voices = (s: number, standby: boolean) =>
      layered.update({ ...known, atMs: s * 1_000, lowest: false, standby });
    expect([0, 1, 2, 3].map((s) => voices(s, true))).toEqual(steady(Infinity, 4));
    // whatever the layers: the lowest would not do
    expect([4, 5, 6].map((s) => voices(s, false))).toEqual([Infinity, Infinity, 2]);
    // a quarter lost, but no queue: whether it carries less is not known
    const limit = new VoiceLimit();
    const demand = {
      capacityKbps: Infinity,
      availableKbps: 100,
      voiceKbps: VOICE,
      talkers: 8,
      lowest: true,
      standby: false,
    };
    const after = steady(0, 6).map((_, s) => limit.update({ ...demand, atMs: s * 1_000, lossShare: 0.9 }));
    expect(after).toEqual([...steady(Infinity, 4), 2, 2]);
  });

  test('are spared on standby for 8 s: who waits for this listener cannot wait for ever', () => {
    const limit = new VoiceLimit();
    const known = { capacityKbps: 100, availableKbps: 100, voiceKbps: VOICE, talkers: 8, lossShare: 0.2 };
    const after = steady(0, 12).map((_, s) => limit.update({ ...known, atMs: s * 1_000, lowest: true, standby: true }));
    expect(after).toEqual([...steady(Infinity, 10), 2, 2]);
  });

  test('are at least one, whatever there is', () => {
    for (const kbps of [0, 1, Number.NaN]) expect(limits(limitOf(), [kbps], 8)).toEqual([1]);
  });

  test('are not limited where people take turns', () => {
    expect(limits(limitOf(), steady(45, 20), 1.4)).toEqual(steady(Infinity, 20));
  });

  test('become more one by one, 5.5 s apart at least, and then all again', () => {
    const limit = limitOf();
    limits(limit, [100], 4);
    const after = limits(limit, steady(1_000, 40), 4, 1);
    expect([...new Set(after)]).toEqual([2, 3, 4, Infinity]);
    for (const each of [2, 3, 4]) expect(after.filter((voices) => voices === each).length).toBeGreaterThanOrEqual(5);
  });

  test('are tried less and less often where one more cannot be kept', () => {
    const limit = limitOf();
    limits(limit, [250], 8);
    const raised: number[] = [];
    let voices = 6;
    for (let second = 1; second < 240; second++) {
      // room for a seventh as long as it is not sent
      const [next] = limits(limit, [voices > 6 ? 250 : 330], 8, second);
      if (next! > voices) raised.push(second);
      voices = next!;
    }
    const waits = raised.slice(1).map((second, index) => second - raised[index]!);
    expect(waits.length).toBeGreaterThanOrEqual(4);
    expect(waits[0]).toBeGreaterThanOrEqual(10);
    expect(waits[1]).toBeGreaterThanOrEqual(20);
    for (const wait of waits.slice(2)) expect(wait).toBeGreaterThanOrEqual(40);
  });

  test('do not follow loss that comes whatever is sent; a link that loses more than a quarter is full', () => {
    const demand = {
      capacityKbps: Infinity,
      availableKbps: 60,
      voiceKbps: VOICE,
      talkers: 3,
      lowest: true,
      standby: false,
    };
    const lossy = limitOf();
    for (let second = 0; second < 60; second++)
      expect(lossy.update({ ...demand, atMs: second * 1_000, lossShare: 0.2 })).toBe(Infinity);
    const full = limitOf();
    for (let second = 0; second < 10; second++) full.update({ ...demand, atMs: second * 1_000, lossShare: 0.4 });
    expect(full.voices).toBe(1);
    // layers come first
    const high = limitOf();
    for (let second = 0; second < 10; second++)
      high.update({ ...demand, lowest: false, atMs: second * 1_000, lossShare: 0.4 });
    expect(high.voices).toBe(Infinity);
  });

  test('do not flap: raised at most once in 5.5 s, never below one', () => {
    const reports = fc.array(fc.tuple(fc.nat(600), fc.nat(12), fc.double({ min: 0, max: 1, noNaN: true })), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(reports, (all) => {
        const limit = limitOf();
        let before = Infinity;
        let raisedS = Number.NEGATIVE_INFINITY;
        for (const [second, [kbps, talkers, lossShare]] of all.entries()) {
          const [voices] = limits(limit, [kbps], talkers, second, lossShare);
          expect(voices).toBeGreaterThanOrEqual(1);
          if (voices! > before) {
            expect(second - raisedS).toBeGreaterThanOrEqual(5);
            raisedS = second;
          }
          before = voices!;
        }
      }),
    );
  });
});
