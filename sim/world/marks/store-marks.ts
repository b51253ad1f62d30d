import type { Marks } from '../../oracles/marks/index.js';
import type { ExecutedCommand } from '../../redis/index.js';
import type { World } from '../world.js';
import type { MigrationWatch } from './migration-watch.js';

const LOCK_KEY = 'lock:channel:';
const STATE_KEY = 'channel_state:';
const MIGRATION_KEY = 'migration:';
const CARETAKER_KEY = 'lock:caretaker';

/** Marks what the commands tell that the primary executes: locks, commits, failovers, caretakers. */
export function watchStore(world: World, marks: Marks, migrations: MigrationWatch): void {
  const { redis } = world;
  const holders = new Map<string, { readonly client: string; readonly token: string }>();
  let primary = redis.primary;
  let caretaker: string | null = null;

  for (const { host } of world.backends) {
    host.onDown(() => {
      if (migrations.present.size > 0) marks.reach('backend-crash-during-migration');
      for (const [key, { client, token }] of holders)
        if (client === host.id && redis.inspect().get(key) === token) marks.reach('crash-while-lock-held');
    });
  }

  redis.onCommand(({ server, client, args, reply, footprint }) => {
    if (server !== primary) {
      if (server !== redis.primary) return;
      primary = server;
      marks.reach('failover');
      if (migrations.present.size > 0) marks.reach('failover-during-migration');
    }
    const { writes } = footprint;
    if (writes.length === 0) {
      if (reply === null && args[0] === 'SET' && args[1]!.startsWith(LOCK_KEY)) marks.reach('lock-contended');
      else if (reply === 0) refused(args);
      return;
    }
    for (const key of writes) {
      if (key.startsWith(MIGRATION_KEY)) migrations.written(Number(key.slice(MIGRATION_KEY.length)), client.id);
      else if (key.startsWith(LOCK_KEY)) lockWritten(key, client.id, args, reply);
      else if (key === CARETAKER_KEY) {
        if (caretaker !== null && caretaker !== client.id) marks.reach('caretaker-changed');
        caretaker = client.id;
      }
    }
    if (reply === 0) refused(args);
  });

  /** A script that names a channel's lock and its state, and has done nothing, is a commit that was refused. */
  function refused(args: readonly string[]): void {
    if (args[2] !== '2' || !args[3]?.startsWith(LOCK_KEY) || !args[4]?.startsWith(STATE_KEY)) return;
    const held = redis.inspect().get(args[3]) === args[5];
    marks.reach(held ? 'commit-refused-by-version' : 'commit-refused-by-fence');
  }

  function lockWritten(key: string, client: string, args: readonly string[], reply: ExecutedCommand['reply']): void {
    const token = redis.inspect().get(key);
    const before = holders.get(key);
    if (token !== null) {
      // whoever had it has not given it back
      if (before && before.token !== token) marks.reach('lease-expired-while-held');
      holders.set(key, { client, token });
      return;
    }
    holders.delete(key);
    if (before === undefined) return;
    // a script that was refused has only found that the time of the key is over
    if (reply === 0) marks.reach('lease-expired-while-held');
    else if (args[2] === '1' && args[3] === key) marks.reach('lock-given-back-unused');
  }
}
