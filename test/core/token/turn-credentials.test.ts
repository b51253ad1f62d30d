import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TurnCredentialDesk, turnCredentialsHold, turnPassword } from '../../../core/token/turn-credentials.js';

const NOW_MS = 1_700_000_000_000;

describe('TURN credentials', () => {
  test('are what coturn computes: base64(HMAC-SHA1(secret, "expiry:user"))', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (secret, username) => {
        expect(turnPassword(secret, username)).toBe(createHmac('sha1', secret).update(username).digest('base64'));
      }),
    );
  });

  test('hold until their expiry, for one user and one secret', () => {
    const desk = new TurnCredentialDesk('north', ['turn:turn-1:3478'], 3_600_000);
    const { username, password, expiresMs } = desk.issue('17', NOW_MS);
    expect(username).toBe(`${NOW_MS / 1000 + 3600}:17`);
    expect(expiresMs).toBe(NOW_MS + 3_600_000);
    expect(turnCredentialsHold('north', username, password, NOW_MS)).toBe(true);
    expect(turnCredentialsHold('north', username, password, expiresMs)).toBe(true);
    expect(turnCredentialsHold('north', username, password, expiresMs + 1)).toBe(false);
    expect(turnCredentialsHold('south', username, password, NOW_MS)).toBe(false);
    expect(turnCredentialsHold('north', username.replace(':17', ':18'), password, NOW_MS)).toBe(false);
    expect(turnCredentialsHold('north', `9${username}`, password, NOW_MS)).toBe(false);
    expect(turnCredentialsHold('north', '17', turnPassword('north', '17'), NOW_MS)).toBe(false);
  });
});
