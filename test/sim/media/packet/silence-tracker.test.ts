import { describe, expect, it } from 'vitest';
import { SilenceTracker } from '../../../../sim/media/packet/silence-tracker.js';

const FRAME_US = 20_000;
const DELAY_US = 100_000;
const playout = (frame: number) => frame * FRAME_US + DELAY_US;

/** Frames 0 to 9 heard, then those from `from` to below `to` missed. */
function missed(from: number, to: number): SilenceTracker {
  const tracker = new SilenceTracker(200_000);
  for (let frame = 0; frame < from; frame++) tracker.heard(frame, playout(frame), 'sfu');
  for (let frame = from; frame < to; frame++) tracker.missed(frame, 'absent');
  return tracker;
}

describe('silences', () => {
  it('last from the end of what was heard last to what is heard next', () => {
    expect(missed(10, 60).heard(60, playout(60), 'sfu')).toEqual({
      fromUs: playout(10),
      toUs: playout(60),
      spokenUs: 50 * FRAME_US,
      cause: 'outage',
    });
  });

  it('do not last while the talker says nothing: a pause after the outage is no part of it', () => {
    const silence = missed(10, 60).heard(560, playout(560), 'sfu');
    expect(silence).toMatchObject({ fromUs: playout(10), toUs: playout(60), spokenUs: 50 * FRAME_US });
  });

  it('of less than the audible length are none', () => {
    expect(missed(10, 19).heard(19, playout(19), 'sfu')).toBeNull();
    expect(missed(10, 20).heard(20, playout(20), 'sfu')).not.toBeNull();
  });
});
