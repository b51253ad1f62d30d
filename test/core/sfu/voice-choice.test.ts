import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VoiceChoice } from '../../../core/sfu/voice-choice.js';

const voices = ['a', 'b', 'c', 'd'] as const;
type Voice = (typeof voices)[number];
type Talk = Partial<Record<Voice, number>>;

function choose(choice: VoiceChoice<Voice>, atMs: number, talk: Talk, places: number, lately: Talk = talk): string {
  const candidates = voices.map((voice) => ({ voice, activity: talk[voice] ?? 0, lately: lately[voice] ?? 0 }));
  choice.choose(atMs, candidates, places);
  return voices.filter((voice) => choice.has(voice)).join('');
}

describe('the voices that are sent when there is no room for all', () => {
  test('are those that talk most', () => {
    expect(choose(new VoiceChoice(), 0, { a: 0.1, b: 0.9, c: 0.5, d: 0.7 }, 2)).toBe('bd');
  });

  test('keep their places in a silence, until another talks', () => {
    const choice = new VoiceChoice<Voice>();
    choose(choice, 0, { a: 1, b: 1 }, 2);
    expect(choose(choice, 1_000, { a: 0.7, b: 0.7 }, 2, {})).toBe('ab');
    // c has only begun, and b is silent
    expect(choose(choice, 2_000, { a: 0.8, b: 0.5, c: 0.3 }, 2, { a: 1, c: 1 })).toBe('ac');
  });

  test('give a place up to who talks clearly more, after 3 s; equals keep it', () => {
    const choice = new VoiceChoice<Voice>();
    choose(choice, 0, { a: 1, b: 0.5 }, 1);
    expect(choose(choice, 1_000, { a: 0.5, b: 0.9 }, 1)).toBe('a');
    expect(choose(choice, 4_000, { a: 0.5, b: 0.7 }, 1)).toBe('a');
    expect(choose(choice, 5_000, { a: 0.5, b: 0.9 }, 1)).toBe('b');
    expect(choose(choice, 6_000, { a: 0.95, b: 0.5 }, 1)).toBe('b');
  });

  test('are fewer when there are fewer places, and who has left has none', () => {
    const choice = new VoiceChoice<Voice>();
    expect(choose(choice, 0, { a: 0.4, b: 0.9, c: 0.8 }, 3)).toBe('abc');
    expect(choose(choice, 1_000, { a: 0.4, b: 0.9, c: 0.8 }, 2)).toBe('bc');
    choice.choose(2_000, [{ voice: 'a', activity: 0, lately: 0 }], 2);
    expect([choice.has('a'), choice.has('b')]).toEqual([true, false]);
    choice.clear();
    expect(choice.has('a')).toBe(false);
  });

  test('are always as many as there are places, and do not take turns', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const talk = fc.record({ a: share, b: share, c: share, d: share });
    fc.assert(
      fc.property(fc.array(talk, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (reports, places) => {
        const choice = new VoiceChoice<Voice>();
        const since = new Map<string, number>();
        for (const [second, each] of reports.entries()) {
          const before = new Set(since.keys());
          const now = choose(choice, second * 1_000, each, places);
          expect(now.length).toBe(places);
          for (const voice of before) {
            if (now.includes(voice)) continue;
            // whoever talks on is not put out within 3 s
            if (each[voice as Voice] >= 0.15) expect(second - since.get(voice)!).toBeGreaterThanOrEqual(3);
            since.delete(voice);
          }
          for (const voice of now) if (!since.has(voice)) since.set(voice, second);
        }
      }),
    );
  });
});
