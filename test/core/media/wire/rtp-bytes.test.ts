import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXTENSION_BYTES, HEADER_BYTES, type RtpFields } from '../../../../core/media/rtp.js';
import type { RtpExtensions } from '../../../../core/media/rtp-extensions.js';
import { decodeRtp, encodeRtp, MalformedPacketError } from '../../../../core/media/wire/index.js';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const hex = (datagram: Uint8Array) => Buffer.from(datagram).toString('hex');

const fields: RtpFields = {
  payloadType: 111,
  sequenceNumber: 0xfffe,
  timestamp: 0xffff_fc40,
  ssrc: 0xdeadbeef,
  marker: true,
};
const payload = Uint8Array.of(0xf8, 1, 2);

/** Written down by hand from RFC 3550, 5.1, and RFC 8285, 4.2. */
const examples: readonly (readonly [string, RtpExtensions, string])[] = [
  ['no extensions', {}, '80 ef fffe fffffc40 deadbeef f80102'],
  [
    'an audio level of -20 dBov with voice (RFC 6464)',
    { audioLevel: { voice: true, level: 20 } },
    '90 ef fffe fffffc40 deadbeef bede0001 10 94 0000 f80102',
  ],
  [
    'an audio level without voice',
    { audioLevel: { voice: false, level: 127 } },
    '90 ef fffe fffffc40 deadbeef bede0001 10 7f 0000 f80102',
  ],
  [
    'audio level and transport-wide sequence number',
    { audioLevel: { voice: true, level: 20 }, transportSequenceNumber: 0xabcd },
    '90 ef fffe fffffc40 deadbeef bede0002 10 94 31 abcd 000000 f80102',
  ],
  [
    'all four',
    { audioLevel: { voice: true, level: 0 }, absSendTime: 0x123456, transportSequenceNumber: 1, rid: 'h' },
    '90 ef fffe fffffc40 deadbeef bede0003 10 80 22 123456 31 0001 a0 68 00 f80102',
  ],
];

function decodes(datagram: Uint8Array): boolean {
  try {
    decodeRtp(datagram);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedPacketError);
    return false;
  }
}

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const arbitraryFields = fc.record({
  payloadType: fc.integer({ min: 0, max: 127 }),
  sequenceNumber: fc.integer({ min: 0, max: 0xffff }),
  timestamp: word,
  ssrc: word,
  marker: fc.boolean(),
});
const arbitraryExtensions: fc.Arbitrary<RtpExtensions> = fc.record(
  {
    audioLevel: fc.record({ voice: fc.boolean(), level: fc.integer({ min: 0, max: 127 }) }),
    absSendTime: fc.integer({ min: 0, max: 0xff_ffff }),
    transportSequenceNumber: fc.integer({ min: 0, max: 0xffff }),
    rid: fc.constantFrom('h', 'm', 'l', 'abcdefghijklmnop'),
  },
  { requiredKeys: [] },
);

