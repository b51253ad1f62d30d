import { describe, expect, test } from 'vitest';
import { collaborators } from '../../../core/backend/collaborators.js';
import { CLIENT_MACHINE, TransitionCoverage, watchClients, watchMigrations } from '../../../sim/coverage/index.js';
import { modelCoverage } from '../../../sim/explore/models/index.js';
import { resolveScenario } from '../../../sim/scenario/index.js';
import { type Replacements, World } from '../../../sim/world/world.js';

const scenario = resolveScenario({
  name: 'a-call',
  durationS: 40,
  drainS: 0,
  policy: { profile: 'calls' },
  topology: { backends: 2, sfuNodes: 2 },
  population: {
    clients: 4,
    channels: 1,
    membersMin: 4,
    membersMax: 4,
    secondTabShare: 0.5,
    arrival: { kind: 'storm', overS: 1 },
  },
  faults: [{ kind: 'sfu-crash', atS: 20, forS: 5 }],
});

async function run(replacements?: Replacements): Promise<string> {
  const world = new World(scenario, { seed: 3, ...(replacements ? { collaborators: replacements } : {}) });
  await world.sim.run({ untilUs: 40e6 });
  return world.sim.trace.hash;
}

/** Classes that add to a tally, as a search would use them. */
const noting = (coverage: TransitionCoverage, base?: Replacements): Replacements =>
  watchClients(
    ({ from, event }) => coverage.note(CLIENT_MACHINE, from, event),
    watchMigrations(({ to, from, event }) => coverage.note(`migration to ${to}`, from, event), base),
  );

describe('watching', () => {
  test('changes nothing', async () => {
    const coverage = new TransitionCoverage();
    expect(await run(noting(coverage))).toBe(await run());
    expect(coverage.count('migration to sfu', 'verifying', 'VERIFIED')).toBeGreaterThan(0);
    expect(coverage.count(CLIENT_MACHINE, 'away', 'OPENED')).toBeGreaterThanOrEqual(4);
  });

  test('takes only committed transitions, which follow one another', async () => {
    const states: string[] = [];
    const jumps: string[] = [];
    await run(
      watchMigrations(({ from, state }) => {
        const before = states.at(-1) ?? 'idle';
        const over = before === 'released' || before === 'failed';
        if (from !== (over ? 'idle' : before)) jumps.push(`${before} > ${from}`);
        states.push(state);
      }),
    );
    expect(states.length).toBeGreaterThan(4);
    expect(jumps).toEqual([]);
  });

  test('goes on top of what a hazard replaces', async () => {
    let made = 0;
    class Counted extends collaborators.Migrations {
      override dueMs(...args: Parameters<(typeof collaborators.Migrations)['prototype']['dueMs']>): number {
        made++;
        return super.dueMs(...args);
      }
    }
    const coverage = modelCoverage();
    await run(noting(coverage, { Migrations: Counted }));
    expect(made).toBeGreaterThan(0);
    expect(coverage.count('migration to sfu', 'idle', 'START')).toBeGreaterThan(0);
  });
});
