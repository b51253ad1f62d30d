import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Choices } from '../../../../sim/kernel/index.js';
import { addFrames, countFrames, frameMask, hasFrame } from '../../../../sim/media/flow/frame-mask.js';
import { LinkFlow } from '../../../../sim/media/flow/link-flow.js';
import { Track } from '../../../../sim/media/flow/track.js';
import { AccessLink } from '../../../../sim/net/access-link.js';
import { type LinkOptions, PERFECT_LINK } from '../../../../sim/net/link-options.js';
import { type CapacityTrace, parseMahimahi } from '../../../../sim/net/mahimahi.js';

const FRAMES = 50;
const FRAME_US = 20_000;

function accessLink(options: Partial<LinkOptions>, trace: CapacityTrace | null = null): AccessLink {
  return new AccessLink(new Choices(1), 'net/test', { ...PERFECT_LINK, ...options }, trace, 1460);
}

function flow(seed = 1): LinkFlow {
  return new LinkFlow(new Choices(seed), 'flow/test');
}

function allFrames(): Int32Array {
  const mask = frameMask(FRAMES);
  addFrames(mask, 0, FRAMES);
  return mask;
}

describe('losses of a link over intervals', () => {
  it('come in the share of the link, each on its own', () => {
    const link = accessLink({ lossRate: 0.03 });
    const seen = flow();
    let lost = 0;
    let runs = 0;
    for (let interval = 0; interval < 10_000; interval++) {
      const mask = frameMask(FRAMES);
      seen.begin(link, interval * FRAMES, FRAMES, 1);
      seen.lose(mask);
      lost += countFrames(mask);
      for (let i = 0; i < FRAMES; i++) if (hasFrame(mask, i) && (i === 0 || !hasFrame(mask, i - 1))) runs++;
    }
    expect(Math.abs(lost / 500_000 - 0.03)).toBeLessThan(0.001);
    // a run of independent losses is 1 / (1 - p) long; the border of an interval cuts some in two
    expect(Math.abs(lost / runs - 1 / 0.97)).toBeLessThan(0.005);
  });

  it.each([0, 0.004, 0.3])(
    'are the same for one who first asks whether there are any, at a share of %s',
    (lossRate) => {
      const link = accessLink({
        lossRate,
        phases: [{ fromMs: 20_000, untilMs: 40_000, everyMs: null, lossRate: 0.05 }],
      });
      const seen = flow();
      const asked = flow();
      let spared = 0;
      for (let interval = 0; interval < 100; interval++) {
        seen.begin(link, interval * FRAMES, FRAMES, 1);
        asked.begin(link, interval * FRAMES, FRAMES, 1);
        for (let stream = 0; stream < 5; stream++) {
          const expected = frameMask(FRAMES);
          const mask = frameMask(FRAMES);
          seen.lose(expected);
          if (asked.spares()) spared++;
          else asked.lose(mask);
          expect(mask).toEqual(expected);
        }
      }
      if (lossRate === 0.004) expect(spared).toBeGreaterThan(0);
    },
  );

  it('come in bursts where the link has them, and only in their phase', () => {
    const burstLoss = { p: 0.11, r: 0.25, lossGood: 0, lossBad: 1 };
    const link = accessLink({ phases: [{ fromMs: 400, untilMs: 700, everyMs: 1_000, burstLoss }] });
    const seen = flow();
    let inside = 0;
    for (let interval = 0; interval < 4_000; interval++) {
      const mask = frameMask(FRAMES);
      seen.begin(link, interval * FRAMES, FRAMES, 1);
      seen.lose(mask);
      for (let i = 0; i < FRAMES; i++) {
        if (!hasFrame(mask, i)) continue;
        expect(i).toBeGreaterThanOrEqual(20);
        expect(i).toBeLessThan(35);
        inside++;
      }
    }
    expect(Math.abs(inside / (4_000 * 15) - 0.11 / 0.36)).toBeLessThan(0.03);
  });

  it('are a share of bad frames where bursts lose a share', () => {
    const link = accessLink({ burstLoss: { p: 0.1, r: 0.1, lossGood: 0.02, lossBad: 0.5 } });
    const seen = flow();
    let lost = 0;
    for (let interval = 0; interval < 10_000; interval++) {
      const mask = frameMask(FRAMES);
      seen.begin(link, interval * FRAMES, FRAMES, 1);
      seen.lose(mask);
      lost += countFrames(mask);
    }
    expect(Math.abs(lost / 500_000 - 0.26)).toBeLessThan(0.01);
  });
});