describe('RTP as bytes', () => {
  it.each(examples)('writes %s', (_, extensions, expected) => {
    expect(hex(encodeRtp(fields, payload, extensions))).toBe(expected.replaceAll(' ', ''));
  });

  it.each(examples)('reads %s', (_, extensions, expected) => {
    const record = decodeRtp(bytes(expected));
    expect({ ...record, payload: hex(record.payload) }).toEqual({ fields, extensions, payload: 'f80102' });
  });

  it('gives back what it was given', () => {
    fc.assert(
      fc.property(
        arbitraryFields,
        arbitraryExtensions,
        fc.uint8Array({ maxLength: 200 }),
        (each, extensions, voice) => {
          const record = decodeRtp(encodeRtp(each, voice, extensions));
          expect({ ...record, payload: hex(record.payload) }).toEqual({
            fields: each,
            extensions,
            payload: hex(voice),
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has the sizes that links count with: 38 of the 50 bytes are IP, UDP and SRTP, two extensions take 12', () => {
    const lower = HEADER_BYTES - 12;
    const two = { audioLevel: { voice: true, level: 20 }, transportSequenceNumber: 1 };
    expect(encodeRtp(fields, new Uint8Array(160)).length + lower).toBe(210);
    expect(encodeRtp(fields, new Uint8Array(160), two).length + lower).toBe(210 + EXTENSION_BYTES);
    expect(encodeRtp(fields, new Uint8Array(160), { ...two, absSendTime: 1 }).length + lower).toBe(226);
  });

  it('passes over contributing sources, padding, and extensions of unknown ids or wrong length', () => {
    const sources = '92 6f 0001 00000002 00000003 0000000a 0000000b';
    // id 5 with two bytes, an audio level of two bytes, then a right one
    const extensions = 'bede0003 51 0102 11 0304 10 05 00 000000';
    const record = decodeRtp(bytes(`${sources} ${extensions} f8f9`));
    expect(record.extensions).toEqual({ audioLevel: { voice: false, level: 5 } });
    expect(hex(record.payload)).toBe('f8f9');
    // its two bytes would be those of the payload
    expect(decodeRtp(bytes('90 6f 0001 00000002 00000003 bede0001 00 00 00 31 abcd')).extensions).toEqual({});
    expect(hex(decodeRtp(bytes('a0 6f 0001 00000002 00000003 f8f9 000003')).payload)).toBe('f8f9');
  });

  it('finds the payload where extensions end early (id 15) or are of another profile', () => {
    const fixed = '90 6f 0001 00000002 00000003';
    expect(hex(decodeRtp(bytes(`${fixed} bede0002 f0 000000 10050000 f8f9`)).payload)).toBe('f8f9');
    expect(hex(decodeRtp(bytes(`${fixed} abcd0001 01020304 f8f9`)).payload)).toBe('f8f9');
  });
});

describe('malformed RTP', () => {
  it.each([
    ['nothing', '', 'its header is cut off'],
    ['version 1', '406f 0001 00000002 00000003 f8', 'it has version 1, not 2'],
    [
      'sources that are not there',
      '8f6f 0001 00000002 00000003 f8',
      'its contributing sources or extensions go beyond the datagram',
    ],
    [
      'extensions without a header',
      '906f 0001 00000002 00000003 be',
      'its contributing sources or extensions go beyond the datagram',
    ],
    [
      '262 140 bytes of extensions that are not there',
      '906f 0001 00000002 00000003 bedeffff 01',
      'its contributing sources or extensions go beyond the datagram',
    ],
    ['padding longer than the payload', 'a06f 0001 00000002 00000003 f8f904', 'it cannot have 4 bytes of padding'],
    ['padding of no bytes', 'a06f 0001 00000002 00000003 f8f900', 'it cannot have 0 bytes of padding'],
    ['more than a frame', `806f${'00'.repeat(1_499)}`, '1501 bytes are more than a frame has'],
  ])('refuses %s', (_, text, problem) => {
    expect(() => decodeRtp(bytes(text))).toThrow(`malformed RTP packet at byte 0: ${problem}`);
    expect(decodes(bytes(text))).toBe(false);
  });

  it('is refused with the one error: random bytes behind a sound version, with few sources', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 120 }), (datagram) => {
        datagram[0] = (datagram[0]! & 0x33) | 0x80;
        if (decodes(datagram)) read++;
      }),
      { numRuns: 1_000 },
    );
    expect(read).toBeGreaterThan(10);
  });

  it('is refused with the one error: sound packets that were cut or have a bit flipped', () => {
    fc.assert(
      fc.property(arbitraryFields, arbitraryExtensions, fc.nat(), fc.nat(7), (each, extensions, at, bit) => {
        const datagram = encodeRtp(each, payload, extensions);
        decodes(datagram.subarray(0, at % datagram.length));
        datagram[at % datagram.length]! ^= 1 << bit;
        decodes(datagram);
      }),
      { numRuns: 500 },
    );
  });
});
