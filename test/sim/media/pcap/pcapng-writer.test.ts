import { describe, expect, it } from 'vitest';
import { decodeRtp } from '../../../../core/media/wire/index.js';
import { type CapturedPacket, HostEndpoints, PcapngWriter, voiceBytes } from '../../../../sim/media/pcap/index.js';
import { MemorySink } from './capture.js';

const endpoints = new HostEndpoints();
const fields = { payloadType: 111, sequenceNumber: 1, timestamp: 960, ssrc: 7, marker: false };
const packet: CapturedPacket = {
  interfaceId: 0,
  atUs: 0x1_0000_0002,
  protocol: 'rtp',
  bytes: Uint8Array.of(0x80, 0xef, 0, 1, 0),
  from: endpoints.of('alice'),
  to: endpoints.of('bob'),
  comment: 'lost',
};

/** Blocks by type; both of its lengths agree. */
function blocksOf(bytes: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    expect(length % 4).toBe(0);
    expect(bytes.readUInt32LE(at + length - 4)).toBe(length);
    types.push(bytes.readUInt32LE(at));
    at += length;
  }
  return types;
}

describe('a packet capture', () => {
  it('has the bytes of the format, byte for byte', () => {
    const sink = new MemorySink();
    const writer = new PcapngWriter(sink);
    writer.addInterface('up', 'a');
    writer.packet(packet);
    writer.finish();
    const expected = [
      // section header: length, byte order, version 1.0, no section length, user application, end
      '0a0d0d0a 2c000000 4d3c2b1a 0100 0000 ffffffffffffffff 0400 0700 6465616461697200 00000000 2c000000',
      // interface: link type 252, no limit, name, description, resolution 10^-6, end
      '01000000 30000000 fc00 0000 00000000 0200 0200 75700000 0300 0100 61000000 0900 0100 06000000 00000000 30000000',
      // packet: interface 0, time 2^32 + 2, 57 bytes of 57
      '06000000 68000000 00000000 01000000 02000000 39000000 39000000',
      // dissector rtp, from 10.0.0.1 to 10.0.0.2, UDP, ports 50 000
      '000c0004 72747000 00140004 0a000001 00150004 0a000002 00180004 00000003 00190004 0000c350 001a0004 0000c350',
      '00000000 80ef000100 000000',
      '0100 0400 6c6f7374 00000000 68000000',
    ];
    expect(sink.bytes.toString('hex')).toBe(expected.join('').replaceAll(' ', ''));
    expect(blocksOf(sink.bytes)).toEqual([0x0a0d_0d0a, 1, 6]);
  });

  it('is handed on in large pieces, in order, and the same each time', () => {
    const captures = [0, 1].map(() => {
      const sink = new MemorySink();
      const writer = new PcapngWriter(sink);
      const up = writer.addInterface('alice up', 'LTE');
      for (let number = 0; number < 2_000; number++) {
        const bytes = voiceBytes({ ...fields, sequenceNumber: number }, number % 200);
        const comment = number % 3 === 0 ? { comment: `queue full ${'x'.repeat(number % 7)}` } : {};
        const { from, to } = packet;
        writer.packet({ interfaceId: up, atUs: number * 20_000, protocol: 'rtp', bytes, from, to, ...comment });
      }
      writer.finish();
      writer.finish();
      return sink;
    });
    expect(captures[0]!.bytes.equals(captures[1]!.bytes)).toBe(true);
    expect(captures[0]!.writes).toBeLessThan(6);
    expect(blocksOf(captures[0]!.bytes)).toHaveLength(2_002);
  });

  it('is an error at the caller when the disk is full, and stays one', () => {
    let room = 3;
    const sink = {
      write: () => {
        if (--room < 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      },
    };
    const writer = new PcapngWriter(sink);
    writer.addInterface('up', '');
    const fill = () => {
      for (let number = 0; number < 100_000; number++) writer.packet(packet);
    };
    const problem = 'the packet capture cannot be written (ENOSPC); make room or choose another path';
    expect(fill).toThrow(
      expect.objectContaining({ name: 'DeadairError', code: 'output.unwritable', message: problem }),
    );
    expect(fill).toThrow('the packet capture cannot be written (an earlier write has failed)');
    expect(() => writer.finish()).toThrow('an earlier write has failed');
  });

  it('takes nothing after its end, nothing for an interface that is not there, no endless texts and datagrams', () => {
    const writer = new PcapngWriter(new MemorySink());
    const wrong = (part: Partial<CapturedPacket>) => () => writer.packet({ ...packet, ...part });
    expect(wrong({})).toThrow('interface 0 of the packet capture does not exist; add it first');
    writer.addInterface('up', '');
    expect(wrong({ interfaceId: 1 })).toThrow('interface 1');
    expect(wrong({ comment: 'x'.repeat(16_384) })).toThrow('a name or comment of 16384 bytes');
    expect(wrong({ bytes: new Uint8Array(65_536) })).toThrow('a packet of 65536 bytes');
    expect(wrong({ comment: 'x'.repeat(16_383), bytes: new Uint8Array(65_535) })).not.toThrow();
    writer.finish();
    expect(wrong({})).toThrow('the packet capture cannot be written (it is finished)');
  });
});

describe('the bytes of a simulated packet of voice', () => {
  it('have the length of the frame and begin like one of Opus', () => {
    for (const payloadBytes of [0, 1, 40, 80, 160, 1_276]) {
      const { payload, fields: read } = decodeRtp(voiceBytes(fields, payloadBytes));
      expect(read).toEqual(fields);
      expect(payload).toHaveLength(payloadBytes);
      if (payloadBytes > 0) expect(payload[0]).toBe(0x78);
    }
  });
});

describe('endpoints of hosts', () => {
  it('are addresses in the order of asking, the same for the same host', () => {
    const hosts = new HostEndpoints();
    expect(hosts.of('b')).toEqual({ address: 0x0a000001, port: 50_000 });
    expect(hosts.of('a').address).toBe(0x0a000002);
    expect(hosts.of('b').address).toBe(0x0a000001);
  });
});
