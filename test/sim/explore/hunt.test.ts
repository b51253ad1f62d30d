import { describe, expect, test } from 'vitest';
import { ModeController } from '../../../core/client/mode-controller.js';
import type { ServerMessage } from '../../../core/protocol.js';
import { crossroads } from '../../../scenarios/crossroads.js';
import { type HuntOptions, type HuntResult, hunt, huntSeed, type SeedRunner } from '../../../sim/explore/index.js';
import { loadScenario, resolveScenario } from '../../../sim/scenario/index.js';
import { racyLock } from './racy-lock.js';

const base = resolveScenario(crossroads);
const twoJoins = await loadScenario('scenarios/examples/two-joins.yaml', { builtIn: [], overrides: [] });

/** What a hunt has found, without how long it took. */
const answer = ({ wallS: _wallS, schedulesPerSecond: _rate, swarm, ...rest }: HuntResult) => ({
  ...rest,
  swarm: swarm.rows(),
});

/** Works on several seeds at a time, and finishes them in the opposite order. */
function backwards(width: number, options: { collaborators?: HuntOptions['collaborators'] }): SeedRunner {
  const waiting: (() => void)[] = [];
  return {
    width,
    run: async (seed) => {
      const report = await huntSeed(base, seed, { strategy: 'portfolio', schedulesPerSeed: 2, ...options });
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === width) while (waiting.length > 0) waiting.pop()!();
        else setTimeout(() => waiting.pop()?.(), 50);
      });
      return report;
    },
    close: async () => undefined,
  };
}

describe('the answer of a hunt', () => {
  const given = { collaborators: racyLock, schedules: 60, schedulesPerSeed: 2 };

  test('does not depend on how many seeds are explored at a time, nor on which is finished first', async () => {
    // starts with a seed without violation
    const options = { strategy: 'portfolio', schedulesPerSeed: 2, collaborators: racyLock };
    let seed = 1;
    while ((await huntSeed(base, seed, options)).caught !== null) seed++;
    const alone = await hunt(base, { ...given, seed });
    expect(alone.caught).not.toBeNull();
    expect(alone.seeds).toBeGreaterThan(1);
    // with three at a time, some after it are explored too, and do not count
    for (const width of [1, 3])
      expect(answer(await hunt(base, { ...given, seed, runner: backwards(width, given) }))).toEqual(answer(alone));
  });

  test('nor does that of one that keeps going', async () => {
    const all = { ...given, schedules: 24, keepGoing: true };
    const alone = await hunt(base, all);
    expect(alone.seeds).toBe(12);
    expect(answer(await hunt(base, { ...all, runner: backwards(3, given) }))).toEqual(answer(alone));
  });

  test('does not depend on the number of threads', async () => {
    type Pools = typeof import('../../../sim/cli/hunt/pool.js');
    const { startPool } = (await import('../../../dist/sim/cli/hunt/pool.js' as string)) as Pools;
    const answers = [];
    for (const workers of [1, 2]) {
      const options = { strategy: 'portfolio', schedulesPerSeed: 3 };
      const runner = startPool({ scenario: base, options, hazards: [] }, workers);
      try {
        answers.push(answer(await hunt(base, { ...options, schedules: 15, seed: 40, runner })));
      } finally {
        await runner.close();
      }
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ seeds: 5, schedules: 15, caught: null });
    expect(answer(await hunt(base, { schedulesPerSeed: 3, schedules: 15, seed: 40 }))).toEqual(answers[0]);
  });

  test('of a seed does not depend on the seeds before it', async () => {
    const options = { strategy: 'portfolio', schedulesPerSeed: 3 };
    const alone = await huntSeed(base, 12, options);
    await huntSeed(base, 11, options);
    expect(await huntSeed(base, 12, options)).toEqual(alone);
    const other = await huntSeed(base, 13, options);
    expect(other.events).not.toBe(alone.events);
  });

  test('is what was explored when the hunt is broken off', async () => {
    const controller = new AbortController();
    const options = { schedulesPerSeed: 2, schedules: 1_000, signal: controller.signal };
    const result = await hunt(base, { ...options, onProgress: ({ seeds }) => seeds === 3 && controller.abort() });
    expect(result).toMatchObject({ interrupted: true, seeds: 3, schedules: 6, caught: null });
  });

  test('uses the window that was asked for', async () => {
    for (const windowMs of [0.5, 7]) {
      const { caught, swarm } = await hunt(base, { ...given, windowMs });
      expect(caught?.given.windowMs ?? windowMs).toBe(windowMs);
      expect(swarm.rows().map(({ option }) => option)).toContain(`windowMs=${windowMs}`);
    }
  });

  test('is refused for a strategy that does not exist', async () => {
    await expect(hunt(base, { strategy: 'sruw' })).rejects.toThrow(/no strategy "sruw".*did you mean "surw"/);
    await expect(huntSeed(base, 1, { strategy: 'exhaustive', schedulesPerSeed: 1 })).rejects.toThrow(/use hunt\(\)/);
  });
});

