import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conceal } from '../../../../sim/media/flow/fec.js';
import {
  addFrames,
  countBoth,
  countFrames,
  frameMask,
  framesWithout,
  hasFrame,
} from '../../../../sim/media/flow/frame-mask.js';

const FRAMES = 70;
const frames = fc.array(fc.boolean(), { minLength: FRAMES, maxLength: FRAMES });

function maskOf(flags: readonly boolean[]): Int32Array {
  const mask = frameMask(FRAMES);
  flags.forEach((flag, frame) => {
    if (flag) addFrames(mask, frame, frame + 1);
  });
  return mask;
}

function flagsOf(mask: Int32Array): boolean[] {
  return Array.from({ length: FRAMES }, (_, frame) => hasFrame(mask, frame));
}

describe('sets of frames', () => {
  it('hold what was added, whatever the borders of words', () => {
    fc.assert(
      fc.property(fc.nat(FRAMES), fc.nat(FRAMES), (one, other) => {
        const [from, until] = [Math.min(one, other), Math.max(one, other)];
        const mask = frameMask(FRAMES);
        addFrames(mask, from, until);
        expect(flagsOf(mask)).toEqual(Array.from({ length: FRAMES }, (_, i) => i >= from && i < until));
        expect(countFrames(mask)).toBe(until - from);
      }),
    );
  });

  it('are counted, cut and subtracted like any sets', () => {
    fc.assert(
      fc.property(frames, frames, (one, other) => {
        const out = frameMask(FRAMES);
        framesWithout(maskOf(one), maskOf(other), out);
        expect(flagsOf(out)).toEqual(one.map((flag, i) => flag && !other[i]));
        expect(countBoth(maskOf(one), maskOf(other))).toBe(one.filter((flag, i) => flag && other[i]).length);
      }),
    );
  });
});

describe('in-band FEC on whole intervals', () => {
  const voice = fc.array(fc.constantFrom('spoken', 'lost', 'silent', 'comfort'), {
    minLength: FRAMES,
    maxLength: FRAMES,
  });

  it('repairs a lost frame when, and only when, the packet after it has come', () => {
    fc.assert(
      fc.property(voice, (kinds) => {
        const spoken = kinds.map((kind) => kind === 'spoken' || kind === 'lost');
        const sent = kinds.map((kind) => kind !== 'silent');
        const lost = kinds.map((kind) => kind === 'lost');
        const out = frameMask(FRAMES);
        const count = conceal(maskOf(sent), maskOf(spoken), maskOf(lost), FRAMES, true, out);
        const expected = kinds.map((_, i) => lost[i] === true && !(sent[i + 1] === true && !lost[i + 1]));
        // the last one's fate is that of the one before it
        const last = FRAMES - 1;
        if (lost[last] && spoken[last - 1] && !expected[last - 1]) expected[last] = false;
        expect(flagsOf(out)).toEqual(expected);
        expect(count).toBe(expected.filter(Boolean).length);
      }),
    );
  });

  it('repairs nothing when it is off', () => {
    const spoken = maskOf(Array.from({ length: FRAMES }, () => true));
    const lost = maskOf(Array.from({ length: FRAMES }, (_, i) => i % 7 === 3));
    expect(conceal(spoken, spoken, lost, FRAMES, false, frameMask(FRAMES))).toBe(10);
    expect(conceal(spoken, spoken, lost, FRAMES, true, frameMask(FRAMES))).toBe(0);
  });
});