describe('a nearly full link', () => {
  it('is one that voice fills to more than 70 %, has a trace, or still has a queue', () => {
    const seen = flow();
    seen.begin(accessLink({ rateKbps: 100 }), 0, FRAMES, 1);
    // 210 bytes a frame are 84 kbit/s, 130 are 52
    expect(seen.tight(210)).toBe(true);
    expect(seen.tight(130)).toBe(false);
    expect(seen.serviceUs(210)).toBeCloseTo(16_800, 6);
    seen.begin(accessLink({}), 0, FRAMES, 1);
    expect(seen.tight(1e6)).toBe(false);
    expect(seen.serviceUs(210)).toBe(0);
    seen.begin(accessLink({ trace: 'x' }, parseMahimahi('1\n', 'x')), 0, FRAMES, 1);
    expect(seen.tight(1)).toBe(true);
  });

  it('sends 210 bytes at 84 kbit/s in exactly 20 ms', () => {
    const seen = flow();
    seen.begin(accessLink({ rateKbps: 84 }), 0, FRAMES, 1);
    for (let frame = 0; frame < FRAMES; frame++) expect(seen.offer(frame * FRAME_US, 210)).toBe((frame + 1) * FRAME_US);
  });

  it('lets through what its rate allows and loses the rest, 1 - rate / load; every packet is either', () => {
    const seen = flow();
    const link = accessLink({ rateKbps: 60 });
    let delivered = 0;
    let lost = 0;
    for (let interval = 0; interval < 100; interval++) {
      seen.begin(link, interval * FRAMES, FRAMES, 1);
      for (let frame = 0; frame < FRAMES; frame++) {
        const atUs = (interval * FRAMES + frame) * FRAME_US;
        const exitUs = seen.offer(atUs, 210);
        if (exitUs < 0) lost++;
        else {
          delivered++;
          expect(exitUs - atUs).toBeLessThanOrEqual(300_000 + (210 * 8_000) / 60 + 1);
        }
      }
    }
    expect(delivered + lost).toBe(5_000);
    expect(Math.abs(lost / 5_000 - (1 - 60 / 84))).toBeLessThan(0.01);
  });

  it('serves packets one by one as the link itself does', () => {
    const packet = fc.record({ waitUs: fc.nat(30_000), bytes: fc.integer({ min: 60, max: 500 }) });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 60 }), fc.integer({ min: 20, max: 200 }), (packets, rateKbps) => {
        const itself = accessLink({ rateKbps, queueMs: 100 });
        const seen = flow();
        seen.begin(accessLink({ rateKbps, queueMs: 100 }), 0, FRAMES, 1);
        let atUs = 0;
        for (const { waitUs, bytes } of packets) {
          atUs += waitUs;
          const exitUs = itself.pass(atUs, bytes, false);
          expect(Math.round(seen.offer(atUs, bytes))).toBe(exitUs < 0 ? -1 : exitUs);
        }
      }),
    );
  });
});

describe('delays of a link over intervals', () => {
  /** Delays of packets sent every 20 ms, over many intervals. */
  function delaysOf(options: Partial<LinkOptions>): number[] {
    const link = accessLink(options);
    const seen = flow();
    const track = new Track(FRAMES);
    const sent = allFrames();
    let last = Number.NEGATIVE_INFINITY;
    const out: number[] = [];
    for (let interval = 0; interval < 2_000; interval++) {
      seen.begin(link, interval * FRAMES, FRAMES, 1);
      track.start(interval * FRAMES, FRAMES, 210);
      last = track.through(seen, sent, last, 1);
      for (let i = 0; i < FRAMES; i++) {
        const leftUs = (interval * FRAMES + i) * FRAME_US;
        out.push(track.timed ? (track.timesUs[i] as number) - leftUs : track.delayUs);
      }
    }
    return out;
  }

  it('are one number where nothing varies', () => {
    expect(new Set(delaysOf({ delayMs: 40, lossRate: 0.1 }))).toEqual(new Set([40_000]));
  });

  it('with jitter are distributed as the largest of own and earlier ones: P(D < x) = F(x) F(x + 20) F(x + 40) ...', () => {
    const jitterMs = 25;
    const delays = delaysOf({ delayMs: 100, jitterMs });
    const uniform = (x: number): number => Math.min(1, Math.max(0, (x + jitterMs) / (2 * jitterMs)));
    for (const x of [-20, -10, -5, 0, 5, 10, 20]) {
      let expected = 1;
      for (let earlier = x; earlier < jitterMs; earlier += 20) expected *= uniform(earlier);
      const share = delays.filter((delayUs) => delayUs / 1000 - 100 <= x).length / delays.length;
      expect(Math.abs(share - expected)).toBeLessThan(0.01);
    }
  });

  it('never let a packet overtake another, unless some are held back', () => {
    const overtaken = (delays: readonly number[]): number =>
      delays.filter((delayUs, i) => i > 0 && delayUs + FRAME_US < (delays[i - 1] as number)).length;
    expect(overtaken(delaysOf({ jitterMs: 30, jitterShape: 'exponential' }))).toBe(0);
    const share = overtaken(delaysOf({ reorderRate: 0.05, reorderDelayMs: 30 })) / 100_000;
    // held back, and the one after it not
    expect(Math.abs(share - 0.05 * 0.95)).toBeLessThan(0.003);
  });

  it('change with the phases of the link, to the frame', () => {
    const delays = delaysOf({ delayMs: 20, phases: [{ fromMs: 0, untilMs: 300, everyMs: 15_000, delayMs: 140 }] });
    expect(delays.slice(0, 15)).toEqual(Array.from({ length: 15 }, () => 140_000));
    // what has waited is not overtaken
    expect(delays.slice(15, 22)).toEqual([120_000, 100_000, 80_000, 60_000, 40_000, 20_000, 20_000]);
    expect(delays.slice(750, 752)).toEqual([140_000, 140_000]);
  });
});
