import { describe, expect, it } from 'vitest';
import { makeAnswer, makeOffer, parseAnswer, parseOffer, type VoiceEncoding } from '../../../core/sfu/sdp/index.js';
import { SdpNegotiation } from '../../../core/sfu/sdp-negotiation.js';
import { credentials } from './sdp/credentials.js';
import { Served } from './served.js';

/** A room of two that negotiate with real SDP. */
function talking() {
  const agreed: string[] = [];
  const negotiation = new SdpNegotiation({
    credentials: () => credentials,
    agreed: (room, sessionId, consumer) => agreed.push(`${room} ${sessionId} ${consumer?.id ?? 'publishing'}`),
    addCandidate: (_room, _sessionId, _consumer, candidate) => {
      if (!candidate.startsWith('candidate:')) throw new Error('no candidate');
    },
  });
  const served = new Served({}, negotiation);
  const [a, b] = [served.enter(1), served.enter(2)];
  const publish = (encodings?: readonly VoiceEncoding[]) => {
    const sdp = makeOffer({
      sessionId: '1',
      transport: credentials,
      ...(encodings === undefined ? {} : { encodings }),
    });
    return served.say(a, { type: 'publish-offer', room: 'call', sdp }) as {
      type: string;
      publisherId: string;
      sdp: string;
    };
  };
  const router = () => served.server.router('call')!;
  return { served, a, b, publish, agreed, router };
}

describe('negotiation of a media server by SDP (B2, B6)', () => {
  it('leads from an offer of three encodings to a voice that is heard', () => {
    const { served, b, publish, agreed, router } = talking();
    const { publisherId, sdp } = publish();
    const offer = parseOffer(makeOffer({ sessionId: '1', transport: credentials }));
    expect(parseAnswer(sdp, offer).encodings.map(({ rid }) => rid)).toEqual(['h', 'm', 'l']);
    const consume = served.say(b, { type: 'subscribe', room: 'call', publisherId }) as {
      consumerId: string;
      sdp: string;
    };
    const offered = parseOffer(consume.sdp);
    expect(offered.encodings).toEqual([]);
    const answer = makeAnswer(offered, { sessionId: '2', transport: credentials });
    const { consumerId } = consume;
    expect(served.say(b, { type: 'consume-answer', room: 'call', consumerId, sdp: answer })).toMatchObject({
      type: 'track-added',
    });
    expect(agreed).toEqual(['call s-1 publishing', `call s-2 ${consumerId}`]);
    served.rtp('s-1', 4_711, 1);
    expect(served.forwarded).toEqual([]);
    expect(router().bind('s-1', 'm', 4_711)).toBe(true);
    served.rtp('s-1', 4_711, 2);
    expect(served.forwarded).toEqual([['call', 's-2']]);
  });

  it('answers with the layers there are, and takes one voice without simulcast for the high one', () => {
    const { publish, router } = talking();
    publish([
      { rid: 'h', maxBitrate: 64_000 },
      { rid: 'q', maxBitrate: null },
    ]);
    const layers = () => [...router().publishers.values()].map((each) => each.layers.map(({ name }) => name).join(''));
    expect(layers()).toEqual(['h']);
    publish();
    expect(layers()).toEqual(['hml']);
    publish([]);
    expect(layers()).toEqual(['h']);
  });

  it('keeps the track when it is negotiated again', () => {
    const { publish, router } = talking();
    const { publisherId } = publish();
    router().bind('s-1', 'h', 1);
    expect(publish().publisherId).toBe(publisherId);
    expect(router().publishers.size).toBe(1);
  });

  it('binds an SSRC to a layer once, and again when the layer comes with another one', () => {
    const { publish, router } = talking();
    publish();
    expect(router().bind('s-1', 'h', 1)).toBe(true);
    expect(router().bind('s-1', 'h', 1)).toBe(false);
    expect(router().bind('s-1', 'h', 2)).toBe(true);
    expect([...router().members.get('s-1')!.encodings.keys()]).toEqual([2]);
    expect(router().bind('s-2', 'h', 3)).toBe(false);
    expect(router().bind('nobody', 'h', 3)).toBe(false);
  });

  it('refuses SDP and candidates that cannot be used, and says why', () => {
    const { served, a, b, publish } = talking();
    const { publisherId } = publish();
    const { consumerId } = served.ask(b, 'consume', { transportId: served.transport(b, 'receive'), publisherId });
    for (const message of [
      { type: 'publish-offer', room: 'call', sdp: 'v=0' },
      {
        type: 'publish-offer',
        room: 'call',
        sdp: makeOffer({ sessionId: '1', transport: credentials, encodings: [{ rid: 'q', maxBitrate: null }] }),
      },
      { type: 'publish-candidate', room: 'call', candidate: 'nonsense' },
    ]) {
      expect(served.say(a, message)).toMatchObject({ type: 'refused', code: 'invalid' });
    }
    expect(served.say(b, { type: 'consume-answer', room: 'call', consumerId, sdp: 'v=0' })).toMatchObject({
      code: 'invalid',
      reason: 'this answers no offer: subscribe first',
    });
  });
});
