import { channelOfRoom } from '../keys.js';
import type { SfuRoom } from '../ports.js';
import type { ClientMessage } from '../protocol.js';
import type { TokenBook, TokenHolder } from '../token/token-book.js';
import type { TokenDesk } from '../token/token-desk.js';
import type { ClientConnection } from './connection.js';
import type { LocalChannels } from './local-channels.js';
import type { TokenOptions, VoiceBackendPorts } from './voice-backend-options.js';

/** What {@link ClientTokens} works with. */
export interface ClientTokensParts {
  readonly TokenDesk: typeof TokenDesk;
  readonly TokenBook: typeof TokenBook;
  readonly ports: VoiceBackendPorts;
  readonly tokens: TokenOptions;
  readonly retryMs: number;
  readonly channels: () => LocalChannels;
}

/** The tokens of the clients of one backend: who still needs which, and how it reaches them. */
export class ClientTokens {
  readonly desk: TokenDesk;
  readonly book: TokenBook;

  constructor(protected readonly parts: ClientTokensParts) {
    const { ports, tokens, retryMs } = parts;
    const { redis, random, clock, timers, log } = ports;
    this.desk = new parts.TokenDesk(redis, tokens.signer, random, tokens.policy);
    this.book = new parts.TokenBook({
      desk: this.desk,
      policy: tokens.policy,
      clock,
      timers,
      log,
      retryMs,
      nameOf: (holder) => this.bearer(holder)?.personName ?? '',
      wanted: (holder) => this.bearer(holder) !== null,
      deliver: (holder, token) => {
        const client = this.bearer(holder);
        if (client) this.send(client, holder.room, token);
      },
    });
  }

  /** A client waits for a token, or has tried one in vain. */
  asked(client: ClientConnection, message: Extract<ClientMessage, { type: 'token' }>): void {
    const { node, room, epoch, refused } = message;
    const holder = { userId: client.userId, sessionId: client.sessionId, room: { node, room, epoch } };
    if (channelOfRoom(room) !== message.channelId || this.bearer(holder) !== client) return;
    if (refused !== undefined) this.book.refused(holder, refused);
    const token = this.book.issue(holder.userId, holder.room, holder.sessionId);
    if (token !== '') this.send(client, holder.room, token);
  }

  protected send(client: ClientConnection, room: SfuRoom, token: string): void {
    const channelId = channelOfRoom(room.room)!;
    this.parts.ports.gateway.send(client.localId, { type: 'token', channelId, grant: { ...room, token } });
  }

  /** The connection of a session here that is to be in the room; null when there is none. */
  protected bearer({ userId, sessionId, room }: TokenHolder): ClientConnection | null {
    const channelId = channelOfRoom(room.room);
    if (channelId === null) return null;
    const channels = this.parts.channels();
    const record = channels.record(channelId);
    // not read here yet: the view came from a commit
    const uses = record === null || [record.sfu, record.migration?.target].some((each) => each?.epoch === room.epoch);
    if (!uses) return null;
    for (const client of channels.connections(channelId))
      if (client.sessionId === sessionId && client.userId === userId && !client.queued) return client;
    return null;
  }
}
