import type { ClientConnection } from '../../core/backend/connection.js';
import type { ChannelRecord } from '../../core/channel/channel-record.js';
import type { Hazard } from './hazard.js';

const acksKey = (channelId: number, epoch: number): string => `migration_acks:${channelId}:${epoch}`;
const decodeAcks = (reply: unknown): string[] => (reply === null ? [] : (JSON.parse(reply as string) as string[]));

/**
 * An acknowledgement is added to a list in JSON, without the channel's lock; the record takes it from there. Clients of the documented design
 * acknowledge once, so the repetition with every heartbeat goes, too.
 */
export const ackLostUpdate: Hazard = {
  id: 'ack-lost-update',
  family: 'migration',
  documented: 'acknowledgements are read-modify-write on one JSON value',
  shows: 'the migration of people who have all arrived never completes, and is rolled back',
  enabledBy: 'scheduling',
  shortest: 4,
  change: {
    VoiceBackend: (Base) =>
      class extends Base {
        protected override ready(client: ClientConnection, channelId: number, epoch: number): void {
          if (client.channelId === channelId)
            this.append(acksKey(channelId, epoch), client.sessionId)
              .then(() => this.desk.attend(channelId))
              .catch(() => undefined);
        }

        private async append(key: string, sessionId: string): Promise<void> {
          const { redis } = this.options.ports;
          const acks = decodeAcks(await redis.call('GET', key));
          await redis.call('SET', key, JSON.stringify([...acks, sessionId]), 'EX', 3_600);
        }
      },
    ChannelStore: (Base) =>
      class extends Base {
        override async read(channelId: number): Promise<{ record: ChannelRecord; nowMs: number }> {
          const channel = await super.read(channelId);
          const { migration } = channel.record;
          if (migration)
            for (const sessionId of decodeAcks(await this.redis.call('GET', acksKey(channelId, migration.epoch))))
              migration.acks.add(sessionId);
          return channel;
        }
      },
    ModeController: (Base) =>
      class extends Base {
        protected override sayReady(channelId: number, epoch: number): void {
          super.sayReady(channelId, epoch, false);
        }
      },
  },
};
