import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAYER_KBPS, LAYER_NAMES, type LayerName } from '../../../core/media/layers.js';
import { defaultSelectionPolicy, LayerSelection, layerFor, lower } from '../../../core/sfu/layer-selection.js';

const { holdMs, quietMs } = defaultSelectionPolicy;

/** Reports once a second; returns the layer after each. */
function reports(selection: LayerSelection, from: number, rates: readonly number[], lossShare = 0): LayerName[] {
  return rates.map((availableKbps, index) =>
    selection.update({ atMs: (from + index) * 1_000, availableKbps, lossShare }),
  );
}

const forever = (kbps: number, seconds: number) => Array.from({ length: seconds }, () => kbps);

describe('selection of a layer (B7)', () => {
  it('knows the thresholds: 64 high, 32 medium, else low', () => {
    expect([64, 63.9, 32, 31.9, 0, Number.NaN].map(layerFor)).toEqual(['h', 'm', 'm', 'l', 'l', 'l']);
  });

  it('takes what fits at the first report', () => {
    for (const [kbps, layer] of [
      [64, 'h'],
      [40, 'm'],
      [20, 'l'],
    ] as const) {
      expect(reports(new LayerSelection(), 0, [kbps])).toEqual([layer]);
    }
  });

  it('goes down at once when the rate is clearly below the need, over two layers if it must', () => {
    const selection = new LayerSelection();
    reports(selection, 0, [100]);
    expect(reports(selection, 1, [57.5])).toEqual(['m']);
    const other = new LayerSelection();
    reports(other, 0, [100]);
    expect(reports(other, 1, [20])).toEqual(['l']);
  });

  it('bears a rate a little below the need for 2 s', () => {
    const selection = new LayerSelection();
    reports(selection, 0, [100]);
    expect(reports(selection, 1, [60, 60, 60])).toEqual(['h', 'h', 'm']);
    const other = new LayerSelection();
    reports(other, 0, [100]);
    expect(reports(other, 1, [60, 60, 65, 60, 60, 65])).toEqual(forever(0, 6).map(() => 'h'));
  });

  it('goes up when a layer has been clearly affordable for 2 s', () => {
    const selection = new LayerSelection();
    reports(selection, 0, [40]);
    expect(reports(selection, 10, [71, 71, 71])).toEqual(['m', 'm', 'h']);
    const other = new LayerSelection();
    reports(other, 0, [40]);
    expect(reports(other, 10, forever(70, 30))).toEqual(forever(0, 30).map(() => 'm'));
  });

  it('skips the medium layer on its way up when the high one is affordable as long', () => {
    const selection = new LayerSelection();
    reports(selection, 0, [20]);
    expect(reports(selection, 10, [100, 100, 100])).toEqual(['l', 'l', 'h']);
  });

  it('does not go up within 5 s of going down, and does so right after (B10: adapts within 5 s)', () => {
    const selection = new LayerSelection();
    reports(selection, 0, [100]);
    expect(reports(selection, 10, [40, 100, 100, 100, 100, 100])).toEqual(['m', 'm', 'm', 'm', 'm', 'h']);
  });

  it('goes one layer down at once when more than 10 % is lost, and the next one 5 s later', () => {
    const selection = new LayerSelection();
    reports(selection, 0, [100]);
    expect(reports(selection, 1, [100], 0.1)).toEqual(['h']);
    expect(reports(selection, 2, forever(100, 7), 0.11)).toEqual(['m', 'm', 'm', 'm', 'm', 'l', 'l']);
  });

  it('goes down at once when an upgrade was too much', () => {
    const selection = new LayerSelection();
    reports(selection, 0, [40]);
    expect(reports(selection, 10, [100, 100, 100])).toEqual(['m', 'm', 'h']);
    expect(reports(selection, 13, [100], 0.2)).toEqual(['m']);
  });

  it('does not go up while 5 % or more are lost', () => {
    const selection = new LayerSelection();
    reports(selection, 0, [40]);
    expect(reports(selection, 10, forever(100, 5), 0.05).at(-1)).toBe('m');
    expect(reports(selection, 15, [100], 0.049)).toEqual(['h']);
  });

  it('never gives more than is wanted, and gives back what the bandwidth allows', () => {
    const selection = new LayerSelection();
    reports(selection, 0, [100]);
    expect(selection.prefer('l')).toBe('l');
    expect(reports(selection, 1, forever(100, 5))).toEqual(forever(0, 5).map(() => 'l'));
    expect(selection.prefer(null)).toBe('h');
  });

  it('takes a clock that goes back as standing still', () => {
    const selection = new LayerSelection();
    reports(selection, 100, [40]);
    expect(reports(selection, 50, forever(100, 5))).toEqual(forever(0, 5).map(() => 'm'));
  });

  it('does not flap: whatever the reports are, it goes up at most once in 5 s, and stands still at a steady rate', () => {
    const report = fc.record({
      stepMs: fc.integer({ min: 100, max: 2_000 }),
      availableKbps: fc.oneof(
        fc.double({ min: 55, max: 75, noNaN: true }),
        fc.double({ min: 0, max: 128, noNaN: true }),
      ),
      lossShare: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.3, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(report, { minLength: 1, maxLength: 200 }), (inputs) => {
        const selection = new LayerSelection();
        let atMs = 0;
        let lastUp = Number.NEGATIVE_INFINITY;
        let layer: LayerName | null = null;
        for (const { stepMs, ...input } of inputs) {
          atMs += stepMs;
          const next = selection.update({ atMs, ...input });
          if (layer !== null && next !== layer && lower(next, layer) === layer) {
            expect(atMs - lastUp).toBeGreaterThanOrEqual(quietMs);
            lastUp = atMs;
          }
          layer = next;
        }
        const { availableKbps } = inputs.at(-1)!;
        const settled = reports(selection, atMs / 1_000 + 1, forever(availableKbps, 20));
        expect(new Set(settled.slice(10)).size).toBe(1);
        expect(availableKbps).toBeGreaterThanOrEqual(settled.at(-1) === 'l' ? 0 : LAYER_KBPS[settled.at(-1)!]);
      }),
      { numRuns: 200 },
    );
  });

  it('is settled within 5 s of a step of the rate, whatever it was before, if the last change is 5 s ago or before the step', () => {
    const rate = fc.constantFrom(20, 28, 36, 50, 72, 128);
    fc.assert(
      fc.property(rate, rate, fc.integer({ min: 1, max: 10 }), (before, after, seconds) => {
        const selection = new LayerSelection();
        reports(selection, 0, forever(before, seconds));
        expect(reports(selection, seconds, forever(after, 5)).at(-1)).toBe(layerFor(after));
      }),
    );
  });

  it('holds for as long as its policy says', () => {
    const selection = new LayerSelection('m', { ...defaultSelectionPolicy, holdMs: 4_000 });
    reports(selection, 0, [40]);
    expect(reports(selection, 10, forever(100, 5))).toEqual(['m', 'm', 'm', 'm', 'h']);
    expect(holdMs).toBe(2_000);
  });

  it('orders layers', () => {
    for (const layer of LAYER_NAMES) expect(lower('h', layer)).toBe(layer);
    expect(lower('l', 'm')).toBe('l');
  });
});
