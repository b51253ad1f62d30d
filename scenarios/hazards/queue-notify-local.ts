import type { ClientConnection } from '../../core/backend/connection.js';
import type { ChannelRecord } from '../../core/channel/channel-record.js';
import type { ChannelWork } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';
import { unattendedQueue } from './parts/unattended-queue.js';

/** Records that this process has committed itself. */
const own = new WeakSet<ChannelRecord>();

/** `join-ready` is sent by the backend that has done the join, to those who are connected there. Others learn of it by pub/sub, and keep it to themselves. */
export const queueNotifyLocal: Hazard = {
  id: 'queue-notify-local',
  family: 'queue',
  documented: '`join-ready` goes to a local socket only',
  shows: 'a user on another backend is a member and never told: it waits for ever',
  enabledBy: 'scheduling',
  shortest: 2,
  change: {
    ...unattendedQueue,
    LocalChannels: (Base) =>
      class extends unattendedQueue.LocalChannels(Base) {
        override deliver(connection: ClientConnection, record: ChannelRecord): void {
          if (!connection.queued || own.has(record)) super.deliver(connection, record);
        }
      },
    VoiceBackend: (Base) =>
      class extends unattendedQueue.VoiceBackend(Base) {
        protected override committed(
          record: ChannelRecord,
          nowMs: number,
          announced: boolean,
          work: readonly ChannelWork[],
        ): void {
          own.add(record);
          super.committed(record, nowMs, announced, work);
        }
      },
  },
};
