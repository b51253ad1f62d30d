import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AcknowledgedRate } from '../../../../core/media/gcc/acknowledged-rate.js';
import { AimdRateControl, headroomKbps } from '../../../../core/media/gcc/aimd-rate-control.js';
import { LAYER_KBPS } from '../../../../core/media/layers.js';
import { uplinkNeedKbps } from '../../../../core/media/uplink-controller.js';
import { wireKbps } from '../../../../core/media/wire-rates.js';

/** A rate at which packets get through; `sentKbps` differs when a queue drains or fills. */
function acknowledged(arrivedKbps: number, sentKbps = arrivedKbps): AcknowledgedRate {
  const rate = new AcknowledgedRate();
  rate.arrivedKbps = arrivedKbps;
  rate.deliveredKbps = Math.min(arrivedKbps, sentKbps);
  return rate;
}

/** Seconds until the rate has grown to a value, fed every 50 ms. */
function secondsTo(control: AimdRateControl, targetKbps: number): number {
  for (let nowMs = 0; nowMs < 100_000; nowMs += 50) {
    control.update('normal', acknowledged(control.rateKbps), nowMs);
    if (control.rateKbps >= targetKbps) return nowMs / 1_000;
  }
  return Number.POSITIVE_INFINITY;
}

describe('growth', () => {
  test('is 8 % a second: from 100 to 200 kbit/s takes 9.0 s', () => {
    expect(secondsTo(new AimdRateControl(100, 0), 200)).toBeCloseTo(9.006, 1);
  });

  test('near the rate at which the link was last full is 4 kbit/s a second', () => {
    const control = new AimdRateControl(110, 0);
    control.update('over', acknowledged(100), 0);
    expect(control.rateKbps).toBe(85);
    expect(secondsTo(control, 95)).toBeCloseTo(2.5, 1);
  });

  test('is never faster near than far', () => {
    const near = new AimdRateControl(40, 0);
    near.update('over', acknowledged(36), 0);
    // the first 50 ms are spent on finding out that the queue has drained
    expect(secondsTo(near, near.rateKbps * 1.08)).toBeCloseTo(1.05, 10);
  });

  test('waits while the queue drains, and starts from then', () => {
    const control = new AimdRateControl(100, 0);
    for (let nowMs = 0; nowMs < 5_000; nowMs += 100) control.update('under', acknowledged(100), nowMs);
    control.update('normal', acknowledged(100), 5_000);
    expect(control.rateKbps).toBe(100);
    control.update('normal', acknowledged(100), 6_000);
    expect(control.rateKbps).toBeCloseTo(108, 10);
  });

  test('is for a second at most, however long nobody has looked', () => {
    const control = new AimdRateControl(100, 0);
    control.update('normal', acknowledged(100), 0);
    control.update('normal', acknowledged(100), 60_000);
    expect(control.rateKbps).toBeCloseTo(108, 10);
  });

  test('needs to know what arrives', () => {
    const control = new AimdRateControl(100, 0);
    for (const nowMs of [0, 1_000, 2_000]) control.update('normal', new AcknowledgedRate(), nowMs);
    expect(control.rateKbps).toBe(100);
  });
});

describe('back-off', () => {
  test('is to 0.85 of what arrives', () => {
    const control = new AimdRateControl(200, 0);
    control.update('over', acknowledged(120), 0);
    expect(control.rateKbps).toBe(0.85 * 120);
  });

  test('never raises the rate', () => {
    const control = new AimdRateControl(100, 0);
    control.update('over', acknowledged(150), 0);
    expect(control.rateKbps).toBe(100);
  });

  test('comes once per round trip, of 200 ms at most, unless not even half arrives', () => {
    const control = new AimdRateControl(200, 0);
    control.rttMs = 1_000;
    control.update('over', acknowledged(100), 0);
    control.update('over', acknowledged(90), 199);
    expect(control.rateKbps).toBe(85);
    control.update('over', acknowledged(90), 200);
    expect(control.rateKbps).toBe(76.5);
    control.update('over', acknowledged(38), 201);
    expect(control.rateKbps).toBeCloseTo(0.85 * 38, 10);
  });
});

