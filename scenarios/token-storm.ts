import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

const USERS = 12;
const ROOMS = [2, 3, 4, 5];
/** Three times four tabs at once, then a browser that keeps crashing: far more than ten tokens a minute. */
const storm = Array.from({ length: USERS }, (_, index) => index + 1).flatMap((user) => [
  { atS: 1 + user / 10, user, do: 'join' as const, channel: 1 },
  ...[3, 9, 15].flatMap((atS) =>
    ROOMS.map((channel) => ({ atS: atS + user / 10, user, do: 'open-tab' as const, channel })),
  ),
  ...[30, 36, 42, 90].map((atS) => ({ atS: atS + user / 10, user, do: 'reload' as const, forS: 1 })),
]);

/**
 * A8: everybody asks for tokens, all the time; one of three backends crashes, so that users go on elsewhere; the tokens of three are revoked while they
 * talk. Nobody gets more than ten in any minute, nobody stays out for ever, and revoked means revoked.
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
    { kind: 'operator', atS: 6, do: 'revoke-tokens', user: 3 },
    { kind: 'backend-crash', atS: 35, target: 'backend-1', forS: 20 },
    { kind: 'operator', atS: 130, do: 'revoke-tokens', user: 1 },
    { kind: 'operator', atS: 140, do: 'revoke-tokens', user: 2 },
    { kind: 'operator', atS: 141, do: 'health' },
  ],
  expectations: nothingBroken,
});
