import { sameRoom } from '../channel/channel-record.js';
import { instanceOf } from '../cluster/connection-cluster.js';
import { channelOfRoom, keys } from '../keys.js';
import type { SfuRoom } from '../ports.js';
import { pipelined } from '../store/pipeline.js';
import type { CaretakerOptions } from './caretaker.js';

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

  /** Members whose connection has ended, or serves another channel, without the store knowing, because a failover has brought them back. */
  async dropStale(isStale: (connection: string, channelId: number) => boolean): Promise<void> {
    const { ports, desk } = this.options;
    const ids = (await ports.redis.call('ZRANGE', keys.changed, 0, -1)) as string[];
    for (const id of ids) {
      const channelId = Number(id);
      const sessions = (await ports.redis.call('HVALS', keys.sessions(channelId))) as string[];
      const stale = sessions.some((session) => {
        const [, connection = '', lostAt] = session.split('|');
        return lostAt === '0' && isStale(connection, channelId);
      });
      if (!stale) continue;
      ports.metrics.count('voice_reconciled_total', { what: 'stale-session' });
      await desk.change(channelId, (context) =>
        desk.rules.admission.connectionLost(context, (connection) => isStale(connection, channelId)),
      );
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
    for (const channelId of ids) {
      const [state, members, sessions, migration, waiting, version, time] = (await pipelined(ports.redis, [
        ['HMGET', keys.state(channelId), 'count', 'due', 'migrationInProgress'],
        ['SCARD', keys.participants(channelId)],
        ['HLEN', keys.sessions(channelId)],
        ['EXISTS', keys.migration(channelId)],
        ['LLEN', keys.queue(channelId)],
        ['ZSCORE', keys.changed, String(channelId)],
        ['TIME'],
      ])) as [(string | null)[], number, number, number, number, string | null, [string, string]];
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
    for (const channelId of await nodes.channelsOn(node)) {
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
      for (const room of rooms) {
        const channelId = channelOfRoom(room.room);
        if (channelId === null || retired.has(`${room.node}|${room.room}|${room.epoch}`)) continue;
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
