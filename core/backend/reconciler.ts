import { encodeRoom, sameRoom } from '../channel/channel-record.js';
import { instanceOf } from '../cluster/connection-cluster.js';
import { channelOfRoom, keys } from '../keys.js';
import type { RedisCommand, SfuRoom } from '../ports.js';
import { decodeQueued } from '../store/channel-store.js';
import { pipelined } from '../store/pipeline.js';
import type { CaretakerOptions } from './caretaker.js';

/** Channels that are looked at in one round trip: it keeps Redis busy for a few milliseconds at most. */
const PAGE = 20;

/**
 * Reconciliation (A7): looks for what no event will ever repair, and repairs it under the channel's lock, on what is read
 * there, never on what was seen before.
 */
export class Reconciler {
  constructor(protected readonly options: CaretakerOptions) {}

  async run(): Promise<void> {
    await this.channels();
    await this.forgottenBackends();
    await this.rooms();
  }

  /**
   * Members, and those who wait, whose connection has ended, or serves another channel, without the store knowing, because a failover or a restart has
   * brought them back. The queue is read first: who is let in between the two readings is found among the members.
   */
  async dropStale(isStale: (connection: string, channelId: number) => boolean): Promise<void> {
    const { ports, desk } = this.options;
    const ids = ((await ports.redis.call('ZRANGE', keys.changed, 0, -1)) as string[]).map(Number);
    const asked = this.ask(ids, (channelId) => [
      ['LRANGE', keys.queue(channelId), 0, -1],
      ['HVALS', keys.sessions(channelId)],
    ]);
    for await (const [channelId, queue, sessions] of asked) {
      const waits = (queue as string[]).map(decodeQueued).some(({ lostAtMs, connection }) => {
        return lostAtMs === 0 && isStale(connection, channelId);
      });
      const isIn = (sessions as string[]).some((session) => {
        const [, connection = '', lostAt] = session.split('|');
        return lostAt === '0' && isStale(connection, channelId);
      });
      if (!waits && !isIn) continue;
      ports.metrics.count('voice_reconciled_total', { what: 'stale-session' });
      await desk.change(channelId, (context) =>
        desk.rules.admission.connectionLost(context, (connection) => isStale(connection, channelId)),
      );
    }
  }

  /** Asks the same of many, a page in each round trip. Yields each with the replies to its commands. */
  protected async *ask<T>(
    all: readonly T[],
    commandsOf: (one: T) => readonly RedisCommand[],
  ): AsyncGenerator<[one: T, ...replies: unknown[]]> {
    for (let from = 0; from < all.length; from += PAGE) {
      const page = all.slice(from, from + PAGE);
      const commands = page.map(commandsOf);
      const replies = await pipelined(this.options.ports.redis, commands.flat());
      let at = 0;
      for (const [index, one] of page.entries()) {
        const end = at + commands[index]!.length;
        yield [one, ...replies.slice(at, end)];
        at = end;
      }
    }
  }

  /** Members of backends that nobody knows any more. */
  protected async forgottenBackends(): Promise<void> {
    const known = new Set((await this.options.ports.redis.call('ZRANGE', keys.backends, 0, -1)) as string[]);
    await this.dropStale((connection) => !known.has(instanceOf(connection)));
  }

