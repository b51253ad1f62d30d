import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Choices, RecordingSource, ReplaySource, SeededSource } from '../../../sim/kernel/index.js';

/** A little world whose choices depend on earlier ones. */
function history(choices: Choices): unknown[] {
  const seen: unknown[] = [];
  for (let step = 0; step < 20; step++) {
    const actor = `actor${choices.choose('scheduler', 3)}`;
    const stream = choices.stream(actor);
    seen.push(actor, stream.chance(0.3) ? stream.exponential(10) : stream.choose(7));
  }
  return seen;
}

function recording(seed: number): { seen: unknown[]; source: RecordingSource } {
  const source = new RecordingSource(new SeededSource(seed));
  return { seen: history(new Choices(seed, source)), source };
}

describe('RecordingSource and ReplaySource', () => {
  it('record without disturbing, and replay under any seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (seed, otherSeed) => {
        const { seen, source } = recording(seed);
        expect(seen).toEqual(history(new Choices(seed)));
        const replay = new ReplaySource(JSON.parse(JSON.stringify(source.recorded)), otherSeed);
        expect(history(new Choices(otherSeed, replay))).toEqual(seen);
        expect(replay.divergences).toEqual([]);
      }),
      { numRuns: 50, seed: 4 },
    );
  });

  it('lets a removed choice fall as the seed says', () => {
    const { seen, source } = recording(5);
    const replay = new ReplaySource(source.recorded.slice(0, -8), 5);
    expect(history(new Choices(5, replay))).toEqual(seen);
    expect(replay.divergences).toHaveLength(8);
    expect(replay.divergences[0]).toMatchObject({ recordedN: null });
  });

  it('says where a replay asks something else, and goes on', () => {
    const recorded = [
      { label: 'a', ordinal: 0, n: 3, value: 2 },
      { label: 'a', ordinal: 1, n: 3, value: 2 },
    ];
    const replay = new ReplaySource(recorded, 1);
    const choices = new Choices(1, replay);
    expect(choices.choose('a', 2)).toBe(new Choices(1).choose('a', 2));
    expect(choices.choose('a', 3)).toBe(2);
    expect(replay.divergences).toEqual([{ label: 'a', ordinal: 0, n: 2, recordedN: 3 }]);
  });
});
