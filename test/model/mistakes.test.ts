import { describe, expect, test } from 'vitest';
import { Migrations } from '../../core/migration/migrations.js';
import { TransitionCoverage } from '../../sim/coverage/index.js';
import { pathSets, playClientPath, playMigrationPath } from '../../sim/explore/models/index.js';
import type { Replacements } from '../../sim/world/world.js';
import { leaveForgotten, switchMissed } from '../sim/oracles/variants.js';

/** What becomes of some paths with a core that makes a mistake: the words of the error, or `taken`. One seed each. */
async function outcomes(set: string, collaborators: Replacements, names: readonly string[]): Promise<string[]> {
  const { paths, play } = pathSets(collaborators).find(({ name }) => name === set)!;
  const results: string[] = [];
  for (const name of names) {
    const path = paths.find((each) => each.name === name);
    if (!path) throw new Error(`there is no path ${name}`);
    const played = play(path, 1, new TransitionCoverage());
    results.push(
      await played.then(
        () => 'taken',
        (error: unknown) => String(error),
      ),
    );
  }
  return results;
}

/** Gives every migration all the time in the world. */
class Patient extends Migrations {
  override start(...[context, to, node]: Parameters<Migrations['start']>): void {
    super.start(context, to, node);
    context.draft.updateMigration({ deadlineMs: context.nowMs + 1e9 }, false);
  }
}

/** Changes the mode without asking the target. */
class Hasty extends Migrations {
  override advance(...[context]: Parameters<Migrations['advance']>): boolean {
    if (context.draft.record.migration?.state === 'verifying') return this.fire(context, 'VERIFIED');
    return super.advance(context);
  }
}

describe('the paths find a core that', () => {
  test('has no deadlines', async () => {
    const [timeout, good] = await outcomes('migration to sfu', { Migrations: Patient }, [
      'START > TARGET_READY > TIMEOUT > ROLLED_BACK',
      'START > TARGET_READY > ALL_READY > VERIFIED > ALL_READY',
    ]);
    expect(timeout).toContain('in migrating came CLIENT_FAILED to rollingBack instead of TIMEOUT');
    expect(good).toBe('taken');
  });

  test('verifies nothing', async () => {
    expect(
      await outcomes('migration to sfu', { Migrations: Hasty }, ['START > TARGET_READY > ALL_READY > ABANDONED']),
    ).toEqual([expect.stringContaining('in verifying came VERIFIED to completed instead of ABANDONED')]);
  });

  test('forgets to take out who leaves', async () => {
    expect(await outcomes('migration to sfu', leaveForgotten.collaborators, ['START > ABANDONED'])).toEqual([
      expect.stringContaining('in preparing came TARGET_FAILED to failed instead of ABANDONED'),
    ]);
  });

  test('has clients who miss the change of mode', async () => {
    const [up, left] = await outcomes('client', switchMissed.collaborators, [
      'OPENED > ADMITTED_P2P_TO_SFU > SWITCHED',
      'OPENED > ADMITTED > CLOSED',
    ]);
    expect(up).toContain('SWITCHED did not happen in p2p-to-sfu');
    expect(left).toBe('taken');
  });
});

test('the same path with the same seed is the same world', async () => {
  const [toSfu, , clients] = pathSets();
  const migration = toSfu!.paths.at(-4)!;
  const client = clients!.paths.at(-1)!;
  const hashes: string[][] = [[], []];
  for (const run of hashes) {
    for (const seed of [1, 2]) {
      run.push((await playMigrationPath(migration, 'sfu', { seed })).world.sim.trace.hash);
      run.push((await playClientPath(client, { seed })).world.sim.trace.hash);
    }
  }
  expect(hashes[0]).toEqual(hashes[1]);
  expect(new Set(hashes[0]).size).toBe(4);
});
