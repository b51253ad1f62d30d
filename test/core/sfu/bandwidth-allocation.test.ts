import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAYER_KBPS } from '../../../core/media/layers.js';
import { allocate, headerKbps } from '../../../core/sfu/bandwidth-allocation.js';
import { layerFor } from '../../../core/sfu/layer-selection.js';

const layers = (availableKbps: number, talkers: number, extensions = false) =>
  allocate({ availableKbps, talkers, extensions }).map(layerFor).join('');

describe('allocation of a downlink', () => {
  it('counts the headers: 20 kbit/s a voice, 24.8 with extensions', () => {
    expect(headerKbps(false)).toBe(20);
    expect(headerKbps(true)).toBeCloseTo(24.8, 9);
  });

  it('gives one talker what the wire can carry: high needs 84 kbit/s, 88.8 with extensions', () => {
    expect([84, 83.9, 52, 51.9, 10].map((kbps) => layers(kbps, 1))).toEqual(['h', 'm', 'm', 'l', 'l']);
    expect([88.81, 88.7].map((kbps) => layers(kbps, 1, true))).toEqual(['h', 'm']);
  });

  it('serves the dominant talker first, after everybody has a low layer', () => {
    expect([168, 136, 120, 104, 88, 72].map((kbps) => layers(kbps, 2))).toEqual(['hh', 'hm', 'hl', 'mm', 'ml', 'll']);
    expect(layers(84 + 52 + 36, 3)).toBe('hml');
  });

  it('offers everybody all that is left over, so that upgrades have their margin', () => {
    expect(allocate({ availableKbps: 1_000, talkers: 2, extensions: false })).toEqual([944, 896]);
  });

  it('never promises more than there is, beyond a low layer for each', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 3_000, noNaN: true }),
        fc.integer({ min: 0, max: 50 }),
        fc.boolean(),
        (availableKbps, talkers, extensions) => {
          const shares = allocate({ availableKbps, talkers, extensions });
          expect(shares).toHaveLength(talkers);
          const used = shares.reduce((sum, share) => sum + LAYER_KBPS[layerFor(share)] + headerKbps(extensions), 0);
          const least = talkers * (LAYER_KBPS.l + headerKbps(extensions));
          expect(used).toBeLessThanOrEqual(Math.max(availableKbps, least) + 1e-9);
          const ranks = shares.map((share) => LAYER_KBPS[layerFor(share)]);
          for (let index = 1; index < talkers; index++) expect(ranks[index]).toBeLessThanOrEqual(ranks[index - 1]!);
        },
      ),
    );
  });
});
