import { describe, expect, test } from 'vitest';
import { Views } from '../../core/backend/views.js';
import { Admission } from '../../core/channel/admission.js';
import type { ChannelRecord } from '../../core/channel/channel-record.js';
import type { ChannelView } from '../../core/protocol.js';
import { collaboratorsOf } from '../../scenarios/hazards/index.js';
import { sfuLossOverload } from '../../scenarios/hazards/sfu-loss-overload.js';
import { sfuGone } from '../../scenarios/sfu-gone.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import type { Replacements, World } from '../../sim/world/world.js';

const scenario = resolveScenario(sfuGone);
const users = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

/** Who is in, in which mode, and is told what, in the middle of the time without an SFU and at the end. */
async function run(collaborators: Replacements = {}) {
  const told = new Map<string, boolean>();
  const refused = new Map<string, string>();
  const look = (world: World) => {
    const members = new Map<string, string[]>();
    const deaf: string[] = [];
    for (const { userId, tab } of world.population.clients) {
      const { mode, channelId, state } = tab!.controller;
      if (state !== 'in') continue;
      const key = `${channelId} ${mode}`;
      members.set(key, [...(members.get(key) ?? []), userId]);
    }
    for (const { listener } of world.hearing.pairsWithoutOnePath())
      if (told.get(listener.userId) !== true) deaf.push(listener.userId);
    return { members, deaf, told: [...told].filter(([, active]) => active).map(([userId]) => userId) };
  };
  let during: ReturnType<typeof look> | null = null;
  let after: ReturnType<typeof look> | null = null;
  const { violations } = await simulate(scenario, {
    seed: 1,
    collaborators,
    onWorld: (world) => {
      world.events.listen({
        degraded: ({ userId }, reason, active) => reason === 'sfu' && told.set(userId, active),
        joinRefused: ({ userId }, _channel, _request, code) => refused.set(userId, code),
      });
      world.sim.at(95e6, () => {
        during = look(world);
      });
      world.sim.at(175e6, () => {
        after = look(world);
      });
    },
  });
  return { during: during!, after: after!, refused, violations: violations.map(({ oracle }) => oracle) };
}

describe('no SFU for a minute', () => {
  test('ten in a mesh and no eleventh, all are told, nobody is deaf without knowing it, and all are together again', async () => {
    const { during, after, refused, violations } = await run();
    expect(violations).toEqual([]);
    expect([...during.members].map(([key, members]) => [key, members.length]).sort()).toEqual([
      ['1 sfu', 14],
      ['2 p2p', 10],
    ]);
    expect(during.told.sort()).toEqual(users(1, 24).sort());
    expect(during.deaf).toEqual([]);
    expect([refused.get('25'), refused.get('26')]).toEqual(['channel-full', 'channel-full']);
    expect(after.told).toEqual([]);
    expect([...after.members].map(([key, members]) => [key, members.length]).sort()).toEqual([
      ['1 sfu', 15],
      ['2 sfu', 11],
    ]);
  });

  test('it shows when nobody is told', async () => {
    const { during } = await run({
      Views: class extends Views {
        override of(record: ChannelRecord, userId: string): ChannelView {
          return { ...super.of(record, userId), degraded: null };
        }
      },
    });
    expect(during.told).toEqual([]);
    expect(during.deaf.length).toBeGreaterThan(100);
  });

  test('it shows when more are let into the mesh, or taken there', async () => {
    const crowded = await run({
      Admission: class extends Admission {
        protected override closed(): boolean {
          return false;
        }
      },
    });
    expect(crowded.during.members.get('2 p2p')).toHaveLength(11);
    expect(crowded.violations).toContain('mesh-limit');
    expect((await run(collaboratorsOf(sfuLossOverload))).violations).toContain('mesh-limit');
  });
});
