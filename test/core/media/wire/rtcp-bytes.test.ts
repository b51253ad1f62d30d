import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportBlock, SenderReport } from '../../../../core/media/rtcp.js';
import { decodeRtcp, encodeRtcp, RTCP_BYTES_MAX, type RtcpRecord } from '../../../../core/media/wire/index.js';
import { type EncodableRecord, records } from './arbitraries.js';

const hex = (datagrams: readonly Uint8Array[]) => datagrams.map((each) => Buffer.from(each).toString('hex'));
const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

const block: ReportBlock = {
  ssrc: 0x0a0b0c0d,
  fractionLost: 64,
  cumulativeLost: 1_000,
  highestSequence: 0x0001_fffe,
  jitter: 480,
  lastSenderReport: 0xb705_2000,
  delaySinceLastSenderReport: 0x0005_4000,
};
const report: SenderReport = {
  ssrc: 0x11223344,
  ntpSeconds: 0xb44d_b705,
  ntpFraction: 0x2000_0000,
  rtpTimestamp: 0x8000_0001,
  packetCount: 0xffff_ffff,
  octetCount: 160,
};
const blockHex = '0a0b0c0d 40 0003e8 0001fffe 000001e0 b7052000 00054000';

/** Written down by hand from the figures of RFC 3550 and of the drafts. */
const examples: readonly (readonly [string, EncodableRecord, string])[] = [
  [
    'a sender report with a block (RFC 3550, 6.4.1)',
    { kind: 'sender-report', report, blocks: [block] },
    `81 c8 000c 11223344 b44db705 20000000 80000001 ffffffff 000000a0 ${blockHex}`,
  ],
  [
    'a receiver report with a block (6.4.2)',
    { kind: 'receiver-report', ssrc: 0xfedcba98, blocks: [block] },
    `81 c9 0007 fedcba98 ${blockHex}`,
  ],
  ['an empty receiver report', { kind: 'receiver-report', ssrc: 1, blocks: [] }, '80 c9 0001 00000001'],
  [
    'a loss made negative by duplicates',
    { kind: 'receiver-report', ssrc: 1, blocks: [{ ...block, fractionLost: 0, cumulativeLost: -2 }] },
    '81 c9 0007 00000001 0a0b0c0d 00 fffffe 0001fffe 000001e0 b7052000 00054000',
  ],
  [
    'a description whose item leaves room for the null at its end (6.5)',
    { kind: 'description', ssrc: 1, cname: 'alice' },
    '81 ca 0003 00000001 01 05 616c696365 00',
  ],
  [
    'a description whose item fills its words: a word of nulls ends it',
    { kind: 'description', ssrc: 1, cname: 'ab' },
    '81 ca 0003 00000001 01 02 6162 00000000',
  ],
  [
    'REMB of 64 kbit/s (draft-alvestrand-rmcat-remb-03, 2.2): mantissa 64 000, exponent 0',
    { kind: 'remb', estimate: { senderSsrc: 1, bitsPerSecond: 64_000, ssrcs: [7, 8] } },
    '8f ce 0006 00000001 00000000 52454d42 02 00fa00 00000007 00000008',
  ],
  [
    'REMB of 2^20 bit/s: mantissa 2^17, exponent 3',
    { kind: 'remb', estimate: { senderSsrc: 1, bitsPerSecond: 1 << 20, ssrcs: [7] } },
    '8f ce 0005 00000001 00000000 52454d42 01 0e0000 00000007',
  ],
  [
    'transport-wide feedback: small, lost, small in a vector of 14 (draft-holmer, 3.1.4)',
    {
      kind: 'transport-feedback',
      feedback: {
        senderSsrc: 1,
        mediaSsrc: 2,
        baseSequenceNumber: 0xffff,
        referenceTime: 0x0102_03,
        feedbackCount: 9,
        arrivals: [4, null, 44],
      },
    },
    // 1 0 10100000000000: vector of one-bit symbols
    '8f cd 0005 00000001 00000002 ffff 0003 010203 09 a800 04 28',
  ],
  [
    'transport-wide feedback: a run of 16 that arrived (3.1.3), padded',
    {
      kind: 'transport-feedback',
      feedback: {
        senderSsrc: 1,
        mediaSsrc: 2,
        baseSequenceNumber: 5,
        referenceTime: 0,
        feedbackCount: 0,
        arrivals: Array.from({ length: 16 }, (_, index) => index),
      },
    },
    // 0 01 0000000010000: run of 16 small deltas; padding bit, two bytes of padding
    'af cd 0009 00000001 00000002 0005 0010 000000 00 2010 00 010101010101010101010101010101 0002',
  ],
  [
    'transport-wide feedback: a negative and a long delta in a vector of 7 (3.1.5)',
    {
      kind: 'transport-feedback',
      feedback: {
        senderSsrc: 1,
        mediaSsrc: 2,
        baseSequenceNumber: 0,
        referenceTime: 0,
        feedbackCount: 255,
        arrivals: [255, 254, null, 1_000],
      },
    },
    // 1 1 01 10 00 10 000000: small, large, lost, large; deltas ff, -1, +746
    'af cd 0006 00000001 00000002 0000 0004 000000 ff d880 ff ffff 02ea 01',
  ],
  ['BYE of two sources (RFC 3550, 6.6)', { kind: 'goodbye', ssrcs: [0xffffffff, 7] }, '82 cb 0002 ffffffff 00000007'],
];

