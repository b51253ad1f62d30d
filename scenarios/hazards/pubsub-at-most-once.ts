import type { Hazard } from './hazard.js';

/**
 * What was published while a backend was not listening is never asked for: neither with the next tick (`voice:changed`) nor after a
 * reconnection. Only one who has just joined, and is shown nothing yet, has the channel read.
 */
export const pubsubAtMostOnce: Hazard = {
  id: 'pubsub-at-most-once',
  family: 'lock and store',
  documented: 'a backend that is reconnecting misses the migration event, and nothing catches it up',
  shows: 'its clients stay in the old mode: split brain',
  enabledBy: 'network',
  shortest: 3,
  change: {
    VoiceBackend: (Base) =>
      class extends Base {
        protected override refresh(channelId: number): void {
          if (this.channels.record(channelId) === null) super.refresh(channelId);
        }
      },
  },
};
