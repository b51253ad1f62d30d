import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameFlag, JitterBuffer } from '../../../../sim/media/packet/index.js';

const FRAME_US = 20_000;
const NETWORK_US = 50_000;

interface Played {
  readonly frame: number;
  readonly atUs: number;
  readonly repaired: boolean;
}

/** A talker of one stream and the buffer at its listener. Packets are handed over in the order of arrival. */
class Line {
  readonly played: Played[] = [];
  readonly concealedUs: number[] = [];
  readonly buffer = new JitterBuffer({
    played: (frame, atUs, _capturedUs, repaired) => void this.played.push({ frame, atUs, repaired }),
    concealed: (atUs) => void this.concealedUs.push(atUs),
  });

  constructor(
    private readonly firstSequence = 0,
    private readonly firstTimestamp = 0,
  ) {}

  /** Hands over the packet of a frame. @param delayUs on its way @param sequence how-manieth packet; default one for each frame */
  arrive(
    frame: number,
    delayUs = NETWORK_US,
    flags: number = FrameFlag.spoken | FrameFlag.fec,
    sequence = frame,
  ): void {
    this.at(frame * FRAME_US + delayUs, frame, flags, sequence);
  }

  at(atUs: number, frame: number, flags: number = FrameFlag.spoken | FrameFlag.fec, sequence = frame): void {
    const timestamp = (this.firstTimestamp + frame * 960) >>> 0;
    const number = (this.firstSequence + sequence) & 0xffff;
    this.buffer.push(atUs, number, timestamp, frame, frame * FRAME_US, flags);
  }

  /** Mouth to playout, in ms, of a frame. */
  delayMs(frame: number): number {
    const found = this.played.find((each) => each.frame === frame);
    return found === undefined ? Number.NaN : (found.atUs - frame * FRAME_US) / 1000;
  }

  frames(): number[] {
    return this.played.map(({ frame }) => frame);
  }
}

const range = (from: number, until: number) => Array.from({ length: until - from }, (_, index) => from + index);

