import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalRecorder } from '../../../core/media/arrival-recorder.js';
import type { PacketFeedback } from '../../../core/media/bandwidth-estimator.js';
import type { TransportFeedback } from '../../../core/media/rtcp.js';
import { SentHistory } from '../../../core/media/sent-history.js';
import { decodeRtcp, encodeRtcp, RTCP_BYTES_MAX } from '../../../core/media/wire/index.js';

const streams = { senderSsrc: 1, mediaSsrc: 2 };

function takeAll(recorder: ArrivalRecorder): TransportFeedback[] {
  const all: TransportFeedback[] = [];
  for (let each = recorder.take(); each; each = recorder.take()) all.push(each);
  return all;
}

/** There and back as bytes. */
function carried(feedback: TransportFeedback): TransportFeedback {
  const datagrams = encodeRtcp([{ kind: 'transport-feedback', feedback }]);
  expect(datagrams).toHaveLength(1);
  expect(datagrams[0]!.length).toBeLessThanOrEqual(RTCP_BYTES_MAX);
  const [record] = decodeRtcp(datagrams[0]!);
  if (record?.kind !== 'transport-feedback') throw new Error('no feedback');
  return record.feedback;
}

describe('what a receiver tells of a transport', () => {
  it('is nothing before a packet, and nothing twice', () => {
    const recorder = new ArrivalRecorder(streams);
    expect(recorder.take()).toBeNull();
    recorder.onPacket(5, 1_000);
    expect(recorder.take()).not.toBeNull();
    expect(recorder.take()).toBeNull();
  });

  it('is arrivals in quarters of a millisecond since a multiple of 64 ms', () => {
    const recorder = new ArrivalRecorder(streams);
    recorder.onPacket(65_534, 130);
    recorder.onPacket(0, 150.3);
    recorder.onPacket(65_535, 150.6);
    expect(recorder.take()).toEqual({
      ...streams,
      baseSequenceNumber: 65_534,
      referenceTime: 2,
      feedbackCount: 0,
      arrivals: [8, 90, 89],
    });
    recorder.onPacket(2, 200);
    expect(recorder.take()).toMatchObject({ baseSequenceNumber: 1, feedbackCount: 1, arrivals: [null, 32] });
  });

  it('tells again from a packet on that was told as lost and has come late', () => {
    const recorder = new ArrivalRecorder(streams);
    for (const number of [1, 3]) recorder.onPacket(number, number);
    expect(recorder.take()?.arrivals).toEqual([4, null, 12]);
    recorder.onPacket(2, 40);
    expect(recorder.take()).toMatchObject({ baseSequenceNumber: 2, arrivals: [160, 12] });
    recorder.onPacket(2, 50);
    expect(recorder.take()).toBeNull();
  });

  it('comes in several where times are too far apart for one', () => {
    const recorder = new ArrivalRecorder(streams);
    recorder.onPacket(0, 0);
    recorder.onPacket(2, 8_192);
    recorder.onPacket(3, 8_000);
    const all = takeAll(recorder).map(carried);
    expect(all.map(({ baseSequenceNumber, arrivals }) => [baseSequenceNumber, arrivals.length])).toEqual([
      [0, 2],
      [2, 2],
    ]);
  });

  it('leaves the oldest out when nobody has asked for long', () => {
    const recorder = new ArrivalRecorder(streams);
    for (let number = 0; number < 20_000; number++) recorder.onPacket(number & 0xffff, number);
    const all = takeAll(recorder);
    expect(all[0]!.baseSequenceNumber).toBe(20_000 - 8_192);
    expect(all.reduce((sum, { arrivals }) => sum + arrivals.length, 0)).toBe(8_192);
  });
});