  /** Count against set, sessions against set, migrations that nobody drives, empty channels. */
  protected async channels(): Promise<void> {
    const { ports, desk } = this.options;
    const ids = ((await ports.redis.call('ZRANGE', keys.changed, 0, -1)) as string[]).map(Number);
    const asked = this.ask(ids, (channelId) => [
      ['HMGET', keys.state(channelId), 'count', 'due', 'migrationInProgress'],
      ['SCARD', keys.participants(channelId)],
      ['HLEN', keys.sessions(channelId)],
      ['EXISTS', keys.migration(channelId)],
      ['LLEN', keys.queue(channelId)],
      ['ZSCORE', keys.changed, String(channelId)],
      ['TIME'],
    ]);
    for await (const reply of asked) {
      const [channelId, state, members, sessions, migration, waiting, version, time] = reply as [
        number,
        (string | null)[],
        number,
        number,
        number,
        number,
        string | null,
        [string, string],
      ];
      if (version === null) continue; // gone meanwhile
      const [count, due, flagged] = state;
      const nowMs = Number(time[0]) * 1_000;
      const wrong: string[] = [];
      if (Number(count) !== members || sessions !== members) wrong.push('count');
      if (flagged === '1' && migration === 0) wrong.push('migration-flag');
      if (Number(due) > 0 && Number(due) < nowMs - this.options.policy.backendTimeoutMs) wrong.push('overdue');
      if (members === 0 && migration === 0 && waiting === 0) wrong.push('empty');
      if (wrong.length === 0) continue;
      for (const what of wrong) ports.metrics.count('voice_reconciled_total', { what });
      ports.log.write('warn', 'reconciled', { channelId, wrong });
      await desk.change(channelId, (context) => context.draft.repair());
    }
  }

  /** A node that has started anew has lost its rooms: those that channels still use are started again, under their old epochs. */
  async restoreRooms(node: string): Promise<void> {
    await this.startMissing(node, await this.options.ports.sfu.listRooms(node));
  }

  protected async startMissing(node: string, running: readonly SfuRoom[]): Promise<void> {
    const { ports, nodes, store, desk } = this.options;
    const own = new Set(running.map(encodeRoom));
    for await (const [channelId, named] of this.ask(await nodes.channelsOn(node), roomInUse)) {
      if (typeof named === 'string' && own.has(named)) continue;
      const { record } = await store.read(channelId);
      const room = record.sfu;
      if (room?.node !== node || running.some((each) => sameRoom(each, room))) continue;
      ports.metrics.count('voice_reconciled_total', { what: 'missing-room' });
      ports.log.write('warn', 'starting a missing room', { ...room });
      try {
        await ports.sfu.startRoom(room);
      } catch (error) {
        // a failover may have brought back a room whose epoch the node has left behind
        ports.log.write('warn', 'the room is lost', { ...room, error: String(error) });
        await desk.change(channelId, (context) => desk.rules.migrations.roomLost(context, room));
      }
    }
  }

  /** Rooms that no channel owns. A channel's record names a room before it is started, so what is in none is an orphan. */
  protected async rooms(): Promise<void> {
    const { ports, nodes, store } = this.options;
    const retired = new Set((await ports.redis.call('ZRANGE', keys.retired, 0, -1)) as string[]);
    for (const node of nodes.names.filter((name) => nodes.alive(name))) {
      let rooms: SfuRoom[];
      try {
        rooms = await ports.sfu.listRooms(node);
      } catch {
        continue; // the health check will say what is wrong with it
      }
      await this.startMissing(node, rooms);
      const owned = rooms.flatMap((room) => {
        const channelId = channelOfRoom(room.room);
        return channelId === null || retired.has(encodeRoom(room)) ? [] : [{ room, channelId }];
      });
      for await (const [{ room, channelId }, inUse] of this.ask(owned, (each) => roomInUse(each.channelId))) {
        if (inUse === encodeRoom(room)) continue;
        const { record } = await store.read(channelId);
        const { sfu, migration } = record;
        // also the one that a migration leaves: somebody may still play it
        if ([sfu, migration?.target ?? null, migration?.leaving ?? null].some((each) => sameRoom(each, room))) continue;
        if (record.version < room.epoch && record.version > 0) continue; // started by a change we have not read yet
        ports.metrics.count('voice_reconciled_total', { what: 'orphan-room' });
        ports.log.write('warn', 'stopping an orphan room', { ...room });
        await ports.sfu.stopRoom(room);
      }
    }
  }
}

/** Asks for the room that a channel plays from, as its record has it. */
const roomInUse = (channelId: number): readonly RedisCommand[] => [['HGET', keys.state(channelId), 'sfuRoom']];
