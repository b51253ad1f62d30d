import { describe, expect, it } from 'vitest';
import { clientMessage, namesOf, parseText, sfuClientMessage } from '../../../core/sfu/protocol.js';
import { good } from './good-messages.js';
import { dtls } from './served.js';

describe('the protocol of the media server', () => {
  it('has nine operations (D2) and seven signals of clients (B2)', () => {
    expect(good.map((message) => clientMessage(message))).toEqual(good);
    expect(good).toHaveLength(sfuClientMessage.options.length);
    expect(new Set(good.map(({ type }) => type)).size).toBe(16);
  });

  it('takes a message with any field missing, of another type, or one too many for none', () => {
    for (const message of good) {
      for (const field of Object.keys(message)) {
        if (field === 'name') continue;
        const { [field]: _, ...rest } = message as Record<string, unknown>;
        expect(() => clientMessage(rest), field).toThrow();
        expect(() => clientMessage({ ...message, [field]: { not: 'this' } }), field).toThrow();
      }
      expect(() => clientMessage({ ...message, more: 1 })).toThrow('more');
    }
  });

  it.each([
    ['produce', { encodings: [] }],
    ['produce', { encodings: Array(4).fill({ layer: 'h', ssrc: 1 }) }],
    ['produce', { encodings: [{ layer: 'h', ssrc: 0 }] }],
    ['produce', { encodings: [{ layer: 'h', ssrc: 1.5 }] }],
    ['produce', { encodings: [{ layer: 'x', ssrc: 1 }] }],
    ['join', { name: '<b>' }],
    ['join', { userId: '0' }],
    ['join', { sessionId: 'a|b' }],
    ['join', { token: 'x'.repeat(4_001) }],
    ['connect-transport', { dtls: { ...dtls, fingerprints: [] } }],
    ['connect-transport', { dtls: { ...dtls, fingerprints: [{ algorithm: 'md5', value: '00:11' }] } }],
    ['connect-transport', { dtls: { ...dtls, fingerprints: [{ algorithm: 'sha-256', value: 'zz' }] } }],
    ['bandwidth-update', { availableKbps: -1 }],
    ['bandwidth-update', { availableKbps: Number.NaN }],
    ['bandwidth-update', { lossShare: 1.01 }],
    ['publish-offer', { sdp: 'x'.repeat(20_001) }],
    ['publish-candidate', { candidate: 'x'.repeat(1_001) }],
    ['quality-update', { layer: 'best' }],
  ])('refuses %s with %j', (type, wrong) => {
    const message = good.find((each) => each.type === type);
    expect(() => clientMessage({ ...message, ...wrong })).toThrow();
  });

  it('says what is wrong, and where', () => {
    expect(() => clientMessage({ ...good[0], room: 'a b' })).toThrow(
      'room: room id must be 1 to 100 letters, digits or -',
    );
    expect(() => parseText('{')).toThrow('a message is JSON');
    expect(() => parseText(' '.repeat(65_537))).toThrow('at most 65536 characters');
  });

  it('reads type and id of what it refuses, where they are such', () => {
    expect(namesOf({ type: 'join', requestId: 'r1' })).toEqual({ type: 'join', requestId: 'r1' });
    for (const value of [null, 5, 'join', [], { type: 'no', requestId: 'a b' }, { type: ['join'], requestId: 7 }]) {
      expect(namesOf(value)).toEqual({ type: null, requestId: null });
    }
  });
});