describe('what a sender makes of it', () => {
  it('is nothing for packets it has not sent', () => {
    const history = new SentHistory();
    history.onSent(0, 210);
    const feedback = { ...streams, referenceTime: 0, feedbackCount: 0 };
    expect(history.resolve({ ...feedback, baseSequenceNumber: 60_000, arrivals: [1, null] })).toEqual([]);
    expect(history.resolve({ ...feedback, baseSequenceNumber: 0, arrivals: [1, 1, 1] })).toHaveLength(1);
    expect(history.unknown).toBe(4);
  });

  it('is a packet once as lost, and once more if it has come after all', () => {
    const history = new SentHistory(0xffff);
    expect(history.onSent(10, 210)).toBe(0xffff);
    expect(history.onSent(30, 130)).toBe(0);
    const feedback = { ...streams, referenceTime: 1, feedbackCount: 0, baseSequenceNumber: 0xffff };
    expect(history.resolve({ ...feedback, arrivals: [null, 8] })).toEqual([
      { sentMs: 10, arrivedMs: null, bytes: 210 },
      { sentMs: 30, arrivedMs: 66, bytes: 130 },
    ]);
    expect(history.resolve({ ...feedback, arrivals: [null, 8] })).toEqual([]);
    expect(history.resolve({ ...feedback, arrivals: [40, 8] })).toEqual([{ sentMs: 10, arrivedMs: 74, bytes: 210 }]);
  });

  it('counts the reference time on over its wrap, forwards and back', () => {
    const history = new SentHistory();
    for (let count = 0; count < 3; count++) history.onSent(0, 1);
    const arrivedMs = [0xff_ffff, 0, 0xff_ffff].map(
      (referenceTime, baseSequenceNumber) =>
        history.resolve({ ...streams, baseSequenceNumber, referenceTime, feedbackCount: 0, arrivals: [0] })[0]!
          .arrivedMs,
    );
    expect(arrivedMs).toEqual([0xff_ffff * 64, 0x100_0000 * 64, 0xff_ffff * 64]);
  });

  it('does not forget what is under way, and forgets what is old', () => {
    const history = new SentHistory();
    for (let number = 0; number < 3_000; number++) history.onSent(number, 210);
    const feedback = { ...streams, referenceTime: 0, feedbackCount: 0, baseSequenceNumber: 0 };
    expect(history.resolve({ ...feedback, arrivals: [1] })).toEqual([{ sentMs: 0, arrivedMs: 0.25, bytes: 210 }]);
    for (let number = 0; number < 100_000; number++) history.onSent(3_000 + number * 20, 210);
    expect(history.resolve({ ...feedback, baseSequenceNumber: (103_000 - 10_000) & 0xffff, arrivals: [1] })).toEqual(
      [],
    );
  });
});

describe('a transport, there and back as bytes', () => {
  it('tells of each packet whether and when it arrived, to a quarter of a millisecond', () => {
    const step = fc.record({
      gapMs: fc.double({ min: 1, max: 60, noNaN: true }),
      delayMs: fc.option(fc.double({ min: 0, max: 300, noNaN: true }), { freq: 4 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffff }),
        fc.double({ min: 0, max: 5e6, noNaN: true }),
        fc.array(step, { minLength: 1, maxLength: 700 }),
        fc.integer({ min: 1, max: 200 }),
        (first, startMs, steps, feedbackEvery) => {
          const history = new SentHistory(first);
          const recorder = new ArrivalRecorder(streams);
          let nowMs = startMs;
          const sent = steps.map(({ gapMs, delayMs }) => {
            nowMs += gapMs;
            const sequenceNumber = history.onSent(nowMs, 210);
            return { sequenceNumber, sentMs: nowMs, arrivedMs: delayMs === null ? null : nowMs + delayMs };
          });
          const arrivals = sent.filter(({ arrivedMs }) => arrivedMs !== null);
          arrivals.sort((a, b) => a.arrivedMs! - b.arrivedMs!);
          const told = new Map<number, PacketFeedback>();
          const tell = () => {
            for (const feedback of takeAll(recorder)) {
              for (const packet of history.resolve(carried(feedback))) told.set(packet.sentMs, packet);
            }
          };
          arrivals.forEach(({ sequenceNumber, arrivedMs }, index) => {
            recorder.onPacket(sequenceNumber, arrivedMs!);
            if ((index + 1) % feedbackEvery === 0) tell();
          });
          tell();
          const from = sent.findIndex(({ arrivedMs }) => arrivedMs !== null);
          const until = sent.findLastIndex(({ arrivedMs }) => arrivedMs !== null);
          for (const { sentMs, arrivedMs } of sent.slice(Math.max(0, from), until + 1)) {
            const toldMs = told.get(sentMs)!.arrivedMs;
            if (arrivedMs === null || toldMs === null) {
              expect(toldMs).toBe(arrivedMs);
              continue;
            }
            expect(arrivedMs - toldMs).toBeGreaterThanOrEqual(0);
            expect(arrivedMs - toldMs).toBeLessThan(0.25);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
