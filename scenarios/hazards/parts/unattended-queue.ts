import type { ClientConnection } from '../../../core/backend/connection.js';
import type { LocalChannels } from '../../../core/backend/local-channels.js';
import type { VoiceBackend } from '../../../core/backend/voice-backend.js';
import type { ChannelRecord } from '../../../core/channel/channel-record.js';
import type { ModeController } from '../../../core/client/mode-controller.js';
import type { ServerMessage } from '../../../core/protocol.js';
import type { Change } from '../hazard.js';

/** A client that has been told to wait waits for `join-ready`, and does not ask again. */
const patientController = (Base: typeof ModeController): typeof ModeController =>
  class extends Base {
    override onMessage(message: ServerMessage): void {
      super.onMessage(message);
      if (message.type !== 'queued' || this.membership !== 'queued') return;
      this.requestTimer?.cancel();
      this.requestTimer = null;
    }
  };

/** Whoever waits and is found in no queue is not put back into it. */
const unconcernedChannels = (Base: typeof LocalChannels): typeof LocalChannels =>
  class extends Base {
    override deliver(connection: ClientConnection, record: ChannelRecord): void {
      const lost = connection.queued && record.members.get(connection.userId)?.sessionId !== connection.sessionId;
      if (!lost) super.deliver(connection, record);
    }
  };

/** A heartbeat of somebody who waits says nothing. */
const unconcernedBackend = (Base: typeof VoiceBackend): typeof VoiceBackend =>
  class extends Base {
    protected override ping(client: ClientConnection, channelId: number | null, version: number): void {
      if (client.queued) this.options.ports.gateway.send(client.localId, { type: 'pong' });
      else super.ping(client, channelId, version);
    }
  };

/**
 * The documents' queue: a join is put in, taken out, and answered once. Our core says a queued join again in three places (the client
 * asks again, its heartbeat does, and so does whoever sees the channel without it), so that nothing can get lost for good; the documents in none.
 */
export const unattendedQueue = {
  ModeController: patientController,
  LocalChannels: unconcernedChannels,
  VoiceBackend: unconcernedBackend,
} satisfies Change;