describe('a sender that is limited by the application', () => {
  test('is not told that much more would fit, and not that less does', () => {
    const control = new AimdRateControl(100, 0);
    for (let nowMs = 0; nowMs < 60_000; nowMs += 100) control.update('normal', acknowledged(60), nowMs);
    expect(control.rateKbps).toBeCloseTo(headroomKbps(60), 10);
    for (let nowMs = 60_000; nowMs < 90_000; nowMs += 100) control.update('normal', acknowledged(10), nowMs);
    expect(control.rateKbps).toBeCloseTo(headroomKbps(60), 10);
  });

  test('can try each next step: a layer more in simulcast, a layer higher for a peer', () => {
    const simulcast = uplinkNeedKbps('simulcast', true);
    expect(headroomKbps(simulcast.l)).toBeGreaterThanOrEqual(simulcast.m);
    expect(headroomKbps(simulcast.m)).toBeGreaterThanOrEqual(simulcast.h);
    const single = uplinkNeedKbps('single', true);
    expect(headroomKbps(single.l)).toBeGreaterThanOrEqual(single.m);
    expect(headroomKbps(single.m)).toBeGreaterThanOrEqual(single.h);
  });

  test('is held to a full link for 10 s, then for 20, 40 and 80 s, if each trial fails soon', () => {
    const sent = wireKbps(LAYER_KBPS.l, true);
    const control = new AimdRateControl(100, 0);
    let nowMs = 0;
    const holds: number[] = [];
    for (let trial = 0; trial < 6; trial++) {
      control.update('over', acknowledged(50), nowMs);
      const fullAtMs = nowMs;
      while (control.rateKbps <= 51) {
        nowMs += 100;
        control.update('normal', acknowledged(sent), nowMs);
      }
      holds.push((nowMs - fullAtMs) / 1_000);
    }
    for (const [i, hold] of [10, 20, 40, 80, 80, 80].entries()) expect(Math.abs(holds[i]! - hold)).toBeLessThan(1);
  });

  test('is not held to it once more gets through', () => {
    const control = new AimdRateControl(100, 0);
    control.update('over', acknowledged(50), 0);
    for (let nowMs = 100; nowMs < 8_000; nowMs += 100) control.update('normal', acknowledged(90), nowMs);
    expect(control.rateKbps).toBeGreaterThan(70);
  });
});

describe('the acknowledged rate', () => {
  /** Packets of 210 bytes, given as times of sending and delays. */
  function measured(packets: readonly (readonly [sentMs: number, delayMs: number])[]): AcknowledgedRate {
    const rate = new AcknowledgedRate();
    for (const [sentMs, delayMs] of packets) rate.add(sentMs, sentMs + delayMs, 210);
    rate.update();
    return rate;
  }
  const voice = (count: number, delayMs = (_: number) => 50) =>
    Array.from({ length: count }, (_, i) => [i * 20, delayMs(i)] as const);

  test('of a voice of 64 kbit/s is 84 kbit/s', () => {
    expect(measured(voice(50)).arrivedKbps).toBeCloseTo(84, 10);
    expect(measured(voice(50)).deliveredKbps).toBeCloseTo(84, 10);
  });

  test('is not taken from less than 250 ms', () => {
    expect(measured(voice(13)).arrivedKbps).toBeNull();
    expect(measured(voice(14)).arrivedKbps).toBeCloseTo(84, 10);
  });

  test('while a queue drains more arrives than is delivered, while it fills both fall', () => {
    const draining = measured(voice(50, (i) => 500 - 10 * i));
    expect(draining.arrivedKbps).toBeCloseTo(168, 10);
    expect(draining.deliveredKbps).toBeCloseTo(84, 10);
    const filling = measured(voice(50, (i) => 20 * i));
    expect(filling.arrivedKbps).toBeCloseTo(42, 10);
    expect(filling.deliveredKbps).toBeCloseTo(42, 10);
  });

  test('stays what it was in silence, and starts afresh after it', () => {
    const silence = Array.from({ length: 20 }, (_, i) => [1_000 + 400 * i, 50] as const);
    expect(measured([...voice(50), ...silence]).arrivedKbps).toBeNull();
    const rate = new AcknowledgedRate();
    for (const [sentMs, delayMs] of voice(50)) rate.add(sentMs, sentMs + delayMs, 210);
    rate.update();
    for (const [sentMs, delayMs] of silence) {
      rate.add(sentMs, sentMs + delayMs, 210);
      rate.update();
      expect(rate.arrivedKbps).toBeCloseTo(84, 10);
    }
    for (let i = 0; i < 50; i++) rate.add(9_000 + i * 20, 9_050 + i * 20, 420);
    rate.update();
    expect(rate.arrivedKbps).toBeCloseTo(168, 10);
  });

  test('survives a clock of the receiver that is set back', () => {
    const rate = measured(voice(100, (i) => (i < 50 ? 50 : -3_600_000)));
    expect(rate.arrivedKbps).toBeCloseTo(84, 10);
  });

  test('is never negative, and no more is delivered than arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(150), fc.nat(200)), { maxLength: 120 }), (packets) => {
        const rate = new AcknowledgedRate();
        let sentMs = 0;
        for (const [gapMs, delayMs] of packets) {
          sentMs += gapMs;
          rate.add(sentMs, sentMs + delayMs, 210);
          rate.update();
          expect(rate.deliveredKbps ?? 0).toBeGreaterThanOrEqual(0);
          expect(rate.deliveredKbps ?? 0).toBeLessThanOrEqual(rate.arrivedKbps ?? 0);
        }
      }),
    );
  });
});
