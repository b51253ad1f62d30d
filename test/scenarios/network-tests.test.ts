import { describe, expect, it } from 'vitest';
import { type NetworkTest, networkTest } from '../../scenarios/network-tests.js';
import { type Heard, listen } from './heard.js';

/** What a network does to the voice of and for the one who is on it; others are on LTE (35 ms), the backbone is 10 ms. */
interface Expected {
  /** Mean one-way delay between the two clients in a mesh, in ms. */
  readonly delayMs: readonly [min: number, max: number];
  /** Most frames neither arrived nor repaired: FEC repairs single losses. */
  readonly lostShare: number;
  /** All audible gaps of a pair together, in ms. */
  readonly gapMs: number;
  /** Whether the full layer arrives at the end, both ways. */
  readonly full: 'yes' | 'no' | 'unsaid';
}

const expectations: Record<NetworkTest, Expected> = {
  good: { delayMs: [58, 64], lostShare: 0.002, gapMs: 0, full: 'yes' },
  '3g-plan': { delayMs: [144, 155], lostShare: 0.01, gapMs: 0, full: 'yes' },
  '2g': { delayMs: [245, 300], lostShare: 0.04, gapMs: 0, full: 'no' },
  'poor-then-good': { delayMs: [100, 200], lostShare: 0.03, gapMs: 300, full: 'yes' },
  'loss-5': { delayMs: [63, 70], lostShare: 0.01, gapMs: 0, full: 'yes' },
  'loss-20': { delayMs: [63, 70], lostShare: 0.06, gapMs: 0, full: 'unsaid' },
  'variable-delay': { delayMs: [170, 250], lostShare: 0.01, gapMs: 0, full: 'unsaid' },
  'limit-1mbps': { delayMs: [64, 75], lostShare: 0.001, gapMs: 0, full: 'yes' },
  'limit-512': { delayMs: [65, 80], lostShare: 0.001, gapMs: 0, full: 'yes' },
  'limit-256': { delayMs: [66, 130], lostShare: 0.01, gapMs: 0, full: 'unsaid' },
  'outage-1s': { delayMs: [79, 90], lostShare: 0.03, gapMs: 1_250, full: 'yes' },
  'outage-5s': { delayMs: [70, 90], lostShare: 0.11, gapMs: 5_500, full: 'yes' },
  handover: { delayMs: [78, 90], lostShare: 0.03, gapMs: 1_250, full: 'yes' },
  starlink: { delayMs: [60, 75], lostShare: 0.02, gapMs: 250, full: 'unsaid' },
};

const group = (listener: string, talker: string) => (talker === '1' ? 'from' : listener === '1' ? 'to' : 'others');
const PAIRS = 3;
const fullAtEnd = ({ layers }: Heard) => layers.slice(-15).every(({ layer }) => layer === 'h');

describe.each(['sfu', 'mesh'] as const)('one person of four on another network, over %s', (path) => {
  it.each(Object.entries(expectations) as [NetworkTest, Expected][])('%s', async (network, expected) => {
    const heard = await listen(networkTest(network, path), 1, 5, group);
    for (const name of ['from', 'to'] as const) {
      const { frames, lostShare, delayMs, gapMs } = heard[name]!;
      // 50 frames a second; with 20 % loss it takes ten seconds to get in
      expect(frames).toBeGreaterThan(PAIRS * 50 * 45);
      expect(lostShare).toBeLessThanOrEqual(expected.lostShare);
      expect(gapMs / PAIRS).toBeLessThanOrEqual(expected.gapMs);
      const [min, max] = expected.delayMs;
      // an SFU is one more stretch of backbone and a network card
      const detourMs = path === 'sfu' ? 10.5 : 0;
      expect(delayMs - detourMs).toBeGreaterThan(min - 1);
      expect(delayMs - detourMs).toBeLessThan(max + 1);
    }
    if (expected.full !== 'unsaid') {
      const full = expected.full === 'yes';
      expect([fullAtEnd(heard.from!), fullAtEnd(heard.to!)]).toEqual([full, full]);
    }
    // isolation: the others lose nothing, wait for nothing, and have the full layer throughout
    const { lostShare, gapMs, delayMs, layers } = heard.others!;
    expect([lostShare, gapMs]).toEqual([0, 0]);
    expect(Math.abs(delayMs - (path === 'sfu' ? 91 : 80.5))).toBeLessThan(1);
    expect(layers.filter(({ layer }) => layer !== 'h')).toEqual([]);
  });

  it.each([2, 3, 4])(
    '20 %% of loss is no audible gap for anybody, steps of quality included (B10), seed %i',
    async (seed) => {
      const heard = await listen(networkTest('loss-20', path), seed, 5, group);
      expect(Object.values(heard).map(({ longestGapMs }) => longestGapMs)).toEqual([0, 0, 0]);
      expect(heard.from!.layers.at(-1)!.layer).toBe('l');
      expect(heard.others!.layers.filter(({ layer }) => layer !== 'h')).toEqual([]);
    },
  );
});
