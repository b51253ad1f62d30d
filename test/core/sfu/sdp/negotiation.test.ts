import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RTCPeerConnection } from 'werift';
import {
  makeAnswer,
  makeOffer,
  parseAnswer,
  parseOffer,
  type SdpErrorCode,
  SIMULCAST,
} from '../../../../core/sfu/sdp/index.js';
import { credentials } from './credentials.js';

const offerOptions = { sessionId: '42', transport: credentials };
const answerOptions = { sessionId: '43', transport: credentials };

/** What a browser sends in an offer of one microphone with three encodings, shortened: codecs and extensions of no interest among it. */
const browserOffer = `v=0
o=- 4962303333179871722 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE mic
a=msid-semantic: WMS stream
m=audio 54400 UDP/TLS/RTP/SAVPF 63 111 0 126
c=IN IP4 203.0.113.7
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1467250027 1 udp 2122260223 192.168.0.196 46243 typ host generation 0
a=ice-ufrag:F7gI
a=ice-pwd:x9cml/YzichV2+XlhiMu8g
a=ice-options:trickle
a=fingerprint:sha-256 ${credentials.fingerprint.value}
a=setup:actpass
a=mid:mic
a=extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:5/sendonly urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=msid:stream track
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:111 OPUS/48000/2
a=rtcp-fb:111 nack
a=rtcp-fb:* transport-cc
a=fmtp:111 minptime=10; UseInbandFec=1
a=rtpmap:0 PCMU/8000
a=rtpmap:126 telephone-event/8000
a=rid:x send
a=rid:hi send max-br=64000
a=rid:lo send pt=111;max-br=16000;foo=bar
a=simulcast:send hi,x;~lo
`;

describe('an offer', () => {
  it('has three encodings of Opus, each with its bit rate, and all that feedback needs', () => {
    const offer = makeOffer(offerOptions);
    const lines = offer.split('\r\n');
    for (const line of [
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=sendonly',
      'a=rtcp-mux',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=64000',
      'a=rtcp-fb:111 transport-cc',
      'a=rtcp-fb:111 goog-remb',
      'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
      'a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
      'a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
      'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
      'a=rid:h send pt=111;max-br=64000',
      'a=rid:m send pt=111;max-br=32000',
      'a=rid:l send pt=111;max-br=16000',
      'a=simulcast:send h;m;l',
    ]) {
      expect(lines.filter((each) => each === line)).toHaveLength(1);
    }
    expect(lines.at(-1)).toBe('');
    expect(makeOffer(offerOptions)).toBe(offer);
  });

  it('is read as it was meant', () => {
    expect(parseOffer(makeOffer(offerOptions))).toEqual({
      sessionId: '42',
      mid: '0',
      payloadType: 111,
      opus: { maxAverageBitrate: 64_000, useInbandFec: true, useDtx: true },
      encodings: [
        { rid: 'h', maxBitrate: 64_000 },
        { rid: 'm', maxBitrate: 32_000 },
        { rid: 'l', maxBitrate: 16_000 },
      ],
      extensions: { audioLevel: 1, absSendTime: 2, transportSequenceNumber: 3, rid: 10 },
      feedback: ['transport-cc', 'goog-remb'],
      transport: credentials,
    });
  });

  it('of a browser is read, with what is of no interest left out', () => {
    expect(parseOffer(browserOffer)).toEqual({
      sessionId: '4962303333179871722',
      mid: 'mic',
      payloadType: 111,
      opus: { maxAverageBitrate: null, useInbandFec: true, useDtx: false },
      encodings: [
        { rid: 'hi', maxBitrate: 64_000 },
        { rid: 'lo', maxBitrate: 16_000 },
      ],
      extensions: { audioLevel: 14, transportSequenceNumber: 3, rid: 4 },
      feedback: ['transport-cc'],
      transport: { ...credentials, iceUsernameFragment: 'F7gI', icePassword: 'x9cml/YzichV2+XlhiMu8g' },
    });
  });

  it('without simulcast has one encoding without a name', () => {
    const sdp = makeOffer({ ...offerOptions, encodings: [] });
    expect(sdp).not.toMatch(/a=(rid|simulcast):/);
    expect(parseOffer(sdp).encodings).toEqual([]);
    expect(parseAnswer(makeAnswer(parseOffer(sdp), answerOptions), parseOffer(sdp)).encodings).toEqual([]);
  });
});

