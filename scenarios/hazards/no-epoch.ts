import type { ClientConnection } from '../../core/backend/connection.js';
import { announcedVersion, decodeAnnouncement } from '../../core/channel/announcement.js';
import type { ChannelRecord } from '../../core/channel/channel-record.js';
import type { RuleContext } from '../../core/channel/channel-rules.js';
import { keys } from '../../core/keys.js';
import type { ChannelView } from '../../core/protocol.js';
import type { Hazard } from './hazard.js';

/**
 * Everybody follows what arrives last: the backend (announcements of other backends, which may come after a newer change of its own), the client,
 * and the migration, which takes an acknowledgement for whatever goes on at the moment. What was shown already is not shown again.
 */
export const noEpoch: Hazard = {
  id: 'no-epoch',
  family: 'migration',
  documented: 'migrate, rollback and complete carry no epoch',
  shows: 'messages that overtake each other take a client back to a state that is over',
  enabledBy: 'network',
  shortest: 2,
  change: {
    VoiceBackend: (Base) =>
      class extends Base {
        protected override received(channel: string, message: string): void {
          const known = channel === keys.migrations ? this.channels.version(announcedVersion(message).channelId) : -1;
          if (known >= 0) this.channels.show(decodeAnnouncement(message));
          else super.received(channel, message);
        }
      },
    LocalChannels: (Base) =>
      class extends Base {
        override show(record: ChannelRecord): void {
          const channel = this.channels.get(record.channelId);
          if (channel) channel.record = record;
          super.show(record);
        }

        override deliver(connection: ClientConnection, record: ChannelRecord): void {
          if (record.version < connection.sentVersion) connection.sentVersion = connection.sinceVersion = 0;
          super.deliver(connection, record);
        }
      },
    ModeController: (Base) =>
      class extends Base {
        protected override apply(view: ChannelView): void {
          if (this.view && view.version < this.view.version) this.view = { ...this.view, version: 0 };
          super.apply(view);
        }
      },
    Migrations: (Base) =>
      class extends Base {
        override ready(context: RuleContext, userId: string, sessionId: string, epoch: number): void {
          super.ready(context, userId, sessionId, context.draft.record.migration?.epoch ?? epoch);
        }

        override failed(context: RuleContext, userId: string, sessionId: string, epoch: number, reason: string): void {
          super.failed(context, userId, sessionId, context.draft.record.migration?.epoch ?? epoch, reason);
        }
      },
  },
};
