import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerName } from '../../../core/media/layers.js';
import { FRAME_TICKS, type RtpFields, sequenceDistance, timestampDistance } from '../../../core/media/rtp.js';
import { CaptureTimeline } from '../../../core/sfu/capture-timeline.js';
import { Forwarder } from '../../../core/sfu/forwarder.js';
import { type Arrival, layerWishes, type PublishedVoice, publishedVoice } from './published-voice.js';

const blank = (): RtpFields => ({ payloadType: 0, sequenceNumber: 0, timestamp: 0, ssrc: 0, marker: false });

interface Sent {
  readonly from: Arrival;
  readonly out: RtpFields;
  /** Index of the arrival with which the forwarder took to this layer. */
  readonly since: number;
}

interface Wish {
  readonly arrival: number;
  readonly layer: LayerName;
}

const FIRST = { ssrc: 99, sequenceNumber: 65_500, timestamp: 0xffff_0000, layer: 'h' } as const;

/** Sends a voice through a forwarder; `reports`: the publisher's sender reports are known. */
function forwardAll(voice: PublishedVoice, wishes: readonly Wish[], reports: boolean): Sent[] {
  const timeline = new CaptureTimeline();
  const forwarder = new Forwarder(FIRST, timeline);
  const sent: Sent[] = [];
  const reported = new Set<LayerName>();
  let since = 0;
  voice.arrivals.forEach((arrival, index) => {
    for (const wish of wishes) if (wish.arrival === index) forwarder.target(wish.layer);
    timeline.arrived(arrival.layer, arrival.packet.timestamp, arrival.atMs);
    if (reports && !reported.has(arrival.layer)) {
      reported.add(arrival.layer);
      timeline.reported(arrival.layer, 50_000, voice.timestamps[arrival.layer]);
    }
    const out = blank();
    const { layer } = forwarder;
    const forwarded = forwarder.forward(arrival.layer, arrival.packet, out);
    if (forwarder.layer !== layer) since = index;
    if (forwarded) sent.push({ from: arrival, out, since });
  });
  return sent;
}

/** Runs of packets between switches. */
function segments(sent: readonly Sent[]): Sent[][] {
  const runs: Sent[][] = [];
  for (const each of sent) {
    const run = runs.at(-1);
    if (run?.[0]?.since === each.since) run.push(each);
    else runs.push([each]);
  }
  return runs;
}

/** Places in the outgoing stream, not wrapped. */
const places = (sent: readonly Sent[]) => {
  let place = 0;
  let before: number = FIRST.sequenceNumber;
  return sent.map(({ out }) => {
    place += sequenceDistance(before, out.sequenceNumber);
    before = out.sequenceNumber;
    return place;
  });
};

const rough = { frames: 120, loss: true, jitterMs: 70, duplicates: true, dtx: true };
const smooth = { frames: 120, loss: false, jitterMs: 0, duplicates: false, dtx: false };