describe('an answer', () => {
  it('accepts all encodings, or a subset in the order of the offer', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['h', 'm', 'l'], { minLength: 1 }), (accept) => {
        const offer = parseOffer(makeOffer(offerOptions));
        const agreed = parseAnswer(makeAnswer(offer, { ...answerOptions, accept }), offer);
        expect(agreed.encodings).toEqual(SIMULCAST.filter(({ rid }) => accept.includes(rid)));
      }),
      { numRuns: 20 },
    );
    const offer = parseOffer(browserOffer);
    const answer = makeAnswer(offer, answerOptions);
    expect(answer).toContain('a=simulcast:recv hi;lo\r\n');
    expect(parseAnswer(answer, offer)).toEqual({ ...offer, sessionId: '43', transport: credentials });
  });

  it('cannot accept what was not offered, one twice, or nothing', () => {
    const offer = parseOffer(makeOffer(offerOptions));
    for (const accept of [['h', 'x'], ['h', 'h'], []]) {
      expect(() => makeAnswer(offer, { ...answerOptions, accept })).toThrow(
        'accept one or more of the encodings offered, each once: h, m, l',
      );
    }
  });

  it('may lower a bit rate, and not raise it', () => {
    const offer = parseOffer(makeOffer(offerOptions));
    const answer = makeAnswer(offer, answerOptions)
      .replace('a=rid:h recv pt=111;max-br=64000', 'a=rid:h recv max-br=48000')
      .replace('a=rid:m recv pt=111;max-br=32000', 'a=rid:m recv max-br=510000')
      .replace('a=rid:l recv pt=111;max-br=16000', 'a=rid:l recv');
    expect(parseAnswer(answer, offer).encodings.map(({ maxBitrate }) => maxBitrate)).toEqual([48_000, 32_000, 16_000]);
  });

  it.each<[string, (sdp: string) => string, SdpErrorCode]>([
    ['an encoding that was not offered', (sdp) => sdp.replace('rid:m', 'rid:x').replace('h;m;l', 'h;x;l'), 'simulcast'],
    ['an encoding without its line', (sdp) => sdp.replace(/a=rid:l .*\r\n/, ''), 'simulcast'],
    ['another payload type', (sdp) => sdp.replaceAll('111', '112'), 'malformed'],
    ['another mid', (sdp) => sdp.replace('a=mid:0', 'a=mid:1'), 'malformed'],
    ['an extension with another id', (sdp) => sdp.replace('a=extmap:3 ', 'a=extmap:4 '), 'malformed'],
    ['a sender', (sdp) => sdp.replace('recvonly', 'sendonly'), 'direction'],
    ['nothing received', (sdp) => sdp.replace('recvonly', 'inactive'), 'direction'],
    ['a rejected section', (sdp) => sdp.replace('m=audio 9', 'm=audio 0'), 'rejected'],
  ])('is refused with %s', (_, change, code) => {
    const offer = parseOffer(makeOffer(offerOptions));
    const answer = makeAnswer(offer, answerOptions);
    expect(parseAnswer(answer, offer).encodings).toEqual(SIMULCAST);
    expect(() => parseAnswer(change(answer), offer)).toThrow(expect.objectContaining({ name: 'SdpError', code }));
  });
});

describe('a peer made of werift', () => {
  async function answerOf(offer: string): Promise<string> {
    const peer = new RTCPeerConnection({});
    try {
      await peer.setRemoteDescription({ type: 'offer', sdp: offer });
      return (await peer.createAnswer()).sdp;
    } finally {
      await peer.close();
    }
  }

  it('understands the offer, and its answer is understood', async () => {
    const encodings = SIMULCAST.map(({ rid }) => ({ rid, maxBitrate: null }));
    const sdp = makeOffer({ ...offerOptions, encodings });
    const agreed = parseAnswer(await answerOf(sdp), parseOffer(sdp));
    expect(agreed).toMatchObject({ mid: '0', payloadType: 111, encodings, feedback: ['transport-cc', 'goog-remb'] });
  });

  it('does not understand restrictions of encodings, and gets one', async () => {
    const sdp = makeOffer(offerOptions);
    expect(parseAnswer(await answerOf(sdp), parseOffer(sdp)).encodings).toEqual([]);
  });
});
