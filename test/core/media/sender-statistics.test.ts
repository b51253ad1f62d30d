import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceiverStatistics } from '../../../core/media/receiver-statistics.js';
import type { ReportBlock } from '../../../core/media/rtcp.js';
import { roundTripMs, SenderStatistics } from '../../../core/media/sender-statistics.js';

const block: ReportBlock = {
  ssrc: 1,
  fractionLost: 64,
  cumulativeLost: 12,
  highestSequence: 500,
  jitter: 240,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
};

describe('sender reports', () => {
  it('are none before the first packet', () => {
    expect(new SenderStatistics(1).report(0)).toBeNull();
  });

  it('count packets and bytes of payload, and give the RTP time of their own moment', () => {
    const statistics = new SenderStatistics(9);
    statistics.onPacket(0xffff_ff00, 160, 1_000);
    statistics.onPacket(0x0000_02c0, 80, 1_020);
    expect(statistics.report(1_025.5)).toEqual({
      ssrc: 9,
      ntpSeconds: 2_208_988_801,
      ntpFraction: Math.floor(0.0255 * 0x1_0000_0000),
      rtpTimestamp: 0x2c0 + 264,
      packetCount: 2,
      octetCount: 240,
    });
  });

  it('wrap their counts at 32 bits', () => {
    const statistics = new SenderStatistics(9);
    statistics.onPacket(0, 0xffff_ffff, 0);
    statistics.onPacket(960, 3, 20);
    expect(statistics.report(20)?.octetCount).toBe(2);
  });
});

describe('report blocks', () => {
  it('become a share, milliseconds, and no round trip before a sender report has come back', () => {
    const statistics = new SenderStatistics(1);
    expect(statistics.onReportBlock(block, 77)).toEqual({
      atMs: 77,
      lossShare: 0.25,
      cumulativeLost: 12,
      highestSequence: 500,
      jitterMs: 5,
      rttMs: null,
    });
    expect(statistics.remote?.lossShare).toBe(0.25);
  });

  it('give the round trip of the example of RFC 3550, figure 2: 6.125 s', () => {
    // the moment whose compact time is b710:8000: 46 864.5 s into a period of 65 536 s, counted from 1970
    const atMs = (46_864.5 + 33_707 * 65_536 - 2_208_988_800) * 1000;
    const example = { ...block, lastSenderReport: 0xb705_2000, delaySinceLastSenderReport: 0x0005_4000 };
    expect(roundTripMs(example, atMs)).toBe(6_125);
  });

  it('count a round trip that clocks make negative as 0', () => {
    expect(roundTripMs({ ...block, lastSenderReport: 1, delaySinceLastSenderReport: 100 }, -2_208_988_800_000)).toBe(0);
  });

  it('keep the last round trip when the receiver has lost its own', () => {
    const statistics = new SenderStatistics(1);
    const echoed = { ...block, lastSenderReport: 0xb705_2000, delaySinceLastSenderReport: 0x0005_4000 };
    const { rttMs } = statistics.onReportBlock(echoed, 0);
    expect(rttMs).not.toBeNull();
    expect(statistics.onReportBlock(block, 1_000).rttMs).toBe(rttMs);
  });

  it('give the sum of both ways, whatever the clocks of the two are', () => {
    const delayMs = fc.double({ min: 0, max: 2_000, noNaN: true });
    const clockMs = fc.double({ min: 0, max: 2e12, noNaN: true });
    fc.assert(
      fc.property(clockMs, clockMs, delayMs, delayMs, delayMs, (senderMs, receiverMs, thereMs, waitMs, backMs) => {
        const sender = new SenderStatistics(1);
        const receiver = new ReceiverStatistics(1);
        for (const sequenceNumber of [0, 1]) {
          const packet = { payloadType: 111, sequenceNumber, timestamp: 0, ssrc: 1, marker: false };
          sender.onPacket(0, 160, senderMs);
          receiver.onPacket(packet, 160, receiverMs + thereMs);
        }
        receiver.onSenderReport(sender.report(senderMs)!, receiverMs + thereMs);
        const echoed = receiver.report(receiverMs + thereMs + waitMs)!;
        // a wait is told to 1/65 536 s, and 0.001 ms is what doubles lose at 2e12
        const { rttMs } = sender.onReportBlock(echoed, senderMs + thereMs + waitMs + backMs);
        expect(Math.abs(rttMs! - thereMs - backMs)).toBeLessThan(0.05);
      }),
      { numRuns: 200 },
    );
  });
});
