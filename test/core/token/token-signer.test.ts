import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TokenClaims } from '../../../core/token/token-claims.js';
import { TokenSigner } from '../../../core/token/token-signer.js';

const SECRET = 'a secret of more than thirty-two bytes';
const NOW_MS = 1_700_000_000_000;
const LEEWAY_MS = 60_000;
const signer = new TokenSigner('key-1', SECRET, LEEWAY_MS);

const claims: Omit<TokenClaims, 'iss'> = {
  sub: '17',
  iat: 1_700_000_000,
  nbf: 1_700_000_000,
  exp: 1_700_000_300,
  jti: 'b1-1',
  name: 'Ada',
  video: { room: 'channel_7', roomJoin: true, canPublish: true, canSubscribe: true },
  node: 'sfu-1',
  epoch: 3,
  stamp: NOW_MS,
};

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A token as RFC 7515 describes it, without the library. */
function byHand(header: unknown, payload: unknown, secret = SECRET): string {
  const body = `${part(header)}.${part(payload)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}
const HS256 = { alg: 'HS256', typ: 'JWT' };

describe('SFU tokens', () => {
  test('are JWTs that independent code verifies, with LiveKit’s grants', () => {
    const [header, payload, signature] = signer.write(claims).split('.') as [string, string, string];
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual(HS256);
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({ iss: 'key-1', ...claims });
    expect(signature).toBe(createHmac('sha256', SECRET).update(`${header}.${payload}`).digest('base64url'));
  });

  test('made by independent code are read', () => {
    const reading = signer.read(byHand(HS256, { iss: 'key-1', ...claims }), NOW_MS);
    expect(reading).toEqual({ claims: { iss: 'key-1', ...claims }, problem: null });
  });

  test('the same claims give the same bytes', () => {
    expect(signer.write(claims)).toBe(new TokenSigner('key-1', SECRET, 0).write(claims));
  });

  test.each([
    ['another secret', byHand(HS256, { iss: 'key-1', ...claims }, 'x'.repeat(40)), 'bad-signature'],
    ['another issuer', byHand(HS256, { iss: 'key-2', ...claims }), 'wrong-issuer'],
    ['no algorithm', `${part({ alg: 'none', typ: 'JWT' })}.${part({ iss: 'key-1', ...claims })}.`, 'malformed'],
    ['a room of another type', byHand(HS256, { iss: 'key-1', ...claims, video: { room: 7 } }), 'wrong-claims'],
    ['no claims', byHand(HS256, {}), 'wrong-claims'],
    ['a text that is none', 'abc', 'malformed'],
    ['an endless text', 'a'.repeat(100_000), 'malformed'],
  ])('%s is refused', (_, token, problem) => {
    expect(signer.read(token, NOW_MS)).toEqual({ claims: null, problem });
  });

  test('hold from their beginning to their end, with the leeway of a skewed clock', () => {
    const token = signer.write(claims);
    const at = (ms: number) => signer.read(token, ms).problem;
    expect(at(claims.exp * 1000 + LEEWAY_MS - 1)).toBeNull();
    expect(at(claims.exp * 1000 + LEEWAY_MS)).toBe('expired');
    expect(at(claims.nbf * 1000 - LEEWAY_MS)).toBeNull();
    expect(at(claims.nbf * 1000 - LEEWAY_MS - 1)).toBe('not-yet-valid');
  });

  test('changed in one character are never read, and nothing makes the reader throw', () => {
    const token = signer.write(claims);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'Aaz09-_.=/+ \u0000é'), (place, letter) => {
        fc.pre(token[place] !== letter);
        const changed = token.slice(0, place) + letter + token.slice(place + 1);
        // the last letter of a signature of 32 bytes carries four bits: some changes of it mean the same bytes
        const same = Buffer.from(changed.split('.')[2] ?? '', 'base64url').equals(
          Buffer.from(token.split('.')[2] as string, 'base64url'),
        );
        const reading = signer.read(changed, NOW_MS);
        if (reading.problem === null)
          expect(same && changed.startsWith(token.slice(0, token.lastIndexOf('.')))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(signer.read(text, NOW_MS).problem).not.toBeNull();
      }),
    );
  });

  test('a short secret is refused', () => {
    expect(() => new TokenSigner('key-1', 'short', 0)).toThrow(/at least 32 bytes/);
  });
});
