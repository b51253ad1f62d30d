import { beforeAll, describe, expect, it } from 'vitest';
import { reportBytes } from '../../../../sim/media/flow/rtcp-bytes.js';
import { loadRtcpWire, type RtcpWire } from '../../../../sim/media/packet/wire.js';
import { VoiceRoom } from '../voice-room.js';

const BLOCK = {
  ssrc: 7,
  fractionLost: 0,
  cumulativeLost: 0,
  highestSequence: 1,
  jitter: 0,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
};
const REPORT = { ssrc: 1, ntpSeconds: 1, ntpFraction: 1, rtpTimestamp: 1, packetCount: 1, octetCount: 1 };
/** IPv4, UDP, SRTCP. */
const OVERHEAD = 42;

describe('the size of reports', () => {
  let wire: RtcpWire;
  beforeAll(async () => {
    wire = await loadRtcpWire();
  });

  const encoded = (senders: number, blocks: number, cname: string): number => {
    const all = Array.from({ length: blocks }, () => BLOCK);
    const records = [];
    for (let i = 0; i < senders; i++)
      records.push({ kind: 'sender-report' as const, report: REPORT, blocks: i === 0 ? all : [] });
    if (senders === 0) records.push({ kind: 'receiver-report' as const, ssrc: 1, blocks: all });
    records.push({ kind: 'description' as const, ssrc: 1, cname });
    return wire.encodeRtcp(records).reduce((sum, { length }) => sum + length + OVERHEAD, 0);
  };

  it.each([
    [1, 1, 'u1'],
    [1, 0, 'u12'],
    [0, 1, 'u123'],
    [3, 9, 'sfu-1'],
    [9, 3, 'a-longer-name'],
    [0, 31, 'x'],
    [0, 32, 'x'],
    [2, 33, 'x'],
    [30, 30, 'x'],
  ])('is that of the encoder: %i senders, %i blocks, %s', (senders, blocks, cname) => {
    const { length: cnameLength } = cname;
    expect(reportBytes({ senders, blocks, cnameLength, comfort: null }, 1_000)).toBe(encoded(senders, blocks, cname));
  });

  it('is nothing when there is nothing to say', () => {
    expect(reportBytes({ senders: 0, blocks: 0, cnameLength: 5, comfort: 0 }, 1_000)).toBe(0);
  });
});

describe('what the links of silent people carry: reports and comfort noise', () => {
  it.each([
    ['mesh', 2, true],
    ['mesh', 6, true],
    ['mesh', 6, false],
    ['forward', 3, true],
    ['forward', 10, true],
    ['forward', 10, false],
  ] as const)('is the same in both fidelities: %s of %i, extensions %s', async (path, size, extensions) => {
    const rates: number[][] = [];
    for (const fidelity of ['packet', 'flow'] as const) {
      const media = { talk: { model: 'nobody' as const }, codec: { extensions } };
      const room = await VoiceRoom.create({ fidelity, media });
      for (let i = 0; i < size; i++) room.add('perfect');
      room[path]();
      await room.run(30);
      room.finish();
      rates.push([room.ears.uplink.avg, room.ears.downlink.avg]);
    }
    const [packet, flow] = rates as [number[], number[]];
    for (const direction of [0, 1]) {
      const ratio = flow[direction]! / packet[direction]!;
      expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
    }
  });
});