describe('a forwarder makes one stream out of three layers (B7)', () => {
  it('never sends two different packets with one number, whatever is lost, late, doubled or switched', () => {
    fc.assert(
      fc.property(publishedVoice(rough), layerWishes(120), fc.boolean(), (voice, wishes, reports) => {
        const bearer = new Map<number, string>();
        const sent = forwardAll(voice, wishes, reports);
        places(sent).forEach((place, index) => {
          const { layer, ordinal } = sent[index]!.from;
          expect(bearer.get(place) ?? `${layer}${ordinal}`).toBe(`${layer}${ordinal}`);
          bearer.set(place, `${layer}${ordinal}`);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('begins with the number and time it was given; a switch leaves out no number but for packets of the new layer that are missing', () => {
    fc.assert(
      fc.property(publishedVoice(rough), layerWishes(120), fc.boolean(), (voice, wishes, reports) => {
        const sent = forwardAll(voice, wishes, reports);
        if (sent.length === 0) return;
        expect(sent[0]!.out.sequenceNumber).toBe(FIRST.sequenceNumber);
        expect(sent[0]!.out.timestamp).toBe(FIRST.timestamp);
        const place = places(sent);
        let highest = -1;
        sent.forEach((each, index) => {
          if (index > 0 && each.since !== sent[index - 1]!.since) {
            const skipped = place[index]! - highest - 1;
            expect(skipped).toBeGreaterThanOrEqual(0);
            const before = voice.arrivals.slice(each.since, voice.arrivals.indexOf(each.from));
            for (let back = 1; back <= skipped; back++) {
              const ordinal = each.from.ordinal - back;
              expect(before.some((a) => a.layer === each.from.layer && a.ordinal === ordinal)).toBe(false);
            }
          }
          highest = Math.max(highest, place[index]!);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('shows the losses of a layer as gaps, and keeps reordered and doubled packets in their places', () => {
    fc.assert(
      fc.property(publishedVoice(rough), layerWishes(120), (voice, wishes) => {
        for (const run of segments(forwardAll(voice, wishes, true))) {
          const { from, out } = run[0]!;
          const lost = voice.lost[from.layer];
          let newest = run[0]!;
          for (const each of run) {
            const step = each.from.ordinal - from.ordinal;
            expect(sequenceDistance(out.sequenceNumber, each.out.sequenceNumber)).toBe(step);
            if (each.from.ordinal > newest.from.ordinal) newest = each;
          }
          const seen = new Set(run.map((each) => each.from.ordinal));
          // what was not lost, but is missing, came before this run or after it
          const late = new Set<number>();
          let missing = 0;
          for (let ordinal = from.ordinal; ordinal <= newest.from.ordinal; ordinal++) {
            if (seen.has(ordinal)) continue;
            missing++;
            if (!lost.has(ordinal)) late.add(ordinal);
          }
          const losses = [...lost].filter((each) => each > from.ordinal && each < newest.from.ordinal).length;
          expect(missing).toBe(losses + late.size);
          const last = voice.arrivals.indexOf(run.at(-1)!.from);
          const during = voice.arrivals.slice(run[0]!.since, last);
          for (const ordinal of late) {
            expect(during.some((a) => a.layer === from.layer && a.ordinal === ordinal)).toBe(false);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('brings every frame exactly once over any switches when nothing is lost on the way in', () => {
    fc.assert(
      fc.property(publishedVoice(smooth), layerWishes(120), fc.boolean(), (voice, wishes, reports) => {
        const sent = forwardAll(voice, wishes, reports);
        // wishes that change within the first frame cost that frame
        const first = sent[0]!.from.frame;
        expect(sent.map(({ from }) => from.frame)).toEqual(sent.map((_, index) => first + index));
        expect(first).toBeLessThanOrEqual(1);
        expect(sent.length).toBeGreaterThanOrEqual(118);
        expect(places(sent)).toEqual(sent.map((_, index) => index));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps timestamps at the real time, to the tick, over pauses of DTX, losses and switches once sender reports are known', () => {
    fc.assert(
      fc.property(publishedVoice(rough), layerWishes(120), (voice, wishes) => {
        const sent = forwardAll(voice, wishes, true);
        for (const { from, out } of sent) {
          const frames = from.frame - sent[0]!.from.frame;
          expect(timestampDistance(FIRST.timestamp, out.timestamp)).toBe(frames * FRAME_TICKS);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('does so from arrival times alone on a link that delays all layers alike', () => {
    fc.assert(
      fc.property(publishedVoice({ ...smooth, dtx: true, loss: true }), layerWishes(120), (voice, wishes) => {
        const sent = forwardAll(voice, wishes, false);
        for (const { from, out } of sent) {
          const frames = from.frame - sent[0]!.from.frame;
          expect(timestampDistance(FIRST.timestamp, out.timestamp)).toBe(frames * FRAME_TICKS);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has timestamps that grow with the numbers even where jitter has misled the alignment', () => {
    fc.assert(
      fc.property(publishedVoice(rough), layerWishes(120), (voice, wishes) => {
        const sent = forwardAll(voice, wishes, false);
        const place = places(sent);
        const order = sent.map((_, index) => index).sort((a, b) => place[a]! - place[b]! || a - b);
        for (let index = 1; index < order.length; index++) {
          const [a, b] = [order[index - 1]!, order[index]!];
          const step = timestampDistance(sent[a]!.out.timestamp, sent[b]!.out.timestamp);
          if (place[a] === place[b]) expect(step).toBe(0);
          else expect(step).toBeGreaterThan(0);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a forwarder of a publisher that sends nonsense', () => {
  it('keeps its fields in range, and brings a voice again within 2 s of its becoming sane', () => {
    const layer = fc.constantFrom<LayerName>('h', 'm', 'l');
    const nonsense = fc.record({
      layer,
      target: fc.option(layer),
      sequenceNumber: fc.nat({ max: 0xffff }),
      timestamp: fc.nat({ max: 0xffff_ffff }),
      stepMs: fc.integer({ min: 0, max: 5_000 }),
    });
    fc.assert(
      fc.property(fc.array(nonsense, { maxLength: 60 }), layer, fc.nat({ max: 0xffff_ffff }), (all, target, start) => {
        const timeline = new CaptureTimeline();
        const forwarder = new Forwarder(FIRST, timeline);
        const out = blank();
        let atMs = 0;
        const hand = (from: LayerName, sequenceNumber: number, timestamp: number): boolean => {
          timeline.arrived(from, timestamp, atMs);
          return forwarder.forward(from, { payloadType: 111, sequenceNumber, timestamp, ssrc: 1, marker: false }, out);
        };
        for (const each of all) {
          atMs += each.stepMs;
          if (each.target !== null) forwarder.target(each.target);
          hand(each.layer, each.sequenceNumber, each.timestamp);
          expect(out.sequenceNumber).toBe(out.sequenceNumber & 0xffff);
          expect(out.timestamp).toBe(out.timestamp >>> 0);
        }
        forwarder.target(target);
        const brought: boolean[] = [];
        for (let frame = 0; frame < 121; frame++) {
          atMs += 20;
          brought.push(hand(target, (start + frame) & 0xffff, (start + frame * FRAME_TICKS) >>> 0));
        }
        // numbers up to 100 behind may be late packets of what came before
        expect(brought.slice(101)).toEqual(Array(20).fill(true));
      }),
      { numRuns: 200 },
    );
  });
});

/** A forwarder that is handed packets by (number, timestamp). */
function steps(layer: LayerName = 'h') {
  const timeline = new CaptureTimeline();
  const forwarder = new Forwarder({ ssrc: 9, sequenceNumber: 100, timestamp: 5_000, layer }, timeline);
  const hand = (from: LayerName, sequenceNumber: number, frame: number, offset = 0): RtpFields | null => {
    const timestamp = (frame * FRAME_TICKS + offset) >>> 0;
    const packet = {
      payloadType: 111,
      sequenceNumber: sequenceNumber & 0xffff,
      timestamp,
      ssrc: 1,
      marker: frame === 0,
    };
    timeline.arrived(from, timestamp, frame * 20);
    const out = blank();
    return forwarder.forward(from, packet, out) ? out : null;
  };
  return { forwarder, hand };
}

describe('a forwarder', () => {
  it('rewrites number, timestamp and ssrc, and keeps marker and payload type', () => {
    const { hand } = steps();
    expect(hand('h', 7, 0)).toEqual({ payloadType: 111, sequenceNumber: 100, timestamp: 5_000, ssrc: 9, marker: true });
    expect(hand('h', 8, 1)).toEqual({
      payloadType: 111,
      sequenceNumber: 101,
      timestamp: 5_960,
      ssrc: 9,
      marker: false,
    });
  });

  it('leaves `out` alone when a packet is not for the consumer', () => {
    const { forwarder } = steps();
    const out = blank();
    const packet = { payloadType: 111, sequenceNumber: 1, timestamp: 2, ssrc: 3, marker: true };
    expect(forwarder.forward('m', packet, out)).toBe(false);
    expect(out).toEqual(blank());
  });

  it('stays with the present layer until the wanted one comes', () => {
    const { forwarder, hand } = steps();
    hand('h', 7, 0);
    forwarder.target('l');
    expect(hand('h', 8, 1)?.sequenceNumber).toBe(101);
    expect(forwarder.layer).toBe('h');
    expect(forwarder.targetLayer).toBe('l');
    expect(hand('l', 5_000, 2, 77)?.sequenceNumber).toBe(102);
    expect(hand('h', 9, 2)).toBeNull();
  });

  it('drops what comes late of the old layer, and of the new one from before the switch', () => {
    const { forwarder, hand } = steps();
    hand('h', 7, 0);
    hand('h', 9, 2);
    forwarder.target('m');
    expect(hand('m', 40, 3)?.sequenceNumber).toBe(103);
    expect(hand('h', 8, 1)).toBeNull();
    expect(hand('m', 39, 2)).toBeNull();
    expect(hand('m', 41, 4)?.sequenceNumber).toBe(104);
  });

  it('goes on by one at the real time after a pause of the consumer', () => {
    const { forwarder, hand } = steps();
    hand('h', 7, 0);
    forwarder.pause();
    const out = hand('h', 57, 50)!;
    expect(out.sequenceNumber).toBe(101);
    expect(out.timestamp).toBe(5_000 + 50 * FRAME_TICKS);
    expect(hand('h', 56, 49)).toBeNull();
  });

  it('takes a gap of 2 999 for losses, and one of 3 000 for a new beginning once the next packet confirms it', () => {
    const { hand } = steps();
    hand('h', 7, 0);
    expect(hand('h', 3_006, 2_999)?.sequenceNumber).toBe(100 + 2_999);
    expect(hand('h', 6_006, 5_999)).toBeNull();
    expect(hand('h', 6_007, 6_000)?.sequenceNumber).toBe(100 + 3_000);
  });

  it('goes on at the real time when a source begins anew with other numbers and another clock', () => {
    const { hand } = steps();
    hand('h', 7, 0);
    hand('h', 8, 1);
    expect(hand('h', 30_000, 2, 123_456_789)).toBeNull();
    const out = hand('h', 30_001, 3, 123_456_789)!;
    expect(out.sequenceNumber).toBe(102);
    expect(out.timestamp).toBe(5_000 + 3 * FRAME_TICKS);
  });

  it('waits for a source that begins anew a little behind what was sent', () => {
    let offset = 0;
    const forwarder = new Forwarder(
      { ssrc: 9, sequenceNumber: 100, timestamp: 0, layer: 'h' },
      { offset: () => offset },
    );
    const hand = (sequenceNumber: number, frame: number) => {
      const out = blank();
      const packet = { payloadType: 111, sequenceNumber, timestamp: frame * FRAME_TICKS, ssrc: 1, marker: false };
      return forwarder.forward('h', packet, out) ? [out.sequenceNumber, out.timestamp / FRAME_TICKS] : null;
    };
    for (let frame = 0; frame <= 10; frame++) hand(frame, frame);
    offset = -1_000 * FRAME_TICKS;
    const anew = [0, 1, 2, 3, 4].map((index) => hand(30_000 + index, 1_007 + index));
    expect(anew).toEqual([null, null, null, null, [111, 11]]);
  });

  it('is not silenced by a layer whose clock seems to be hours behind', () => {
    const timeline = { offset: (layer: LayerName) => (layer === 'm' ? -500_000_000 : 0) };
    const forwarder = new Forwarder({ ssrc: 9, sequenceNumber: 0, timestamp: 0, layer: 'h' }, timeline);
    const out = blank();
    const packet = { payloadType: 111, sequenceNumber: 1, timestamp: 960, ssrc: 1, marker: false };
    forwarder.forward('h', packet, out);
    forwarder.target('m');
    expect(forwarder.forward('m', packet, out)).toBe(true);
    expect([out.sequenceNumber, out.timestamp]).toEqual([1, 960]);
  });

  it('holds its promises for a million packets: numbers go round 15 times without a gap', () => {
    const timeline = { offset: () => 0 };
    const forwarder = new Forwarder({ ssrc: 9, sequenceNumber: 17, timestamp: 3, layer: 'h' }, timeline);
    const packet = { payloadType: 111, sequenceNumber: 0, timestamp: 0, ssrc: 1, marker: false };
    const out = blank();
    let wrong = 0;
    for (let frame = 0; frame < 1_000_000; frame++) {
      packet.sequenceNumber = frame & 0xffff;
      packet.timestamp = (frame * FRAME_TICKS) >>> 0;
      if (!forwarder.forward('h', packet, out)) wrong++;
      if (out.sequenceNumber !== ((frame + 17) & 0xffff)) wrong++;
      if (out.timestamp !== (frame * FRAME_TICKS + 3) % 0x1_0000_0000) wrong++;
    }
    expect(wrong).toBe(0);
  });
});
