import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRtcp, encodeRtcp, MalformedPacketError } from '../../../../core/media/wire/index.js';
import { records } from './arbitraries.js';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** Whatever the bytes are: records, or the one error. */
function decodes(datagram: Uint8Array): boolean {
  try {
    decodeRtcp(datagram);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedPacketError);
    return false;
  }
}

describe('malformed RTCP', () => {
  const unlike = 'does not hold what its header says';
  it.each([
    ['nothing', '', 0, 'it is empty'],
    ['half a header', '80c9', 0, 'its header is cut off'],
    ['version 0', '00c90001 00000001', 0, 'it has version 0, not 2'],
    ['a packet longer than the datagram', '80c90002 00000001', 0, 'its length goes beyond the datagram'],
    ['a second packet without its block', '80c90001 00000001 81c90001 00000001', 8, `type 201 ${unlike}`],
    ['a sender report without sender information', '80c80001 00000001', 0, `type 200 ${unlike}`],
    ['padding of no bytes', 'a0c90001 00000000', 0, 'it cannot have 0 bytes of padding'],
    ['padding longer than the packet', 'a0c90001 00000005', 0, 'it cannot have 5 bytes of padding'],
    ['a name longer than its packet', '81ca0003 00000001 0109616c69636500', 0, `type 202 ${unlike}`],
    ['a name that is no UTF-8', '81ca0003 00000001 0105ff6c69636500', 0, `type 202 ${unlike}`],
    ['REMB that counts streams it has not', '8fce0004 00000001 00000000 52454d42 0300fa00', 0, `type 206 ${unlike}`],
    ['feedback on 65 535 packets', '8fcd0005 00000001 00000002 0000ffff 00000000 3fff0000', 0, `type 205 ${unlike}`],
    [
      'feedback with the reserved status',
      '8fcd0005 00000001 00000002 00000001 00000000 f0000000',
      0,
      `type 205 ${unlike}`,
    ],
    [
      'feedback on eight packets with seven times',
      'afcd0007 00000001 00000002 00000008 00000000 2008010101010101 01000003',
      0,
      'type 205 cannot be read',
    ],
    ['more than a frame', '80c90001 00000001'.repeat(200), 0, '1600 bytes are more than a frame has'],
  ])('refuses %s', (_, text, offset, problem) => {
    const message = `malformed RTCP packet at byte ${offset}: ${problem}`;
    expect(() => decodeRtcp(bytes(text))).toThrow(message);
    expect(decodes(bytes(text))).toBe(false);
  });

  it('is refused with the one error: random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (datagram) => void decodes(datagram)),
      { numRuns: 500 },
    );
  });

  it('is refused with the one error: random contents behind a sound header', () => {
    const packet = fc
      .tuple(
        fc.integer({ min: 200, max: 207 }),
        fc.integer({ min: 0, max: 31 }),
        fc.boolean(),
        fc.uint8Array({ maxLength: 120 }),
      )
      .map(([type, count, padded, content]) => {
        const body = content.subarray(0, content.length & ~3);
        return Buffer.concat([Uint8Array.of(0x80 | (padded ? 0x20 : 0) | count, type, 0, body.length / 4), body]);
      });
    let read = 0;
    fc.assert(
      fc.property(packet, (datagram) => {
        if (decodes(datagram)) read++;
      }),
      { numRuns: 1_000 },
    );
    expect(read).toBeGreaterThan(10);
  });

  it('is refused with the one error: sound packets that were cut or have a bit flipped', () => {
    let refused = 0;
    fc.assert(
      fc.property(records, fc.nat(), fc.nat(7), (record, at, bit) => {
        for (const datagram of encodeRtcp([record])) {
          if (!decodes(datagram.subarray(0, at % datagram.length))) refused++;
          const flipped = Uint8Array.from(datagram);
          flipped[at % flipped.length]! ^= 1 << bit;
          if (!decodes(flipped)) refused++;
        }
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it('reads a datagram that begins anywhere in its buffer', () => {
    const buffer = bytes('ffffff 80c90001 00000007 ff');
    expect(decodeRtcp(buffer.subarray(3, 11))).toEqual([{ kind: 'receiver-report', ssrc: 7, blocks: [] }]);
  });
});
