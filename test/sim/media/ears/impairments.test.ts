import { describe, expect, test } from 'vitest';
import type { Impairment } from '../../../../sim/media/ears/index.js';
import { ears, pairOf, talk } from './made-up-voice.js';

const first = (all: ReturnType<typeof ears>) => all.links.impairments[0] as Impairment;

describe('adaptation', () => {
  const adapted = (lost: (atS: number) => number, truth: { lossShare?: number; capacityKbps?: number } = {}) => {
    const all = ears();
    const pair = pairOf(all);
    talk(pair, 0, 10);
    all.impaired('client-1', 10e6, 'capacity', truth);
    talk(pair, 10, 30, lost);
    all.finish(30e6);
    return first(all).adaptationMs;
  };

  test('lasts until the first of three good seconds', () => {
    expect(adapted((atS) => (atS < 14 ? 20 : 0))).toBe(4_000);
    expect(adapted((atS) => (atS < 14 || (atS >= 15 && atS < 17) ? 20 : 0))).toBe(7_000);
  });

  test('takes no time when nothing is lost', () => {
    expect(adapted(() => 0)).toBe(0);
  });

  test('does not have to undo what the link loses by itself', () => {
    expect(adapted((atS) => (atS < 13 ? 30 : 10), { lossShare: 0.2 })).toBe(3_000);
    expect(adapted((atS) => (atS < 13 ? 30 : 10), { lossShare: 0.1 })).toBe(20_000);
  });

  test('that never comes counts with the time waited', () => {
    expect(adapted(() => 2)).toBe(20_000);
  });

  test('is not to be had where no voice can pass', () => {
    expect(adapted(() => 50, { capacityKbps: 30 })).toBeNull();
  });

  test('is unknown while nobody talks, and begins with the first word', () => {
    const all = ears();
    const pair = pairOf(all);
    all.impaired('client-1', 10e6, 'capacity', {});
    all.impaired('client-2', 10e6, 'capacity', {});
    expect(first(all).adaptationMs).toBeNull();
    talk(pair, 20, 30, (atS) => (atS < 22 ? 20 : 0));
    expect(all.links.impairments.map(({ adaptationMs }) => adaptationMs)).toEqual([2_000, 2_000]);
  });

  test('is judged by what the host says as well as by what it hears, each on its own', () => {
    const all = ears();
    const hears = Array.from({ length: 9 }, (_, other) => pairOf(all, '1', String(other + 10)));
    const says = pairOf(all, '10', '1');
    all.impaired('client-1', 0, 'capacity', {});
    for (let atS = 0; atS < 20; atS++) {
      for (const pair of hears) talk(pair, atS, atS + 1);
      talk(says, atS, atS + 1, () => (atS < 6 ? 5 : 0));
    }
    expect(first(all).adaptationMs).toBe(6_000);
  });

  test('is told when it is known, once', () => {
    const all = ears();
    const told: (number | null)[] = [];
    all.listen({ adapted: ({ adaptationMs }) => told.push(adaptationMs) });
    const pair = pairOf(all);
    all.impaired('client-1', 0, 'loss', {});
    talk(pair, 0, 8, (atS) => (atS < 2 ? 9 : 0));
    expect(told).toEqual([2_000]);
    all.mended('client-1', 8e6);
    all.finish(9e6);
    expect(told).toEqual([2_000]);
  });

  test('is not to be had for a whole mesh on a thin link, and is counted from the move to an SFU on', () => {
    const all = ears();
    const pairs = ['11', '12', '13', '14', '15'].map((other) => pairOf(all, other, '1'));
    for (const pair of pairs) talk(pair, 0, 10, () => 0, 'p2p');
    all.impaired('client-1', 10e6, 'capacity', { capacityKbps: 160 });
    for (const pair of pairs) talk(pair, 10, 14, () => 40, 'p2p');
    for (let atS = 14; atS < 30; atS++)
      for (const pair of pairs) talk(pair, atS, atS + 1, () => (atS < 17 ? 20 : 0), 'sfu');
    all.finish(30e6);
    expect(first(all).adaptationMs).toBeGreaterThanOrEqual(2_000);
    expect(first(all).adaptationMs).toBeLessThanOrEqual(3_000);
  });

  test('to a second worsening is another one', () => {
    const all = ears();
    const pair = pairOf(all);
    all.impaired('client-1', 0, 'capacity', {});
    talk(pair, 0, 10, () => 5);
    all.impaired('client-1', 10e6, 'capacity', {});
    talk(pair, 10, 20, (atS) => (atS < 13 ? 5 : 0));
    expect(all.links.impairments.map(({ adaptationMs }) => adaptationMs)).toEqual([10_000, 3_000]);
  });
});

