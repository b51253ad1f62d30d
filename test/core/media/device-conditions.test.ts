import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeviceConditions } from '../../../core/media/device-conditions.js';

const battery = (level: number, charging = false) => ({ battery: { level, charging } });

/** The highest layer after each charge. */
const layers = (device: DeviceConditions, charges: readonly number[]) =>
  charges.map((charge) => device.update(battery(charge)).highestLayer).join('');

describe('battery (C9)', () => {
  test('under 20 % the middle layer is the highest, under 10 % the low one', () => {
    expect(layers(new DeviceConditions(), [0.21, 0.2, 0.199, 0.1, 0.099])).toBe('hhmml');
    expect(layers(new DeviceConditions(), [0.05])).toBe('l');
  });

  test('a limit is lifted 5 points above where it came', () => {
    expect(layers(new DeviceConditions(), [0.09, 0.1, 0.149, 0.15, 0.2, 0.249, 0.25])).toBe('lllmmmh');
    expect(layers(new DeviceConditions(), [0.19, 0.21, 0.24, 0.25, 0.24])).toBe('mmmhh');
    expect(layers(new DeviceConditions(), [0.09, 0.26])).toBe('lh');
  });

  test('around a border it does not flap', () => {
    const charges = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 0.199 : 0.201));
    expect(layers(new DeviceConditions(), charges)).toBe('m'.repeat(50));
  });

  test('charging lifts every limit, and so does a browser that does not tell', () => {
    const device = new DeviceConditions();
    expect(device.update(battery(0.05)).highestLayer).toBe('l');
    expect(device.update(battery(0.05, true)).highestLayer).toBe('h');
    expect(device.update(battery(0.05)).highestLayer).toBe('l');
    expect(device.update({ battery: null }).highestLayer).toBe('h');
  });

  test('the layer never rises while the charge falls', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (charges) => {
        const device = new DeviceConditions();
        const falling = [...charges].sort((a, b) => b - a);
        expect(layers(device, falling)).toMatch(/^h*m*l*$/);
      }),
    );
  });
});

describe('background and gesture (C9)', () => {
  test('in the background voice goes on, with the middle layer at most and rarer reports', () => {
    const device = new DeviceConditions({ gestureNeeded: false });
    expect(device.update({ background: true })).toEqual({
      highestLayer: 'm',
      publish: true,
      play: true,
      reportEveryMs: 2_000,
    });
    expect(device.update(battery(0.05)).highestLayer).toBe('l');
    expect(device.update({ ...battery(0.9), background: false })).toEqual({
      highestLayer: 'h',
      publish: true,
      play: true,
      reportEveryMs: 1_000,
    });
  });

  test('nothing is played before a gesture; one is enough until the system stops playback', () => {
    const device = new DeviceConditions();
    expect(device.allowance.play).toBe(false);
    expect(device.update({ gesture: true }).play).toBe(true);
    expect(device.update({ background: true }).play).toBe(true);
    expect(device.update({ gesture: false }).play).toBe(false);
    expect(device.allowance.publish).toBe(true);
  });

  test('without a microphone nothing is published, and playing does not depend on it', () => {
    const device = new DeviceConditions({ gestureNeeded: false });
    expect(device.update({ microphone: false })).toMatchObject({ publish: false, play: true });
    expect(device.update({ microphone: true }).publish).toBe(true);
  });
});
