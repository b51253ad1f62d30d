import { expect, test } from 'vitest';
import { roomsPerUser } from '../../scenarios/rooms-per-user.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import type { World } from '../../sim/world/world.js';

/** Channels of a user, as members and as counted. */
function roomsOf(world: World, userId: string): [members: string[], counted: string[]] {
  const inspection = world.redis.inspect();
  const members = inspection.keys('channel_participants:').filter((key) => inspection.smembers(key).has(userId));
  return [members.map((key) => key.split(':')[1]!).sort(), [...inspection.smembers(`user_rooms:${userId}`)].sort()];
}

test('users who open eight rooms are in five, are told why they are not in the others, and what is counted is what there is', async () => {
  const refused = new Set<string>();
  const most = new Map<string, number>();
  let atEnd: [string[], string[]][] = [];
  const users = ['1', '2', '3', '4', '5', '6'];
  const result = await simulate(resolveScenario(roomsPerUser), {
    seed: 2,
    onWorld: (world) => {
      world.events.listen({ joinRefused: ({ userId }, _channel, _request, code) => refused.add(`${userId} ${code}`) });
      const look = (): void => {
        for (const user of users) {
          const [members, counted] = roomsOf(world, user);
          expect(counted).toEqual(members);
          most.set(user, Math.max(most.get(user) ?? 0, members.length));
        }
        atEnd = users.map((user) => roomsOf(world, user));
        world.sim.after(500_000, look, undefined);
      };
      world.sim.after(500_000, look, undefined);
    },
  });
  expect(result.violations).toEqual([]);
  expect([...most.values()]).toEqual([5, 5, 5, 5, 5, 5]);
  expect(users.filter((user) => refused.has(`${user} too-many-rooms`))).toEqual(users);
  // all tabs were closed, and each is back in one room
  expect(atEnd.map(([members]) => members)).toEqual(users.map(() => ['1']));
});
