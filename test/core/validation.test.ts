import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientMessageProblem } from '../../core/backend/client-messages.js';
import { channelIdProblem, identifierProblem, nameProblem, userIdProblem } from '../../core/validation.js';

describe('validation (A9)', () => {
  it('takes channel ids 1 to 1 000 000 and user ids 1 to 100 000 000, and nothing else', () => {
    for (const good of [1, 1_000_000]) expect(channelIdProblem(good)).toBeNull();
    for (const bad of [0, 1_000_001, -1, 1.5, Number.NaN, '7', null, undefined])
      expect(channelIdProblem(bad)).not.toBeNull();
    for (const good of ['1', '100000000']) expect(userIdProblem(good)).toBeNull();
    for (const bad of ['0', '01', '100000001', '-1', '1.5', ' 1', '', 7, null])
      expect(userIdProblem(bad)).not.toBeNull();
  });

  it('takes names of 1 to 50 characters without markup or control characters', () => {
    for (const good of ['Ann', 'Ünal Öz', '名前', '👩‍🚀'.slice(0, 2), 'x'.repeat(50)])
      expect(nameProblem(good)).toBeNull();
    for (const bad of ['', 'x'.repeat(51), '<b>', 'a&lt;', 'a\u0000', 'a\u202Eb', 'a\nb', 5])
      expect(nameProblem(bad)).not.toBeNull();
  });

  it('lets no markup through in any form that a client may turn a name into', () => {
    const hostile = [
      '＜b＞',
      '﹤b﹥',
      '‹b›',
      '〈b〉',
      '&lt;b',
      '＆lt;b',
      'a\u2066b',
      'a\u200bb',
      'a\u2028b',
      '\u3164',
      '\u2800',
      '\ud800',
      ' ',
    ];
    for (const bad of [...hostile, `a${'\u0301'.repeat(9)}`])
      expect(nameProblem(bad), JSON.stringify(bad)).not.toBeNull();
    const parts = fc.constantFrom(...hostile, '<', '>', '&', 'a', 'é', 'e\u0301', '名', '\u0000', '\ufdfa');
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 12 }), (all) => {
        const name = all.join('');
        if (nameProblem(name) !== null) return;
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'])
          expect(name.normalize(form)).not.toMatch(/[<>&\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  it('takes identifiers that the store can keep: no separator of its records', () => {
    expect(identifierProblem('s-1.a_b:c', 'session id')).toBeNull();
    for (const bad of ['a|b', 'a#b', 'a b', '', 'x'.repeat(101)])
      expect(identifierProblem(bad, 'session id')).not.toBeNull();
  });

  it('refuses any message that is not of the protocol, without throwing', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        expect(typeof clientMessageProblem(message)).toBe('string');
      }),
    );
    expect(clientMessageProblem({ type: 'join', requestId: 'r.1', channelId: 7 })).toBeNull();
    expect(clientMessageProblem({ type: 'join', requestId: 'r.1', channelId: 7, version: 9, epoch: 8 })).toBeNull();
    expect(clientMessageProblem({ type: 'join', requestId: 'r.1', channelId: 7, version: 9e15, epoch: 8 })).toMatch(
      'version',
    );
    expect(clientMessageProblem({ type: 'join', requestId: 'r.1', channelId: 7, version: 9, epoch: -1 })).toMatch(
      'epoch',
    );
    expect(clientMessageProblem({ type: 'hello', userId: '7', sessionId: 's', connects: 1 })).toBeNull();
    const named = (name: unknown) =>
      clientMessageProblem({ type: 'hello', userId: '7', sessionId: 's', connects: 1, name });
    expect(named('Zoë of the Lake')).toBeNull();
    for (const bad of ['<b>', '', 7, 'a\u202eb', 'x'.repeat(51)]) expect(named(bad), String(bad)).toMatch(/^name must/);
    expect(clientMessageProblem({ type: 'ping', channelId: null, version: 0 })).toBeNull();
    expect(clientMessageProblem({ type: 'ready', channelId: 7, epoch: 1.5 })).not.toBeNull();
    expect(clientMessageProblem({ type: 'failed', channelId: 7, epoch: 1, reason: 'x'.repeat(201) })).not.toBeNull();
    expect(clientMessageProblem({ type: 'signal', channelId: 7, to: 'x' })).not.toBeNull();
  });
});
