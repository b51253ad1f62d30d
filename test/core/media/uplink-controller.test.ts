import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BandwidthEstimator } from '../../../core/media/bandwidth-estimator.js';
import { mediaCollaborators } from '../../../core/media/collaborators.js';
import { DeviceConditions } from '../../../core/media/device-conditions.js';
import { GccEstimator } from '../../../core/media/gcc/gcc-estimator.js';
import { QualityAdaptation } from '../../../core/media/quality-adaptation.js';
import { UplinkController, type UplinkUse, uplinkNeedKbps } from '../../../core/media/uplink-controller.js';
import { codecKbps, wireKbps } from '../../../core/media/wire-rates.js';
import { between, closedLoop, type LinkShape, mean, type Sample, type Steps } from './closed-loop.js';

/** An estimator that says what it is told. */
class Told implements BandwidthEstimator {
  estimateKbps = 1_000;
  onLossReport(): void {}
  onTransportFeedback(): void {}
  onRemb(): void {}
}

function uplink(use: UplinkUse, estimator: BandwidthEstimator = new Told()): UplinkController {
  return new UplinkController({ estimator, adaptation: new QualityAdaptation(), use, extensions: true });
}

/** The layers after reports with no loss, one a second, while the estimate is this. */
function layersAt(controller: UplinkController, told: Told, estimates: readonly number[], fromSecond = 0): string {
  return estimates
    .map((kbps, i) => {
      told.estimateKbps = kbps;
      controller.onLossReport({ atMs: (fromSecond + i) * 1_000, lossShare: 0, rttMs: 50 });
      return controller.layer;
    })
    .join('');
}

describe('what an uplink needs', () => {
  test('on the wire 64 kbit/s are 84, and 88.8 with extensions, and back', () => {
    expect(wireKbps(64, false)).toBe(84);
    expect(wireKbps(64, true)).toBeCloseTo(88.8, 10);
    expect(codecKbps(88.8, true)).toBeCloseTo(64, 10);
    expect(codecKbps(20, true)).toBe(0);
  });

  test('three layers take 172 kbit/s, one copy for a peer 84', () => {
    expect(uplinkNeedKbps('simulcast', false)).toEqual({ h: 172, m: 88, l: 36 });
    expect(uplinkNeedKbps('single', false)).toEqual({ h: 84, m: 52, l: 36 });
  });
});

describe('what is sent', () => {
  test('is the low layer while an older path carries the voice; then what the estimate allows, as a change like any other', () => {
    const told = new Told();
    const controller = uplink('simulcast', told);
    controller.rehearse();
    expect(controller.encodings).toEqual({ h: false, m: false, l: true });
    expect(layersAt(controller, told, [1_000, 1_000, 120, 120])).toBe('llll');
    controller.perform(4_000);
    expect(controller.encodings).toEqual({ h: false, m: true, l: true });
    expect(layersAt(controller, told, [50, 50, 50, 50, 50, 50, 50], 4)).toBe('mmmmmml');
    const lossy = uplink('single', told);
    lossy.rehearse();
    for (let i = 0; i < 5; i++) lossy.onLossReport({ atMs: i * 1_000, lossShare: 0.3, rttMs: 50 });
    lossy.perform(5_000);
    expect(lossy.layer).toBe('l');
  });

  test('in simulcast the best encoding that fits and all below it', () => {
    const told = new Told();
    const controller = uplink('simulcast', told);
    expect(controller.encodings).toEqual({ h: true, m: true, l: true });
    expect(controller.wireKbps).toBeCloseTo(186.4, 10);
    layersAt(controller, told, [100, 100, 100]);
    expect(controller.encodings).toEqual({ h: false, m: true, l: true });
    layersAt(controller, told, [50, 50, 50, 50, 50], 3);
    expect(controller.encodings).toEqual({ h: false, m: true, l: true });
    layersAt(controller, told, [50], 8);
    expect(controller.encodings).toEqual({ h: false, m: false, l: true });
  });

  test('to a peer one layer, that fits the estimate', () => {
    const told = new Told();
    const controller = uplink('single', told);
    layersAt(controller, told, [70, 70, 70]);
    expect(controller.encodings).toEqual({ h: false, m: true, l: false });
    expect(controller.wireKbps).toBeCloseTo(56.8, 10);
    expect(layersAt(controller, told, Array(11).fill(100), 3).at(-1)).toBe('h');
  });

  test('the switch to simulcast is followed', () => {
    const told = new Told();
    told.estimateKbps = 100;
    const controller = uplink('single', told);
    expect(layersAt(controller, told, [100, 100])).toBe('hh');
    controller.carry('simulcast');
    expect(layersAt(controller, told, [100, 100, 100], 2)).toBe('hhm');
    expect(controller.encodings).toEqual({ h: false, m: true, l: true });
  });

  test('nothing without a microphone, and no more than the device allows', () => {
    const device = new DeviceConditions();
    const told = new Told();
    const controller = uplink('simulcast', told);
    controller.allow(device.update({ microphone: false }));
    expect(controller.encodings).toEqual({ h: false, m: false, l: false });
    expect(controller.wireKbps).toBe(0);
    controller.allow(device.update({ microphone: true, battery: { level: 0.15, charging: false } }));
    layersAt(controller, told, [1_000]);
    expect(controller.encodings).toEqual({ h: false, m: true, l: true });
  });

  test('an estimate around the need of a layer does not make it flap', () => {
    const told = new Told();
    const controller = uplink('simulcast', told);
    const layers = layersAt(
      controller,
      told,
      Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? 186 : 187)),
    );
    expect(layers).toBe('h'.repeat(120));
    const below = layersAt(
      controller,
      told,
      [186, 186, 186, ...Array.from({ length: 60 }, (_, i) => 186 + (i % 2))],
      120,
    );
    expect(below).toBe(`hh${'m'.repeat(61)}`);
  });

  test('a report of much loss between others is noise, two are not', () => {
    const controller = uplink('single');
    const layers = [0.05, 0.14, 0.05, 0.05, 0.14, 0.14, 0.14].map((lossShare, second) => {
      controller.onLossReport({ atMs: second * 1_000, lossShare, rttMs: null });
      return controller.layer;
    });
    expect(layers.join('')).toBe('hhhhhmm');
  });

  test('what is sent fits the estimate 7 s after it has come to rest, if anything fits', () => {
    const uses = fc.constantFrom<UplinkUse>('simulcast', 'single');
    fc.assert(
      fc.property(uses, fc.array(fc.nat(1_000), { maxLength: 30 }), fc.nat(1_000), (use, history, restKbps) => {
        const told = new Told();
        const controller = uplink(use, told);
        layersAt(controller, told, [...history, ...Array(8).fill(restKbps)]);
        const need = uplinkNeedKbps(use, true);
        if (restKbps >= need.l) expect(controller.wireKbps).toBeLessThanOrEqual(restKbps);
        else expect(controller.layer).toBe('l');
      }),
    );
  });
});

