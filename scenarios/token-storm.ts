import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

const USERS = 12;
const ROUNDS = 8;
/** In each of five rooms, every few seconds, by a browser that keeps crashing: far more than ten a minute. */
const storm = Array.from({ length: USERS }, (_, index) => index + 1).flatMap((user) => [
  { atS: 1 + user / 10, user, do: 'join' as const, channel: 1 },
  ...[2, 3, 4, 5].map((channel) => ({ atS: 1.2 + user / 10, user, do: 'open-tab' as const, channel })),
  ...Array.from({ length: ROUNDS }, (_, round) => ({
    atS: 10 + 4 * round + user / 10,
    user,
    do: 'reload' as const,
    forS: 1,
  })),
]);

/**
 * A8: everybody asks for tokens, all the time, over two backends of three; one of them crashes, so that users go on elsewhere; the tokens of three are revoked
 * while they talk. Nobody gets more than ten in any minute, nobody stays out for ever, and revoked means revoked.
 */
export const tokenStorm = defineScenario({
  name: 'token-storm',
  description: 'Users who ask for far more SFU tokens than they may have; a backend crashes, tokens are revoked (A8).',
  durationS: 180,
  drainS: 120,
  policy: { profile: 'always-sfu' },
  topology: { backends: 3, sfuNodes: 2 },
  tokens: {},
  population: { clients: USERS, script: storm.sort((a, b) => a.atS - b.atS) },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  hosts: { clockSkewMs: 100, clockDriftPpm: 20 },
  faults: [
    { kind: 'backend-crash', atS: 30, target: 'backend-1', forS: 20 },
    { kind: 'operator', atS: 6, do: 'revoke-tokens', user: 3 },
    { kind: 'operator', atS: 130, do: 'revoke-tokens', user: 1 },
    { kind: 'operator', atS: 140, do: 'revoke-tokens', user: 2 },
    { kind: 'operator', atS: 141, do: 'health' },
  ],
  expectations: nothingBroken,
});
