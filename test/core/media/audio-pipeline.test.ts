import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AudioPath, AudioPipeline } from '../../../core/media/audio-pipeline.js';

const gains = (pipeline: AudioPipeline, atMs: number) => [pipeline.gain('p2p', atMs), pipeline.gain('sfu', atMs)];

/** Plays P2P since 0, fades to the SFU from 1 000 on. */
function fading(): AudioPipeline {
  const pipeline = new AudioPipeline();
  pipeline.select('p2p', 0);
  pipeline.select('sfu', 1_000);
  return pipeline;
}

describe('audio pipeline (A15)', () => {
  test('nothing is heard before something is selected', () => {
    expect(gains(new AudioPipeline(), 5)).toEqual([0, 0]);
  });

  test('the first path rises within 20 ms: there is nothing to fade from', () => {
    const pipeline = new AudioPipeline();
    pipeline.select('sfu', 100);
    expect(gains(pipeline, 100)).toEqual([0, 0]);
    expect(gains(pipeline, 110)).toEqual([0, 0.5]);
    expect(gains(pipeline, 120)).toEqual([0, 1]);
    expect(pipeline.settledAtMs).toBe(120);
  });

  test('a change of path is a linear crossfade of 2 000 ms', () => {
    const pipeline = fading();
    expect(gains(pipeline, 1_000)).toEqual([1, 0]);
    expect(gains(pipeline, 1_500)).toEqual([0.75, 0.25]);
    expect(gains(pipeline, 2_000)).toEqual([0.5, 0.5]);
    expect(gains(pipeline, 2_999)[0]).toBeCloseTo(0.0005, 9);
    expect(gains(pipeline, 3_000)).toEqual([0, 1]);
    expect(gains(pipeline, 1e9)).toEqual([0, 1]);
  });

  test('turned back in the middle, a fade goes on from the present gains', () => {
    const pipeline = fading();
    pipeline.select('p2p', 1_500);
    expect(gains(pipeline, 1_500)).toEqual([0.75, 0.25]);
    expect(gains(pipeline, 1_750)).toEqual([0.875, 0.125]);
    expect(gains(pipeline, 2_000)).toEqual([1, 0]);
  });

  test('selecting the same path again does not restart the fade', () => {
    const pipeline = fading();
    pipeline.select('sfu', 2_000);
    expect(gains(pipeline, 2_500)).toEqual([0.25, 0.75]);
  });

  test('silence comes within 20 ms, and a voice comes back as fast', () => {
    const pipeline = fading();
    pipeline.select('none', 5_000);
    expect(gains(pipeline, 5_010)).toEqual([0, 0.5]);
    expect(gains(pipeline, 5_020)).toEqual([0, 0]);
    pipeline.select('p2p', 6_000);
    expect(gains(pipeline, 6_020)).toEqual([1, 0]);
  });

  test('when the old path has died the new one takes over within 20 ms', () => {
    const pipeline = fading();
    pipeline.lost('p2p', 1_500);
    expect(gains(pipeline, 1_520)[1]).toBeGreaterThan(0.99);
    pipeline.lost('sfu', 2_000);
    expect(gains(pipeline, 2_100)).toEqual([0, 1]);
  });

  test('the length of the fade can be set', () => {
    const pipeline = new AudioPipeline({ fadeMs: 500 });
    pipeline.select('p2p', 0);
    pipeline.select('sfu', 1_000);
    expect(gains(pipeline, 1_250)).toEqual([0.5, 0.5]);
  });

  const selections = fc.array(
    fc.record({ gapMs: fc.integer({ min: 0, max: 3_000 }), path: fc.constantFrom<AudioPath>('p2p', 'sfu') }),
    { minLength: 1, maxLength: 12 },
  );

  test('once a voice is there, the gains add up to 1 at all times, and neither jumps', () => {
    fc.assert(
      fc.property(selections, (steps) => {
        const pipeline = new AudioPipeline();
        pipeline.select('p2p', 0);
        let nowMs = 20;
        let before = pipeline.gain('p2p', nowMs);
        for (const { gapMs, path } of steps) {
          for (const endMs = nowMs + gapMs; nowMs < endMs; nowMs += 25) {
            const [p2p, sfu] = gains(pipeline, nowMs) as [number, number];
            expect(p2p + sfu).toBeCloseTo(1, 12);
            expect(Math.abs(p2p - before)).toBeLessThanOrEqual(25 / 2_000 + 1e-12);
            before = p2p;
          }
          pipeline.select(path, nowMs);
          before = pipeline.gain('p2p', nowMs);
        }
        expect(pipeline.gain(pipeline.selected as AudioPath, nowMs + 2_000)).toBe(1);
      }),
      { numRuns: 30 },
    );
  });

  test('the gains never add up to more than 1, also with silence in between', () => {
    const paths = fc.constantFrom<AudioPath | 'none'>('p2p', 'sfu', 'none');
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), paths, fc.boolean()), { maxLength: 20 });
    fc.assert(
      fc.property(steps, (changes) => {
        const pipeline = new AudioPipeline();
        let nowMs = 0;
        for (const [gapMs, path, lost] of changes) {
          nowMs += gapMs;
          if (lost && path !== 'none') pipeline.lost(path, nowMs);
          else pipeline.select(path, nowMs);
          for (const atMs of [nowMs, nowMs + 7, nowMs + 500]) {
            const [p2p, sfu] = gains(pipeline, atMs) as [number, number];
            expect(Math.min(p2p, sfu)).toBeGreaterThanOrEqual(0);
            expect(p2p + sfu).toBeLessThanOrEqual(1 + 1e-12);
          }
        }
      }),
    );
  });
});
