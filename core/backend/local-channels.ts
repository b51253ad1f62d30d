import { type ChannelRecord, hasUser } from '../channel/channel-record.js';
import type { ClientGateway } from '../ports.js';
import type { ClientConnection } from './connection.js';
import type { Views } from './views.js';

interface LocalChannel {
  record: ChannelRecord | null;
  readonly connections: Set<ClientConnection>;
  /** Joins under way. */
  expected: number;
}

/** What has to be done about a connection whose channel does not know it any more. */
export type OnRegressed = (connection: ClientConnection) => void;

/**
 * The channels in which clients of this backend are, and the newest record seen of each. `show` tells every client what
 * it has not seen yet; it may be called with anything, at any time, in any order.
 */
export class LocalChannels {
  protected readonly channels = new Map<number, LocalChannel>();

  constructor(
    protected readonly gateway: ClientGateway,
    protected readonly views: Views,
    protected readonly onRegressed: OnRegressed,
    protected readonly onEmpty: (channelId: number) => void,
  ) {}

  ids(): number[] {
    return [...this.channels.keys()];
  }

  /** Version of the newest record seen, 0 when none, -1 when nobody here is in the channel or about to come. */
  version(channelId: number): number {
    const channel = this.channels.get(channelId);
    return channel ? (channel.record?.version ?? 0) : -1;
  }

  record(channelId: number): ChannelRecord | null {
    return this.channels.get(channelId)?.record ?? null;
  }

  connections(channelId: number): readonly ClientConnection[] {
    return [...(this.channels.get(channelId)?.connections ?? [])];
  }

  /** Somebody is about to come: what is heard of the channel until {@link expectNoMore} is kept, so that it need not be read again then. */
  expect(channelId: number): void {
    this.entry(channelId).expected++;
  }

  /** Whoever was expected is here, or does not come. */
  expectNoMore(channelId: number): void {
    const channel = this.entry(channelId);
    channel.expected--;
    if (channel.expected === 0 && channel.connections.size === 0) this.channels.delete(channelId);
  }

  protected entry(channelId: number): LocalChannel {
    let channel = this.channels.get(channelId);
    if (!channel) {
      channel = { record: null, connections: new Set(), expected: 0 };
      this.channels.set(channelId, channel);
    }
    return channel;
  }

  attach(connection: ClientConnection, channelId: number, queued: boolean): void {
    if (connection.channelId !== null && connection.channelId !== channelId) this.detach(connection);
    connection.channelId = channelId;
    connection.queued = queued;
    connection.absentPings = 0;
    this.entry(channelId).connections.add(connection);
  }

  detach(connection: ClientConnection): void {
    const channelId = connection.channelId;
    if (channelId === null) return;
    connection.channelId = null;
    connection.queued = false;
    connection.sentVersion = 0;
    connection.sinceVersion = 0;
    connection.sinceEpoch = 0;
    const channel = this.channels.get(channelId);
    channel?.connections.delete(connection);
    if (channel?.connections.size === 0 && channel.expected === 0) {
      this.channels.delete(channelId);
      this.onEmpty(channelId);
    }
  }

  /** A record has been read or written. Older ones than the newest seen are only a hint that the store has lost something. */
  show(record: ChannelRecord): void {
    const channel = this.channels.get(record.channelId);
    if (!channel) return;
    if (!channel.record || record.version >= channel.record.version) channel.record = record;
    for (const connection of [...channel.connections]) this.deliver(connection, record);
  }

  /** Shows `record` to one connection if it has not seen it. */
  deliver(connection: ClientConnection, record: ChannelRecord): void {
    const member = record.members.get(connection.userId);
    const { sinceVersion } = connection;
    const outdated =
      record.epoch < connection.sinceEpoch ||
      (member !== undefined && member.sessionId !== connection.sessionId && member.since <= sinceVersion);
    if (record.version < sinceVersion || (sinceVersion > 0 && record.born > sinceVersion) || outdated) {
      // the store has lost what this client has already been told
      this.onRegressed(connection);
    } else if (member?.sessionId === connection.sessionId) {
      if (member.lostAtMs > 0 && member.connection === connection.name) this.onRegressed(connection); // lost? it is here
      if (record.version <= connection.sentVersion) return;
      const view = this.views.of(record, connection.userId);
      this.gateway.send(
        connection.localId,
        connection.queued ? { type: 'join-ready', view } : { type: 'channel', view },
      );
      connection.queued = false;
      connection.sentVersion = record.version;
      connection.sinceVersion = record.version;
      connection.sinceEpoch = record.epoch;
    } else if (connection.queued && member === undefined) {
      if (!record.queue.some((waiting) => waiting.sessionId === connection.sessionId)) this.onRegressed(connection);
    } else if (member === undefined && record.queue.some((waiting) => waiting.sessionId === connection.sessionId)) {
      // the store has lost that it was let in: it waits again there, and is in here
      this.onRegressed(connection);
    } else if (connection.queued && member !== undefined && member.since < connection.queuedSince) {
      // the store has lost that this tab took the place of another one in the queue
      this.onRegressed(connection);
    } else {
      this.gateway.send(connection.localId, {
        type: 'removed',
        channelId: record.channelId,
        reason: hasUser(record, connection.userId) ? 'replaced' : 'evicted',
      });
      this.detach(connection);
      connection.wish = null;
    }
  }
}