describe('a jitter buffer', () => {
  it('starts with 80 ms and comes down to one frame where nothing jitters', () => {
    const line = new Line();
    for (const frame of range(0, 500)) line.arrive(frame);
    expect(line.delayMs(0)).toBe(130);
    expect(line.buffer.targetMs).toBe(20);
    expect(line.delayMs(450)).toBeLessThanOrEqual(50 + 20 + 20);
    expect(line.concealedUs).toEqual([]);
    expect(line.frames()).toEqual(range(0, line.played.length));
  });

  it('repairs a single loss from the next packet, and conceals two in a row but for the last', () => {
    const line = new Line();
    for (const frame of range(0, 60)) if (frame !== 20 && frame !== 40 && frame !== 41) line.arrive(frame);
    line.buffer.advance(10_000_000);
    expect(line.played.filter(({ repaired }) => repaired).map(({ frame }) => frame)).toEqual([20, 41]);
    expect(line.frames()).toEqual(range(0, 60).filter((frame) => frame !== 40));
    expect(line.buffer.concealed).toBe(1);
  });

  it('repairs nothing without FEC', () => {
    const line = new Line();
    for (const frame of range(0, 60)) if (frame !== 20) line.arrive(frame, NETWORK_US, FrameFlag.spoken);
    expect(line.buffer.repaired).toBe(0);
    expect(line.concealedUs).toHaveLength(1);
  });

  it('plays every frame once, in order and never before it has come, whatever arrives late, twice or not at all', () => {
    const delays = fc.array(
      fc.record({
        lost: fc.boolean(),
        twice: fc.boolean(),
        delayUs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(400_000)),
      }),
      { minLength: 1, maxLength: 120 },
    );
    fc.assert(
      fc.property(delays, fc.nat(0xffff), fc.nat(0xffff_ffff), (packets, sequence, timestamp) => {
        const line = new Line(sequence, timestamp);
        const arrivals = packets
          .flatMap(({ lost, twice, delayUs }, frame) => {
            const once = { frame, atUs: frame * FRAME_US + NETWORK_US + delayUs };
            return lost ? [] : twice ? [once, { ...once, atUs: once.atUs + 1_000 }] : [once];
          })
          .sort((a, b) => a.atUs - b.atUs || a.frame - b.frame);
        for (const { frame, atUs } of arrivals) line.at(atUs, frame);
        line.buffer.advance(100_000_000);
        const arrivedUs = new Map<number, number>();
        for (const { frame, atUs } of arrivals) if (!arrivedUs.has(frame)) arrivedUs.set(frame, atUs);
        let before = { frame: -1, atUs: Number.NEGATIVE_INFINITY };
        for (const each of line.played) {
          expect(each.frame).toBeGreaterThan(before.frame);
          expect(each.atUs).toBeGreaterThan(before.atUs);
          const source = arrivedUs.get(each.repaired ? each.frame + 1 : each.frame)!;
          expect(each.atUs).toBeGreaterThanOrEqual(source);
          before = each;
        }
        const { played, repaired, late, duplicates } = line.buffer;
        expect(played + repaired).toBe(line.played.length);
        // every packet is played, late, or one too many
        expect(played + late + duplicates).toBe(arrivals.length);
      }),
      { numRuns: 200 },
    );
  });

  it('takes no silence for a loss: one packet every 400 ms, and speech again after it', () => {
    const line = new Line(0xfff0, 0xffff_f000);
    let sequence = 0;
    for (const frame of range(0, 50)) line.arrive(frame, NETWORK_US, FrameFlag.spoken, sequence++);
    for (const frame of [50, 70, 90, 110]) line.arrive(frame, NETWORK_US, 0, sequence++);
    for (const frame of range(120, 170)) {
      const flags = FrameFlag.spoken | (frame === 120 ? FrameFlag.marker : FrameFlag.fec);
      line.arrive(frame, NETWORK_US, flags, sequence++);
    }
    line.buffer.advance(10_000_000);
    expect(line.concealedUs).toEqual([]);
    expect(line.frames()).toEqual([...range(0, 50), ...range(120, 170)]);
  });

  it('counts a packet lost in or beside a silence once', () => {
    const lose = (lost: readonly number[]) => {
      const line = new Line();
      let sequence = 0;
      const say = (frame: number, flags: number) => {
        if (!lost.includes(sequence)) line.arrive(frame, NETWORK_US, flags, sequence);
        sequence++;
      };
      for (const frame of range(0, 30)) say(frame, FrameFlag.spoken);
      for (const frame of [30, 50, 70]) say(frame, 0);
      for (const frame of range(80, 110)) say(frame, FrameFlag.spoken | (frame === 80 ? FrameFlag.marker : 0));
      line.buffer.advance(10_000_000);
      return line.buffer.concealed;
    };
    expect(lose([])).toBe(0);
    expect(lose([29])).toBe(1);
    expect(lose([31])).toBe(1);
    expect(lose([33])).toBe(1);
    expect(lose([33, 34])).toBe(2);
  });

  it('grows at once when the network stalls, and gets back to the old delay within seconds of its end', () => {
    const line = new Line();
    for (const frame of range(0, 5_000)) line.arrive(frame);
    // nothing for a second, then all of it at once
    const stallEndUs = 5_050 * FRAME_US + NETWORK_US;
    for (const frame of range(5_000, 5_050)) line.at(stallEndUs, frame);
    for (const frame of range(5_050, 6_000)) line.arrive(frame);
    expect(line.delayMs(5_001)).toBeGreaterThan(1_000);
    expect(line.concealedUs).toEqual([]);
    const back = line.played.find(({ frame, atUs }) => frame > 5_010 && (atUs - frame * FRAME_US) / 1000 < 130);
    expect((back!.frame - 5_050) * 0.02).toBeLessThan(5);
  });

  it('follows jitter up and down again (95 % quantile, forgetting 0.983)', () => {
    const line = new Line();
    const jitter = (frame: number, widthUs: number) => NETWORK_US + ((frame * 7_919) % 100) * (widthUs / 100);
    const targets: number[] = [];
    let last = 0;
    for (const frame of range(0, 20_000)) {
      const width = frame >= 2_000 && frame < 4_000 ? 120_000 : 2_000;
      last = Math.max(last, frame * FRAME_US + jitter(frame, width));
      line.at(last, frame);
      if (frame % 1_000 === 999) targets.push(line.buffer.targetMs);
    }
    expect(targets[1]).toBe(20);
    // packets overtake none, so that the fastest of a second has waited, too
    expect(targets[3]).toBeGreaterThanOrEqual(80);
    expect(targets.at(-1)).toBe(20);
    expect(line.buffer.delayMs).toBeLessThan(60);
  });

  it('begins anew after a long gap', () => {
    const line = new Line();
    for (const frame of range(0, 200)) line.arrive(frame);
    for (const frame of range(400, 450)) line.arrive(frame, NETWORK_US + 30_000);
    line.buffer.advance(100_000_000);
    expect(line.buffer.resets).toBe(1);
    expect(line.delayMs(400)).toBe(160);
    expect(line.concealedUs).toEqual([]);
  });

  it('ignores what comes twice and what comes too late', () => {
    const line = new Line();
    for (const frame of range(0, 50)) {
      if (frame === 30) continue;
      line.arrive(frame, NETWORK_US, FrameFlag.spoken);
      line.arrive(frame, NETWORK_US, FrameFlag.spoken);
      if (frame === 40) line.at(frame * FRAME_US + NETWORK_US, 30, FrameFlag.spoken);
    }
    expect(line.buffer.duplicates).toBe(49);
    expect(line.buffer.late).toBe(1);
    expect(line.concealedUs).toHaveLength(1);
    expect(line.frames()).not.toContain(30);
  });
});