describe('a sender of layers on a link', () => {
  /** What a sender of simulcast does, from the moment it starts. */
  function publish(link: LinkShape, untilMs: number): Sample[] {
    const controller = uplink('simulcast', new GccEstimator());
    return closedLoop(link, [{ estimator: controller, rate: () => controller.wireKbps }], untilMs)[0]!;
  }

  const sent = (samples: readonly Sample[]) => samples.map(({ sentKbps }) => Math.round(sentKbps));

  test('sends all three where they fit', () => {
    const samples = publish({ capacityKbps: [[0, 200]], jitterMs: 20 }, 60_000);
    expect(new Set(sent(samples))).toEqual(new Set([186]));
  });

  test('adapts to a loss of capacity within 5 s, and is back at the top within 30 s of its end', () => {
    const samples = publish(
      {
        capacityKbps: [
          [0, 250],
          [20_000, 50],
          [40_000, 250],
        ],
      },
      90_000,
    );
    const adapted = samples.find(({ timeMs, sentKbps }) => timeMs > 20_000 && sentKbps < 50)!;
    expect(adapted.timeMs - 20_000).toBeLessThan(5_000);
    const back = samples.find(({ timeMs, sentKbps }) => timeMs > 40_000 && sentKbps > 180)!;
    expect(back.timeMs - 40_000).toBeLessThan(30_000);
    expect(new Set(sent(between(samples, back.timeMs, 90_000)))).toEqual(new Set([186]));
  });

  test('after a burst of loss all three are back, and meanwhile the voice never stops', () => {
    const loss: Steps = [
      [0, 0],
      [20_000, 0.3],
      [40_000, 0],
    ];
    const samples = publish({ capacityKbps: [[0, 400]], loss }, 100_000);
    expect(Math.min(...sent(samples))).toBe(41);
    expect(Math.min(...sent(between(samples, 75_000, 100_000)))).toBe(186);
  });

  test.each([60, 75, 100, 120])('on %i kbit/s, between two steps, tries the next one ever more seldom', (kbps) => {
    const samples = publish({ capacityKbps: [[0, kbps]] }, 400_000);
    const rises = samples.filter(({ sentKbps }, i) => i > 0 && sentKbps > samples[i - 1]!.sentKbps + 1);
    const late = rises.filter(({ timeMs }) => timeMs >= 200_000);
    expect(late.length).toBeGreaterThan(0);
    expect(late.length).toBeLessThanOrEqual(4);
    const overloaded = between(samples, 200_000, 400_000).filter(({ sentKbps }) => sentKbps > kbps);
    expect(overloaded.length / 2_000).toBeLessThan(0.1);
    expect(mean(between(samples, 200_000, 400_000).map(({ lossShare }) => lossShare))).toBeLessThan(0.03);
  });
});

test('the media collaborators can be replaced by classes that do the same work differently', () => {
  class Flapping extends mediaCollaborators.QualityAdaptation {}
  const replaced: typeof mediaCollaborators = { ...mediaCollaborators, QualityAdaptation: Flapping };
  expect(new replaced.QualityAdaptation().layer).toBe('h');
});
