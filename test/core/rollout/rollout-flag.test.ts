import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyChannel } from '../../../core/channel/channel-record.js';
import { bucketOf, hasFlag, mayEnterSfu, mayStayOnSfu } from '../../../core/rollout/rollout-flag.js';

const SALT = 'hybrid-voice';
const users = Array.from({ length: 100_000 }, (_, index) => String(index + 1));

/** Users of a rollout at `ppm`, with the flag and without. */
const sorted = (ppm: number) => ({
  on: users.filter((userId) => hasFlag(userId, { salt: SALT, ppm })),
  off: users.filter((userId) => !hasFlag(userId, { salt: SALT, ppm })),
});

/** A channel with these users, in the order in which they came. */
function channel(ids: readonly string[], ppm: number | null) {
  const record = emptyChannel(1);
  for (const [index, userId] of [...ids.entries()].reverse())
    record.members.set(userId, { userId, sessionId: `s${userId}`, connection: '', lostAtMs: 0, since: 100 + index });
  record.rollout = ppm === null ? null : { salt: SALT, ppm };
  return record;
}

describe('the flag of a rollout (C5)', () => {
  it('does not move: a user who has it keeps it over versions of the program', () => {
    expect(['1', '2', '3', '100000000'].map((userId) => bucketOf(userId, SALT))).toEqual([
      611_477, 755_467, 38_435, 900_850,
    ]);
  });

  it('is on for the share that was asked for', () => {
    for (const share of [0.001, 0.05, 0.1, 0.25, 0.5]) {
      const count = sorted(share * 1e6).on.length;
      const sigma = Math.sqrt(users.length * share * (1 - share));
      expect(Math.abs(count - users.length * share)).toBeLessThan(4 * sigma);
    }
    expect(sorted(0).on).toEqual([]);
    expect(sorted(1e6).off).toEqual([]);
  });

  it('is kept by everybody when the share grows, and is another for another salt', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e8 }), fc.nat(1e6), fc.nat(1e6), (user, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        const flag = (ppm: number) => hasFlag(String(user), { salt: SALT, ppm });
        expect(flag(less) && !flag(more)).toBe(false);
      }),
      { numRuns: 300, seed: 1 },
    );
    const both = users.filter((user) => bucketOf(user, SALT) < 100_000 && bucketOf(user, 'next') < 100_000);
    expect(both.length).toBeGreaterThan(800);
    expect(both.length).toBeLessThan(1_200);
  });
});

describe('a channel whose members differ', () => {
  const ppm = 500_000;
  const { on, off } = sorted(ppm);

  it('moves to the SFU when the one who has been there longest has the flag, and stays while anybody has it', () => {
    const [a, b] = [on[0] as string, off[0] as string];
    expect(mayEnterSfu(channel([a, b], ppm))).toBe(true);
    expect(mayEnterSfu(channel([b, a], ppm))).toBe(false);
    expect(mayStayOnSfu(channel([b, a], ppm))).toBe(true);
    expect(mayStayOnSfu(channel([b], ppm))).toBe(false);
    expect(mayStayOnSfu(channel([b, a], 0))).toBe(false);
  });

  it('does what it likes without a rollout, and nothing when it is empty', () => {
    expect(mayEnterSfu(channel([off[0] as string], null))).toBe(true);
    expect(mayStayOnSfu(channel([off[0] as string], null))).toBe(true);
    expect(mayEnterSfu(channel([], ppm))).toBe(false);
  });

  it('exposes the share of the stage, whatever the size of channels', () => {
    const share = 0.1;
    const exposed = Array.from({ length: 2_000 }, (_, index) =>
      channel(users.slice(index * 20, index * 20 + 20), share * 1e6),
    ).filter(mayEnterSfu);
    expect(exposed.length).toBeGreaterThan(150);
    expect(exposed.length).toBeLessThan(250);
  });
});
