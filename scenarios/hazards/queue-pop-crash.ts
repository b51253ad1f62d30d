import type { ChannelRecord, QueuedJoin } from '../../core/channel/channel-record.js';
import type { ChannelWork, RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';
import { unattendedQueue } from './parts/unattended-queue.js';

const popped = new WeakMap<ChannelRecord, QueuedJoin[]>();

/** A queued join is taken out with one commit and done with the next. In between only the memory of one backend knows of it. */
export const queuePopCrash: Hazard = {
  id: 'queue-pop-crash',
  family: 'queue',
  documented: 'a queued join is popped before it is done',
  shows: 'a crash in between loses the join: its user waits for ever',
  enabledBy: 'process',
  shortest: 3,
  change: {
    ...unattendedQueue,
    Admission: (Base) =>
      class extends Base {
        override admitNext({ draft }: RuleContext): boolean {
          const { record } = draft;
          const next = record.queue.find(({ lostAtMs }) => lostAtMs === 0);
          if (next === undefined || this.full(draft)) return false;
          draft.setQueue(record.queue.filter((waiting) => waiting !== next));
          popped.set(record, [...(popped.get(record) ?? []), next]);
          return true;
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
          super.committed(record, nowMs, announced, work);
          const joins = popped.get(record) ?? [];
          popped.delete(record);
          for (const { userId, sessionId, connection } of joins)
            void this.insist(record.channelId, ({ draft }) => {
              draft.putMember({ userId, sessionId, connection, lostAtMs: 0 });
            });
        }
      },
  },
};