describe('RTCP as bytes', () => {
  it.each(examples)('writes %s', (_, record, expected) => {
    expect(hex(encodeRtcp([record]))).toEqual([expected.replaceAll(' ', '')]);
  });

  it.each(examples)('reads %s', (_, record, expected) => {
    expect(decodeRtcp(bytes(expected))).toEqual([record]);
  });

  it('reads a compound packet part by part', () => {
    const all = examples.map(([, , each]) => each).join('');
    expect(decodeRtcp(bytes(all))).toEqual(examples.map(([, record]) => record));
  });

  it('reads a status vector with two-bit symbols that another implementation has filled with small deltas', () => {
    const [record] = decodeRtcp(bytes('8f cd 0007 00000001 00000002 0000 0007 000001 00 d555 01020304050607 000000'));
    expect(record).toMatchObject({ kind: 'transport-feedback', feedback: { arrivals: [1, 3, 6, 10, 15, 21, 28] } });
  });

  it('passes over packets that nobody here uses', () => {
    expect(
      decodeRtcp(bytes('81 cc 0002 00000001 61626364  81 cd 0003 00000001 00000002 00010000  80 c9 0001 00000001')),
    ).toEqual([
      { kind: 'uninterpreted', packetType: 204, format: 1 },
      { kind: 'uninterpreted', packetType: 205, format: 1 },
      { kind: 'receiver-report', ssrc: 1, blocks: [] },
    ]);
  });

  it('puts blocks beyond the 31st into further reports', () => {
    const blocks = Array.from({ length: 70 }, (_, ssrc) => ({ ...block, ssrc }));
    const read = encodeRtcp([{ kind: 'sender-report', report, blocks }]).flatMap(decodeRtcp);
    expect(read.map(({ kind }) => kind)).toEqual(['sender-report', 'receiver-report', 'receiver-report']);
    expect(read.flatMap((record) => ('blocks' in record ? record.blocks : []))).toEqual(blocks);
  });

  it('gives back what it was given, in datagrams that are not too long', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 6 }), (given) => {
        const datagrams = encodeRtcp(given);
        for (const datagram of datagrams) {
          expect(datagram.length).toBeLessThanOrEqual(RTCP_BYTES_MAX);
          expect(datagram.length % 4).toBe(0);
        }
        expect(datagrams.flatMap(decodeRtcp)).toEqual(given);
      }),
      { numRuns: 200 },
    );
  });

  it('rounds the bit rate of REMB down to 18 bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (bitsPerSecond) => {
        const [datagram] = encodeRtcp([{ kind: 'remb', estimate: { senderSsrc: 1, bitsPerSecond, ssrcs: [] } }]);
        const [record] = decodeRtcp(datagram!) as [Extract<RtcpRecord, { kind: 'remb' }>];
        const read = record.estimate.bitsPerSecond;
        expect(read).toBeLessThanOrEqual(bitsPerSecond);
        expect(read).toBeGreaterThanOrEqual(bitsPerSecond * (1 - 1 / (1 << 17)) - 1);
      }),
      { numRuns: 200 },
    );
  });
});
