import type { ClientConnection } from '../../../core/backend/connection.js';
import type { VoiceBackend } from '../../../core/backend/voice-backend.js';
import { encodeQueued } from '../../../core/channel/channel-draft.js';
import type { RedisClient } from '../../../core/ports.js';
import type { ClientMessage } from '../../../core/protocol.js';
import type { ChannelStore } from '../../../core/store/channel-store.js';
import { unattendedQueue } from './unattended-queue.js';

/** Puts an encoded join at the end of the channel's queue if there is something to wait for; its position, or 0. */
export type PushJoin = (backend: PushingBackend, channelId: number, userId: string, join: string) => Promise<number>;

/** What a push may use of the backend. */
export interface PushingBackend {
  readonly store: ChannelStore;
  readonly redis: RedisClient;
}

/** A backend that queues joins by itself, without the channel's lock; other joins go the usual way. */
export const pushing =
  (push: PushJoin) =>
  (Base: typeof VoiceBackend): typeof VoiceBackend =>
    class extends unattendedQueue.VoiceBackend(Base) {
      protected override async join(
        client: ClientConnection,
        message: Extract<ClientMessage, { type: 'join' }>,
      ): Promise<void> {
        const { requestId, channelId } = message;
        const { redis, gateway } = this.options.ports;
        const { estimatedWaitMs } = this.options.policy;
        const { userId, sessionId, name } = client;
        const entry = encodeQueued({ userId, sessionId, connection: name, lostAtMs: 0 });
        try {
          await this.listing.add(channelId);
          const position = await push({ store: this.store, redis }, channelId, userId, entry);
          if (position === 0) return await super.join(client, message);
          if (!this.clients.has(client.localId)) return this.abandon(client, channelId);
          this.channels.attach(client, channelId, true);
          gateway.send(client.localId, { type: 'queued', requestId, channelId, position, estimatedWaitMs });
          this.catchUp(client, channelId);
        } catch (error) {
          this.refuse(client.localId, requestId, channelId, 'store-unavailable', 2_000, String(error));
        }
      }
    };
