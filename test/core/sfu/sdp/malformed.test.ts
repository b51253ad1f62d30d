import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  makeAnswer,
  makeOffer,
  parseAnswer,
  parseOffer,
  SDP_CHARACTERS_MAX,
  SdpError,
  type SdpErrorCode,
} from '../../../../core/sfu/sdp/index.js';
import { credentials } from './credentials.js';

const offer = makeOffer({ sessionId: '1', transport: credentials });
const parsed = parseOffer(offer);
const answer = makeAnswer(parsed, { sessionId: '2', transport: credentials });

/** Whatever the text is: a description, or the one error. */
function parses(sdp: string): boolean {
  try {
    parseOffer(sdp);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(SdpError);
    return false;
  }
}

describe('a description that cannot be used', () => {
  it.each<[string, (sdp: string) => string, SdpErrorCode]>([
    ['nothing', () => '', 'malformed'],
    ['no text of SDP', () => 'hello', 'malformed'],
    ['no origin', (sdp) => sdp.replace(/o=.*\r\n/, ''), 'malformed'],
    ['an origin that is none', (sdp) => sdp.replace(/o=.*/, 'o=- x y'), 'malformed'],
    ['no media section', (sdp) => sdp.slice(0, sdp.indexOf('m=')), 'unsupported'],
    ['video only', (sdp) => sdp.replace('m=audio', 'm=video'), 'unsupported'],
    ['a second media section', (sdp) => sdp + sdp.slice(sdp.indexOf('m=')), 'unsupported'],
    ['a media section that cannot be read', (sdp) => sdp.replace('m=audio 9', 'm=audio'), 'malformed'],
    ['port 0', (sdp) => sdp.replace('m=audio 9', 'm=audio 0'), 'rejected'],
    ['nothing sent', (sdp) => sdp.replace('sendonly', 'recvonly'), 'direction'],
    ['silence', (sdp) => sdp.replace('sendonly', 'inactive'), 'direction'],
    ['no Opus', (sdp) => sdp.replace('opus/48000/2', 'PCMU/8000'), 'unsupported'],
    ['Opus at another rate', (sdp) => sdp.replace('opus/48000/2', 'opus/16000/2'), 'unsupported'],
    ['Opus in mono', (sdp) => sdp.replace('opus/48000/2', 'opus/48000'), 'unsupported'],
    ['Opus outside the m-line', (sdp) => sdp.replace('SAVPF 111', 'SAVPF 112'), 'unsupported'],
    ['a static payload type', (sdp) => sdp.replaceAll('111', '8'), 'unsupported'],
    ['parameters of a codec that is not there', (sdp) => sdp.replace('a=fmtp:111', 'a=fmtp:99'), 'malformed'],
    ['a bit rate that is no number', (sdp) => sdp.replace('bitrate=64000', 'bitrate=many'), 'malformed'],
    ['an encoding with a bit rate below 1', (sdp) => sdp.replace('max-br=16000', 'max-br=0'), 'malformed'],
    ['a name of an encoding that is none', (sdp) => sdp.replace('send h;m;l', 'send h;m-1;l'), 'malformed'],
    ['the same encoding twice', (sdp) => sdp.replace('send h;m;l', 'send h;h;l'), 'malformed'],
    ['two lists of encodings', (sdp) => `${sdp}a=simulcast:send h\r\n`, 'malformed'],
    ['an encoding without its line', (sdp) => sdp.replace('send h;m;l', 'send h;m;z'), 'simulcast'],
    ['two lines for an encoding', (sdp) => `${sdp}a=rid:h send\r\n`, 'simulcast'],
    ['an encoding of the other direction', (sdp) => sdp.replace('a=rid:h send', 'a=rid:h recv'), 'simulcast'],
    ['nine encodings', (sdp) => sdp.replace('send h;m;l', 'send 1;2;3;4;5;6;7;8;9'), 'simulcast'],
    ['an extension id of 0', (sdp) => sdp.replace('a=extmap:1 ', 'a=extmap:0 '), 'malformed'],
    ['an extension id that is no number', (sdp) => sdp.replace('a=extmap:1 ', 'a=extmap:x '), 'malformed'],
    ['an extension id for two', (sdp) => sdp.replace('a=extmap:2 ', 'a=extmap:1 '), 'malformed'],
    ['no mid', (sdp) => sdp.replace('a=mid:0\r\n', ''), 'malformed'],
    ['no ICE password', (sdp) => sdp.replace(/a=ice-pwd.*\r\n/, ''), 'malformed'],
    ['no fingerprint', (sdp) => sdp.replace(/a=fingerprint.*\r\n/, ''), 'malformed'],
    ['half a fingerprint', (sdp) => sdp.replace(/a=fingerprint.*/, 'a=fingerprint:sha-256'), 'malformed'],
    ['no DTLS role', (sdp) => sdp.replace(/a=setup.*\r\n/, ''), 'malformed'],
    ['a candidate that is none', (sdp) => `${sdp}a=candidate:\r\n`, 'malformed'],
    ['too many characters', (sdp) => sdp + 'x'.repeat(SDP_CHARACTERS_MAX), 'too-long'],
    ['too many lines', (sdp) => sdp + 'a=x\n'.repeat(300), 'too-long'],
  ])('is one with %s', (_, change, code) => {
    const changed = change(offer);
    expect(changed).not.toBe(offer);
    expect(() => parseOffer(changed)).toThrow(expect.objectContaining({ name: 'SdpError', code }));
  });

  it('is refused with the one error: random text, and random lines behind a sound beginning', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => void parses(text)));
    const line = fc
      .tuple(
        fc.constantFrom(
          'm=audio ',
          'm=',
          'c=',
          'o=',
          'a=rtpmap:',
          'a=fmtp:',
          'a=rid:',
          'a=simulcast:',
          'a=extmap:',
          'a=',
        ),
        fc.oneof(
          fc.string({ maxLength: 30 }),
          fc.constantFrom('__proto__', '111 opus/48000/2', 'h send', 'constructor:1'),
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        parses(`v=0\r\n${lines.join('\r\n')}`);
        parses(offer + lines.join('\n'));
      }),
      { numRuns: 300 },
    );
  });

  it('is refused with the one error, or read: a sound one with lines lost, doubled, cut or changed', () => {
    const lines = offer.split('\r\n');
    let refused = 0;
    fc.assert(
      fc.property(
        fc.nat(lines.length - 1),
        fc.constantFrom('drop', 'double', 'cut', 'swap', 'change'),
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 3, unit: 'binary' }),
        (index, way, at, text) => {
          const changed = [...lines];
          const line = changed[index] as string;
          const place = at % (line.length + 1);
          if (way === 'drop') changed.splice(index, 1);
          if (way === 'double') changed.splice(index, 0, line);
          if (way === 'cut') changed[index] = line.slice(0, place);
          if (way === 'swap') changed.push(...changed.splice(index, 1));
          if (way === 'change') changed[index] = line.slice(0, place) + text + line.slice(place + text.length);
          if (!parses(changed.join('\r\n'))) refused++;
        },
      ),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(50);
  });

  it('is refused with the one error, or read: an answer with anything changed', () => {
    fc.assert(
      fc.property(fc.nat(answer.length), fc.string({ maxLength: 4, unit: 'binary' }), (at, text) => {
        const changed = answer.slice(0, at) + text + answer.slice(at + text.length);
        try {
          const { encodings } = parseAnswer(changed, parsed);
          for (const { rid } of encodings) expect(['h', 'm', 'l']).toContain(rid);
        } catch (error) {
          expect(error).toBeInstanceOf(SdpError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
