import fc from 'fast-check';
import type { RtcpRecord, UninterpretedPacket } from '../../../../core/media/wire/index.js';

export type EncodableRecord = Exclude<RtcpRecord, UninterpretedPacket>;

const bits = (count: number) => fc.integer({ min: 0, max: 2 * (1 << (count - 1)) - 1 });
const word = fc.integer({ min: 0, max: 0xffff_ffff });

const block = fc.record({
  ssrc: word,
  fractionLost: bits(8),
  cumulativeLost: fc.integer({ min: -0x80_0000, max: 0x7f_ffff }),
  highestSequence: word,
  jitter: word,
  lastSenderReport: word,
  delaySinceLastSenderReport: word,
});
const report = fc.record({
  ssrc: word,
  ntpSeconds: word,
  ntpFraction: word,
  rtpTimestamp: word,
  packetCount: word,
  octetCount: word,
});
const blocks = fc.array(block, { maxLength: 31 });

/** Arrivals as an `ArrivalRecorder` tells them: the first within the reference interval, steps that fit. */
const arrivals = fc
  .array(fc.option(fc.oneof(bits(8), fc.integer({ min: -0x8000, max: 0x7fff }))), { maxLength: 500 })
  .chain((steps) =>
    bits(8).map((first) => {
      let tick: number | null = null;
      return steps.map((step) => {
        if (step === null) return null;
        tick = tick === null ? first : tick + step;
        return tick;
      });
    }),
  );

/** Packets of RTCP that fit into one packet each. */
export const records: fc.Arbitrary<EncodableRecord> = fc.oneof(
  fc.record({ kind: fc.constant('sender-report' as const), report, blocks }),
  fc.record({ kind: fc.constant('receiver-report' as const), ssrc: word, blocks }),
  fc.record({
    kind: fc.constant('description' as const),
    ssrc: word,
    cname: fc.string({ unit: 'binary', minLength: 0, maxLength: 60 }).filter((text) => !text.includes('\ufffd')),
  }),
  fc.record({
    kind: fc.constant('remb' as const),
    estimate: fc.record({ senderSsrc: word, bitsPerSecond: bits(18), ssrcs: fc.array(word, { maxLength: 255 }) }),
  }),
  fc.record({ kind: fc.constant('goodbye' as const), ssrcs: fc.array(word, { maxLength: 31 }) }),
  fc.record({
    kind: fc.constant('transport-feedback' as const),
    feedback: fc.record({
      senderSsrc: word,
      mediaSsrc: word,
      baseSequenceNumber: bits(16),
      referenceTime: bits(24),
      feedbackCount: bits(8),
      arrivals,
    }),
  }),
);
