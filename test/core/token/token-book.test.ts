import { expect, test } from 'vitest';
import { TokenBook } from '../../../core/token/token-book.js';
import { defaultTokenPolicy, type TokenRequest } from '../../../core/token/token-claims.js';
import type { TokenDesk } from '../../../core/token/token-desk.js';

test('a token carries the name that the person has said, or a plain one', async () => {
  const asked: string[] = [];
  const desk = {
    issue: async ({ name }: TokenRequest) => {
      asked.push(name);
      return { token: 't', expiresMs: 1e6 };
    },
  } as unknown as TokenDesk;
  const book = new TokenBook({
    desk,
    policy: defaultTokenPolicy,
    clock: { nowMs: () => 0 },
    timers: { after: () => ({ cancel: () => undefined }) },
    log: { write: () => undefined },
    retryMs: 1_000,
    nameOf: ({ userId }) => (userId === '7' ? 'Zoë' : ''),
    wanted: () => true,
    deliver: () => undefined,
  });
  const room = { node: 'sfu-1', room: 'channel_1', epoch: 1 };
  book.issue('7', room, 'a');
  book.issue('8', room, 'b');
  expect(asked).toEqual(['Zoë', 'user 8']);
});
