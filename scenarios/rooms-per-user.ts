import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

const ROOMS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Eight tabs of each user, most of them in the same instant, over three backends; later some are closed, and who waits gets in. */
const tabs = [1, 2, 3, 4, 5, 6].flatMap((user) => [
  { atS: 1 + user / 10, user, do: 'join' as const, channel: ROOMS[user % 8]! },
  ...ROOMS.filter((room) => room !== ROOMS[user % 8]).map((channel, index) => ({
    atS: index < 4 ? 3 : 6 + user / 10,
    user,
    do: 'open-tab' as const,
    channel,
  })),
  { atS: 30 + user, user, do: 'close-tab' as const },
  { atS: 40 + user, user, do: 'join' as const, channel: 1 },
]);

/** B9: nobody is in more than five rooms, through whatever tabs and backends it asks, and whoever leaves one may enter another. */
export const roomsPerUser = defineScenario({
  name: 'rooms-per-user',
  description: 'Users who open eight rooms at once over three backends: five each, and no more (B9).',
  durationS: 80,
  drainS: 60,
  policy: { profile: 'calls', roomsPerUser: 5 },
  topology: { backends: 3, sfuNodes: 2 },
  population: { clients: 6, script: tabs.sort((a, b) => a.atS - b.atS) },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  faults: [{ kind: 'backend-crash', atS: 20, target: 'backend-1', forS: 10 }],
  expectations: nothingBroken,
});
