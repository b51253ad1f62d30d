import type { ClientRef } from '../../clients/index.js';
import type { MarkId, Marks } from '../../oracles/marks/index.js';
import type { World } from '../world.js';
import type { MigrationWatch } from './migration-watch.js';

const SECOND_US = 1_000_000;

const refusals: Readonly<Record<string, MarkId>> = {
  busy: 'join-refused-busy',
  'store-unavailable': 'join-refused-store',
  'channel-full': 'join-refused-full',
};

interface Session {
  channelId: number | null;
  /** Backend of the last connection. */
  backendId: string;
  /** Process of the backend that said "queued"; null when the session does not wait. */
  queuedBy: { readonly backendId: string; readonly incarnation: number } | null;
}

/** Marks what clients do and are told. */
export function watchClients(world: World, marks: Marks, migrations: MigrationWatch): void {
  const sessions = new Map<string, Session>();
  const sessionOf = ({ sessionId }: ClientRef): Session => {
    let session = sessions.get(sessionId);
    if (!session) {
      session = { channelId: null, backendId: '', queuedBy: null };
      sessions.set(sessionId, session);
    }
    return session;
  };
  const incarnationOf = (backendId: string) => world.hosts.get(backendId)?.incarnation ?? 0;
  /** Before the mode has changed, or everybody is back. */
  const migrates = (channelId: number | null): boolean => {
    const migration = channelId === null ? undefined : migrations.present.get(channelId);
    return migration !== undefined && migration.state !== 'completed';
  };

  world.events.listen({
    connected(client, backendId) {
      const session = sessionOf(client);
      if (session.backendId !== '') {
        if (session.backendId !== backendId) marks.reach('reconnect-to-another-backend');
        if (migrates(session.channelId)) marks.reach('reconnect-during-migration');
      }
      session.backendId = backendId;
    },
    joinQueued(client) {
      const session = sessionOf(client);
      marks.reach('join-queued');
      session.queuedBy ??= { backendId: session.backendId, incarnation: incarnationOf(session.backendId) };
    },
    joinRefused(_client, _channelId, _requestId, code) {
      const mark = refusals[code];
      if (mark) marks.reach(mark);
    },
    joined(client, channelId) {
      const session = sessionOf(client);
      session.channelId = channelId;
      if (migrations.present.get(channelId)?.state === 'completed') marks.reach('join-while-settling');
      if (session.queuedBy === null) return;
      marks.reach('queued-join-admitted');
      const { backendId, incarnation } = session.queuedBy;
      if (world.hosts.get(backendId)?.state === 'down' || incarnationOf(backendId) !== incarnation)
        marks.reach('queued-join-admitted-after-crash');
      session.queuedBy = null;
    },
    leaving(client, channelId) {
      if (migrates(channelId) && sessionOf(client).channelId === channelId) marks.reach('leave-during-migration');
      sessionOf(client).channelId = null;
    },
    tabClosed(client) {
      const session = sessionOf(client);
      if (session.queuedBy !== null) marks.reach('queued-tab-closed');
      if (migrates(session.channelId)) marks.reach('leave-during-migration');
      sessions.delete(client.sessionId);
    },
    removed(client, channelId, reason) {
      if (reason === 'replaced') {
        marks.reach('second-tab-displaces');
        if (migrates(channelId)) marks.reach('displaced-during-migration');
      } else marks.reach('evicted-one-returns');
      sessionOf(client).channelId = null;
    },
    migrationReady(_client, channelId, epoch) {
      const migration = migrations.present.get(channelId);
      if (migration && migration.epoch <= epoch) return;
      marks.reach('ready-too-late');
      const timedOutUs = migrations.timedOutUs.get(channelId) ?? Number.NEGATIVE_INFINITY;
      if (world.sim.nowUs - timedOutUs <= SECOND_US) marks.reach('timeout-and-ready-in-one-second');
    },
    degraded(_client, reason, active) {
      if (active && reason !== 'path') marks.reach(reason === 'sfu' ? 'sfu-degraded' : 'store-unreachable');
    },
  });
}
