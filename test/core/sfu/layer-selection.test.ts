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

function forever<Value>(value: Value, seconds: number): Value[] {
  return Array.from({ length: seconds }, () => value);
}

/** One whose reports of ten seconds were of this rate. */
function settled(kbps: number): LayerSelection {
  const selection = new LayerSelection();
  reports(selection, 0, forever(kbps, 10));
  return selection;
}

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

  it('goes up to what the bandwidth carries when the listener wants more again, not over a publisher whose packets are lost', () => {
    for (const [kbps, sourceLossShare, layer] of [
      [100, 0, 'h'],
      [40, 0, 'm'],
      [20, 0, 'l'],
      [100, 0.06, 'l'],
    ] as const) {
      const selection = settled(100);
      selection.prefer('l');
      for (let atS = 10; atS < 20; atS++)
        selection.update({ atMs: atS * 1_000, availableKbps: kbps, lossShare: 0, sourceLossShare });
      expect(selection.prefer(null)).toBe(layer);
    }
  });

  it('is not patient with a link that carries more by now, when another voice has taken the share of an attempt', () => {
    const backAt = (linkKbps: number): number => {
      const selection = settled(20);
      const update = (atS: number, availableKbps: number, link: number) =>
        selection.update({ atMs: atS * 1_000, availableKbps, linkKbps: link, lossShare: 0 });
      for (let atS = 10; atS < 14; atS++) update(atS, 40, 160);
      expect(selection.layer).toBe('m');
      for (let atS = 14; atS < 20; atS++) update(atS, 20, linkKbps);
      expect(selection.layer).toBe('l');
      let atS = 20;
      while (update(atS, 40, linkKbps) === 'l') atS++;
      return atS;
    };
    // the link gives less than when it was tried: a failure, ten seconds
    expect(backAt(140)).toBeGreaterThanOrEqual(28);
    expect(backAt(190)).toBeLessThanOrEqual(25);
  });

  it('goes down at once when the rate is clearly below the need, over two layers if it must', () => {
    expect(reports(settled(100), 10, [57.5])).toEqual(['m']);
    expect(reports(settled(100), 10, [20])).toEqual(['l']);
  });

  it('bears a rate a little below the need for 2 s', () => {
    expect(reports(settled(100), 10, [60, 60, 60])).toEqual(['h', 'h', 'm']);
    expect(reports(settled(100), 10, [60, 60, 65, 60, 60, 65])).toEqual(forever('h', 6));
  });

  it('goes up when a layer has been clearly affordable for 2 s', () => {
    expect(reports(settled(40), 10, [71, 71, 71])).toEqual(['m', 'm', 'h']);
    expect(reports(settled(40), 10, forever(70, 30))).toEqual(forever('m', 30));
  });

  it('skips the medium layer on its way up when the high one is affordable as long', () => {
    expect(reports(settled(20), 10, [100, 100, 100])).toEqual(['l', 'l', 'h']);
  });

  it('changes nothing within 5.5 s of a change, up or down, however bad it is', () => {
    const selection = settled(100);
    expect(reports(selection, 10, [40, ...forever(100, 6)])).toEqual([...forever('m', 6), 'h']);
    expect(reports(selection, 17, forever(20, 6), 0.5)).toEqual([...forever('h', 5), 'l']);
  });

  it('goes one layer down when more than 10 % is lost for a while, and the next one 5.5 s later', () => {
    expect(reports(settled(100), 10, forever(100, 30), 0.1)).toEqual(forever('h', 30));
    expect(reports(settled(100), 10, forever(100, 12), 0.2).join('')).toBe('hhmmmmmmllll');
  });

  it('does not take a lossy report for a lossy link', () => {
    const selection = settled(100);
    for (let second = 10; second < 40; second += 6) {
      expect(reports(selection, second, [100], 0.3)).toEqual(['h']);
      expect(reports(selection, second + 1, forever(100, 5))).toEqual(forever('h', 5));
    }
  });

  it('does not go up while 5 % or more are lost', () => {
    const selection = settled(40);
    reports(selection, 10, forever(40, 10), 0.06);
    expect(reports(selection, 20, forever(100, 20), 0.06).at(-1)).toBe('m');
    expect(reports(selection, 40, forever(100, 5), 0.04).at(-1)).toBe('h');
  });

  it('tries a layer that cannot be kept after 5.5, 10, 20, 40, 40 s, and begins anew with one that was kept for long', () => {
    const selection = settled(40);
    let second = 10;
    const trial = (kept: number): number => {
      let waited = 0;
      while (reports(selection, second++, [100])[0] === 'm') waited++;
      reports(selection, second, forever(100, kept));
      second += kept;
      while (reports(selection, second++, [40])[0] === 'h');
      return waited;
    };
    expect([0, 0, 0, 0, 0, 50, 0].map(trial)).toEqual([2, 9, 19, 39, 39, 39, 5]);
  });

  it('spares the server only when its own last change is long enough ago, and comes back the same way', () => {
    const selection = settled(70);
    // the change to h was at 0: ten seconds are enough
    expect(selection.spare('l', 10_000)).toBe('l');
    // the server recovers at once, the listener waits
    expect(selection.spare(null, 11_000)).toBe('l');
    const after = reports(selection, 11, forever(70, 20));
    const changedAt = after.indexOf('h');
    expect((11 + changedAt) * 1_000 - 10_000).toBeGreaterThanOrEqual(quietMs);
    expect(after.slice(changedAt)).toEqual(forever('h', 20 - changedAt));
  });

  it('a server that wavers makes nobody hear two changes within the quiet time', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 20, maxLength: 60 }), (busy) => {
        const selection = settled(70);
        let [layer, changedMs] = [selection.layer, 0];
        busy.forEach((spares, second) => {
          const atMs = 10_000 + second * 1_000;
          selection.spare(spares ? 'l' : null, atMs);
          const now = selection.update({ atMs, availableKbps: 70, lossShare: 0 });
          if (now === layer) return;
          expect(atMs - changedMs).toBeGreaterThanOrEqual(quietMs);
          [layer, changedMs] = [now, atMs];
        });
      }),
    );
  });

  it('never gives more than is wanted, and gives back what the bandwidth allows', () => {
    const selection = new LayerSelection();
    reports(selection, 0, [100]);
    expect(selection.prefer('l')).toBe('l');
    expect(reports(selection, 1, forever(100, 5))).toEqual(forever('l', 5));
    expect(selection.prefer(null)).toBe('h');
  });

  it('takes a clock that goes back as standing still', () => {
    const selection = new LayerSelection();
    reports(selection, 100, [40]);
    expect(reports(selection, 50, forever(100, 5))).toEqual(forever('m', 5));
  });

  it('does not flap: whatever the reports are, it changes at most once in 5.5 s, and stands still at a steady rate', () => {
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
        let changedMs = Number.NEGATIVE_INFINITY;
        let layer: LayerName | null = null;
        for (const { stepMs, ...input } of inputs) {
          atMs += stepMs;
          const next = selection.update({ atMs, ...input });
          if (layer !== null && next !== layer) {
            expect(atMs - changedMs).toBeGreaterThanOrEqual(quietMs);
            changedMs = atMs;
          }
          layer = next;
        }
        const { availableKbps } = inputs.at(-1)!;
        const steady = reports(selection, atMs / 1_000 + 1, forever(availableKbps, 60));
        expect(new Set(steady.slice(50)).size).toBe(1);
        expect(availableKbps).toBeGreaterThanOrEqual(steady.at(-1) === 'l' ? 0 : LAYER_KBPS[steady.at(-1)!]);
      }),
      { numRuns: 200 },
    );
  });

  it('is settled within 5 s of a step of the rate, whatever it was before (B10)', () => {
    const rate = fc.constantFrom(20, 28, 36, 50, 72, 128);
    fc.assert(
      fc.property(rate, rate, fc.integer({ min: 6, max: 20 }), (before, after, seconds) => {
        const selection = new LayerSelection();
        reports(selection, 0, forever(before, seconds));
        expect(reports(selection, seconds, forever(after, 5)).at(-1)).toBe(layerFor(after));
      }),
    );
  });

  it('leaves a layer at once that is not sent any more, and takes the next best', () => {
    const selection = settled(100);
    reports(selection, 1, [40, 40]);
    expect(selection.offer(['l'], 2_500)).toBe('l');
    expect(selection.offer(['h', 'l'], 2_600)).toBe('l');
    expect(new LayerSelection().offer(['h'], 0)).toBe('h');
  });

  it('takes a layer that comes back at once, or if something has just changed, when it has lasted for 10 s', () => {
    const calm = settled(100);
    expect([calm.offer(['m', 'l'], 10_000), calm.offer(['h', 'm', 'l'], 16_000)]).toEqual(['m', 'h']);
    const busy = settled(100);
    expect([busy.offer(['m', 'l'], 10_000), busy.offer(['h', 'm', 'l'], 12_000)]).toEqual(['m', 'm']);
    expect(reports(busy, 13, forever(100, 10)).join('')).toBe('mmmmmmmmmh');
  });

  it('adds nothing to what a publisher tries and gives up every 6 s, whatever happens on its own link', () => {
    const kbps = fc.constantFrom(40, 100);
    fc.assert(
      fc.property(fc.array(kbps, { minLength: 40, maxLength: 40 }), fc.nat({ max: 5 }), (rates, offset) => {
        const selection = settled(100);
        let changedMs = Number.NEGATIVE_INFINITY;
        let layer = selection.layer;
        rates.forEach((availableKbps, index) => {
          const atMs = 10_000 + index * 1_000;
          const phase = index + offset;
          if (phase % 6 === 0) selection.offer(phase % 12 === 0 ? ['h', 'm', 'l'] : ['m', 'l'], atMs);
          const next = selection.update({ atMs, availableKbps, lossShare: 0 });
          if (next !== layer) expect(atMs - changedMs).toBeGreaterThanOrEqual(quietMs);
          if (next !== layer) changedMs = atMs;
          layer = next;
        });
      }),
    );
  });

  it('holds for as long as its policy says', () => {
    const selection = new LayerSelection('m', { ...defaultSelectionPolicy, holdMs: 4_000 });
    reports(selection, 0, [40]);
    expect(reports(selection, 10, forever(100, 5))).toEqual([...forever('m', 4), 'h']);
    expect(holdMs).toBe(2_000);
  });

  it('orders layers', () => {
    for (const layer of LAYER_NAMES) expect(lower('h', layer)).toBe(layer);
    expect(lower('l', 'm')).toBe('l');
  });
});