describe('recovery', () => {
  const recovered = (happen: (pair: ReturnType<typeof pairOf>) => void) => {
    const all = ears();
    const pair = pairOf(all);
    all.impaired('client-2', 10e6, 'outage');
    all.mended('client-2', 20e6);
    happen(pair);
    all.finish(100e6);
    return first(all).recoveryMs;
  };

  test('takes no time when nobody misses a word', () => {
    expect(recovered((pair) => talk(pair, 20, 25))).toBe(0);
  });

  test('lasts until the silence is over', () => {
    expect(recovered((pair) => pair.silence(10.1e6, 21.7e6, 'outage', false))).toBe(1_700);
  });

  test('is not over while one gap follows another', () => {
    expect(
      recovered((pair) => {
        pair.silence(10.1e6, 20.4e6, 'outage', false);
        pair.silence(20.9e6, 21.9e6, 'rebuffer', false);
        pair.silence(40e6, 41e6, 'loss', false);
      }),
    ).toBe(1_900);
  });

  test('has nothing to do with a gap that was over before, or of a device that slept', () => {
    expect(
      recovered((pair) => {
        pair.silence(11e6, 15e6, 'outage', false);
        pair.silence(11e6, 30e6, 'asleep', false);
        talk(pair, 20, 25);
      }),
    ).toBe(0);
  });

  test('is unknown while nobody talks', () => {
    expect(recovered(() => undefined)).toBeNull();
  });
});

describe('recovery of layers', () => {
  const world = () => {
    const all = ears();
    const pair = pairOf(all);
    pair.layer(0, 'h');
    all.impaired('client-1', 10e6, 'capacity');
    pair.layer(11e6, 'm');
    pair.layer(16e6, 'l');
    return { all, pair };
  };

  test('lasts until the layer of before is back', () => {
    const { all, pair } = world();
    all.mended('client-1', 30e6);
    pair.layer(42e6, 'm');
    expect(first(all).layerRecoveryMs).toBeNull();
    pair.layer(53e6, 'h');
    expect(first(all).layerRecoveryMs).toBe(23_000);
  });

  test('is nothing to speak of when no layer was lost', () => {
    const all = ears();
    pairOf(all).layer(0, 'm');
    all.impaired('client-1', 10e6, 'capacity');
    all.mended('client-1', 30e6);
    all.finish(60e6);
    expect(first(all).layerRecoveryMs).toBeNull();
  });

  test('that never comes counts with the time waited', () => {
    const { all } = world();
    all.mended('client-1', 30e6);
    all.finish(100e6);
    expect(first(all).layerRecoveryMs).toBe(70_000);
  });

  test('is waited for over a second impairment', () => {
    const { all, pair } = world();
    all.mended('client-1', 30e6);
    all.impaired('client-1', 35e6, 'loss');
    all.mended('client-1', 40e6);
    pair.layer(50e6, 'h');
    expect(all.links.impairments.map(({ layerRecoveryMs }) => layerRecoveryMs)).toEqual([5_000, 10_000]);
  });

  test('does not wait for those who leave', () => {
    const { all, pair } = world();
    const other = pairOf(all, '1', '3');
    other.layer(0, 'l');
    all.mended('client-1', 30e6);
    pair.close(36e6);
    expect(first(all).layerRecoveryMs).toBe(6_000);
  });
});

describe('whether a link is good', () => {
  test('is what the world says, in between two impairments as well', () => {
    const all = ears();
    const host = all.links.host('client-1');
    expect(host.poorSinceUs).toBeNull();
    all.impaired('client-1', 5e6, 'loss', { lossShare: 0.1 });
    expect([host.poorSinceUs, host.lossShare, host.goodSince(0)]).toEqual([5e6, 0.1, false]);
    all.impaired('client-1', 6e6, 'loss', { lossShare: 0.2 });
    expect([host.poorSinceUs, host.lossShare]).toEqual([5e6, 0.2]);
    all.mended('client-1', 7e6);
    expect([host.poorSinceUs, host.lossShare, host.mendedUs]).toEqual([null, 0, 7e6]);
    expect([host.goodSince(6.9e6), host.goodSince(7e6)]).toEqual([false, true]);
  });

  test('a link that is poor by nature stays so when it is mended', () => {
    const all = ears();
    const host = all.links.host('client-1');
    all.link('client-1', 0, { poor: true, varying: false, lossShare: 0.015 });
    all.impaired('client-1', 5e6, 'outage');
    all.mended('client-1', 6e6);
    expect([host.poorSinceUs, host.lossShare, host.mendedUs]).toEqual([0, 0.015, null]);
  });
});