describe('a hunt that keeps going', () => {
  test('counts seeds by oracle, and says which options go with violations', async () => {
    const result = await hunt(base, { collaborators: racyLock, schedules: 40, schedulesPerSeed: 2, keepGoing: true });
    const failed = [];
    for (let seed = 1; seed <= 20; seed++) {
      const options = { strategy: 'portfolio', schedulesPerSeed: 2, collaborators: racyLock };
      const { caught } = await huntSeed(base, seed, options);
      if (caught !== null) failed.push(caught);
    }
    expect(result.seeds).toBe(20);
    expect(result.violations.reduce((sum, { count }) => sum + count, 0)).toBe(failed.length);
    expect(failed.length).toBeGreaterThan(1);
    expect(result.caught).toEqual(failed[0]);
    for (const { oracle, count } of result.violations)
      expect(failed.filter(({ violation }) => violation.oracle === oracle)).toHaveLength(count);
    const row = result.swarm.rows().find(({ seeds }) => seeds > 2 && seeds < 18)!;
    const has = (options: Readonly<Record<string, number | boolean>>) => {
      const [name, value] = row.option.split('=');
      return value === undefined ? options[name!] === true : String(options[name!]) === value;
    };
    expect(failed.filter(({ swarm }) => has(swarm))).toHaveLength(row.caught);
    expect(row.shareWith).toBeCloseTo(row.caught / row.seeds, 12);
    expect(row.shareWithout).toBeCloseTo((failed.length - row.caught) / (20 - row.seeds), 12);
  });

  /** Probability of at most `k` of `n` at a rate of `p` each. */
  const binomial = (k: number, n: number, p: number) => {
    let sum = 0;
    let logTerm = n * Math.log(1 - p);
    for (let i = 0; i <= k; i++) {
      sum += Math.exp(logTerm);
      logTerm += Math.log(((n - i) / (i + 1)) * (p / (1 - p)));
    }
    return sum;
  };

  test('reports a mistake that one world in a hundred makes for one seed in a hundred', async () => {
    let fired = 0;
    /** In one world of a hundred the client hears nothing: then nobody is ever in. */
    class Canary extends ModeController {
      private readonly deaf: boolean;

      constructor(options: ConstructorParameters<typeof ModeController>[0]) {
        super(options);
        this.deaf = options.ports.random.uniform() < 0.01;
        if (this.deaf) fired++;
      }

      override onMessage(message: ServerMessage): void {
        if (!this.deaf) super.onMessage(message);
      }
    }
    const scenario = resolveScenario({
      ...crossroads,
      name: 'canary',
      durationS: 2,
      drainS: 15,
      population: { clients: 2, channels: 1, script: [{ atS: 1, user: 1, do: 'join', channel: 1 }] },
    });
    const seeds = 1_000;
    const result = await hunt(scenario, {
      collaborators: { ModeController: Canary },
      schedules: seeds,
      schedulesPerSeed: 1,
      keepGoing: true,
    });
    const reported = result.violations.reduce((sum, { count }) => sum + count, 0);
    expect(result.seeds).toBe(seeds);
    expect(reported).toBe(fired);
    // neither tail is less likely than one in a hundred if the rate is 1 %
    expect(binomial(reported, seeds, 0.01)).toBeGreaterThan(0.01);
    expect(1 - binomial(reported - 1, seeds, 0.01)).toBeGreaterThan(0.01);
  }, 120_000);
});

describe('an exhaustive hunt', () => {
  const short = { ...twoJoins, durationS: 0.7 };
  const options = { strategy: 'exhaustive', windowMs: 0.5, keepGoing: true };

  test('covers everything that two joins can do, and finds nothing in the correct core', async () => {
    const result = await hunt(short, options);
    expect(result).toMatchObject({ caught: null, violations: [], exhaustive: { exhausted: true, windowMs: 0.5 } });
    expect(result.schedules - result.exhaustive!.pruned).toBeGreaterThan(10);
    expect(answer(await hunt(short, options))).toEqual(answer(result));
  });

  test('finds which orders break a lock that is first looked at and then taken', async () => {
    const result = await hunt(short, { ...options, collaborators: racyLock });
    expect(result.exhaustive?.exhausted).toBe(true);
    const failed = result.violations.reduce((sum, { count }) => sum + count, 0);
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThan(result.schedules);
    expect(result.caught?.strategy).toBe('exhaustive');
  });

  test('stops at the first violation unless it is to keep going', async () => {
    const result = await hunt(short, { ...options, collaborators: racyLock, keepGoing: false });
    expect(result.violations).toHaveLength(1);
    expect(result.exhaustive?.exhausted).toBe(false);
  });

  test('says that it is not finished', async () => {
    const result = await hunt(short, { ...options, schedules: 20 });
    expect(result).toMatchObject({ caught: null, schedules: 20, exhaustive: { exhausted: false } });
  });
});
