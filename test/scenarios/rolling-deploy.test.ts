import { expect, test } from 'vitest';
import { VoiceBackend } from '../../core/backend/voice-backend.js';
import type { ChannelDraft } from '../../core/channel/channel-draft.js';
import type { ChannelRecord } from '../../core/channel/channel-record.js';
import { keys } from '../../core/keys.js';
import type { Lease } from '../../core/store/channel-lock.js';
import { ChannelStore } from '../../core/store/channel-store.js';
import { rollingDeploy } from '../../scenarios/rolling-deploy.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import type { World } from '../../sim/world/world.js';

/** Writes a field that nobody else knows into channels and behind memberships. */
class NewerStore extends ChannelStore {
  override async commit(lease: Lease, draft: ChannelDraft, roomRetireMs: number): Promise<boolean> {
    const id = draft.record.channelId;
    const { members } = draft.record;
    for (const [userId, member] of members) if (!member.extra) members.set(userId, { ...member, extra: 'lamp' });
    const commands = draft.commands(roomRetireMs);
    const mine = draft.exists ? [['HSET', keys.state(id), 'colour', 'green'] satisfies [string, ...string[]]] : [];
    return this.write(lease, draft.baseVersion, [...commands, ...mine, ['DEL', keys.lock(id)]]);
  }
}

/** Announces in words that an older version cannot read. */
class NewerBackend extends VoiceBackend {
  protected override announcement(record: ChannelRecord): string {
    return `${record.channelId} ${record.version} ${record.born} 2\n{"whatever":"comes"}`;
  }
}

test('old and new backends share one Redis, and nothing is lost', async () => {
  let world: World | null = null;
  const seen: { fields: number; extras: number }[] = [];
  const result = await simulate(resolveScenario(rollingDeploy), {
    seed: 1,
    upgraded: { ChannelStore: NewerStore, VoiceBackend: NewerBackend },
    onWorld: (one) => {
      world = one;
      // two of three are new by then; the third is old and writes, too
      one.sim.at(
        175e6,
        () => {
          const store = one.redis.inspect();
          const channels = store.keys().filter((key) => key.startsWith('channel_state:'));
          const sessions = channels.flatMap((key) => [...store.hgetall(key.replace('state', 'sessions')).values()]);
          seen.push({
            fields: channels.filter((key) => store.hgetall(key).get('colour') === 'green').length / channels.length,
            extras: sessions.filter((text) => text.endsWith('|lamp')).length / sessions.length,
          });
        },
        null,
      );
    },
  });
  expect(result.violations.map(({ oracle, message }) => `${oracle}: ${message}`)).toEqual([]);
  expect(world).not.toBeNull();
  expect(seen[0]!.fields).toBeGreaterThan(0.8);
  expect(seen[0]!.extras).toBeGreaterThan(0.1);
});
