import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, test } from 'vitest';
import { crossroads } from '../../../scenarios/crossroads.js';
import { collaboratorsOf, hazards } from '../../../scenarios/hazards/index.js';
import { DeadairError } from '../../../sim/errors.js';
import {
  type Catch,
  type CriticalPair,
  hunt,
  localise,
  type Minimised,
  minimise,
  parseRepro,
  renderRepro,
  replayCase,
  reproOf,
  runSchedule,
  type Suspect,
  suspectOf,
} from '../../../sim/explore/index.js';
import { Hold } from '../../../sim/explore/strategies/hold.js';
import { Replay } from '../../../sim/explore/strategies/replay.js';
import { Choices } from '../../../sim/kernel/index.js';
import { loadScenario, resolveScenario, type Scenario } from '../../../sim/scenario/index.js';
import { racyLock } from './racy-lock.js';

const base = resolveScenario(crossroads);
/** The second comes when the first has long let go of the lock, unless something is late. */
const twoJoins = await loadScenario('scenarios/examples/two-joins.yaml', {
  builtIn: [],
  overrides: ['population.script.1.atS=0.4'],
});
/** Real time must not decide what is left in a test. */
const patient = { collaborators: racyLock, seconds: 600 };

let caught!: Catch;
let smallest!: Minimised;
let critical!: CriticalPair | null;

/** One whose order of time is in order, with few people; and one with many, and what else happens. */
describe.each([
  ['of departures', twoJoins, 150],
  ['of actions', base, undefined],
] as const)('a minimised counterexample %s', (_name, scenario, windowMs) => {
  beforeAll(async () => {
    // the first that has a critical pair; where that is what it is about, one that was found by departures
    for (let seed = 1; seed < 100; seed++) {
      const result = await hunt(scenario, { ...patient, seed, windowMs, schedules: 400 });
      caught = result.caught!;
      seed = caught.given.seed;
      smallest = await minimise(caught, patient);
      critical = await localise(smallest, patient);
      if (critical !== null && (caught.departures.length > 0 || scenario !== twoJoins)) return;
    }
  }, 120_000);

  const fails = async (suspect: Suspect) =>
    (await replayCase(suspect, patient)).violation?.oracle === caught.violation.oracle;
  const without = <T>(list: readonly T[], index: number) => list.filter((_, other) => other !== index);
  const withScenario = (change: (scenario: Scenario) => Partial<Scenario>): Suspect => {
    const { given } = smallest;
    return { ...smallest, given: { ...given, scenario: { ...given.scenario, ...change(given.scenario) } } };
  };

  test('is smaller, and the same oracle objects', async () => {
    expect(smallest.violation.oracle).toBe(caught.violation.oracle);
    const before = caught.given.scenario.population.script!.length + caught.departures.length;
    expect(smallest.actions + smallest.choices).toBeLessThan(before);
    expect(await fails(smallest)).toBe(true);
  });

  test('is found with at most 500 replays, and complete', () => {
    expect(smallest.replays).toBeLessThanOrEqual(500);
    expect(smallest.complete).toBe(true);
  });

  test('needs each action, each fault and each departure that is left', async () => {
    const { population, faults } = smallest.given.scenario;
    for (let i = 0; i < population.script!.length; i++) {
      const less = withScenario(() => ({ population: { ...population, script: without(population.script!, i) } }));
      expect(await fails(less), `without action ${i}`).toBe(false);
      expect(await fails({ ...less, departures: [] }), `without action ${i}, in the order of time`).toBe(false);
    }
    for (let i = 0; i < faults.length; i++)
      expect(await fails(withScenario(() => ({ faults: without(faults, i) }))), `without fault ${i}`).toBe(false);
    for (let i = 0; i < smallest.departures.length; i++) {
      const departures = without(smallest.departures, i);
      expect(await fails({ ...smallest, departures }), `without departure ${i}`).toBe(false);
    }
  });

  test('is always the same', async () => {
    expect(await minimise(caught, patient)).toEqual(smallest);
  });

  test('is as small as it was by then when the budget is used up, or somebody asks to stop', async () => {
    const some = await minimise(caught, { ...patient, replays: 7 });
    expect(some).toMatchObject({ replays: 7, complete: false });
    expect(await fails(some)).toBe(true);
    const none = await minimise(caught, { ...patient, signal: AbortSignal.abort() });
    expect(none).toMatchObject({ replays: 0, complete: false, departures: caught.departures });
  });

  test('has a critical pair: swapped, nobody objects', async () => {
    expect(critical).not.toBeNull();
    const strategy = new Hold(new Replay(smallest.departures), critical!.first, critical!.second);
    const dice = new Choices(smallest.given.seed).stream('replay');
    const { violation } = await runSchedule(smallest.given, { strategy, dice, collaborators: racyLock });
    expect(strategy.swapped).toBe(true);
    expect(violation).toBeNull();
    expect(await localise(smallest, patient)).toEqual(critical);
  });
});

describe('a repro file', () => {
  const repro = () => reproOf({ ...smallest, strategy: caught.strategy }, ['custom'], critical);

  test('is read as it was written, and shows the violation again', async () => {
    const parsed = parseRepro(renderRepro(repro()), 'it.json');
    expect(parsed).toEqual(JSON.parse(JSON.stringify(repro())));
    const outcome = await replayCase(suspectOf(parsed), patient);
    expect(outcome.traceHash).toBe(smallest.traceHash);
    expect(outcome.violation?.message).toBe(smallest.violation.message);
    expect(reproOf(caught, []).minimised).toBeNull();
  });

  const edited = (change: (repro: Record<string, never>) => void) => () => {
    const copy = JSON.parse(renderRepro(repro())) as Record<string, never>;
    change(copy);
    return JSON.stringify(copy);
  };
  const set = (field: string, value: unknown) =>
    edited((copy) => {
      const path = field.split('.');
      let at: Record<string, unknown> = copy;
      for (const name of path.slice(0, -1)) at = at[name] as Record<string, unknown>;
      at[path.at(-1)!] = value;
    });

  test.each<[string, () => string, number, string]>([
    ['empty', () => '', 2, 'it.json is empty'],
    ['cut off', () => renderRepro(repro()).slice(0, 700), 2, 'breaks off in the middle'],
    ['no JSON', () => 'choices: 3 }', 2, 'is not JSON'],
    ['a JSON array', () => '[1, 2]', 2, 'format: must be "deadair-repro"'],
    ['null', () => 'null', 2, 'format: must be "deadair-repro"'],
    ['another format', set('format', 'deadair-result'), 2, 'not "deadair-result"'],
    ['an older version', set('version', 0), 6, 'version: this deadair replays version 2, not 0'],
    ['a newer version', set('version', 3), 6, 'version: this deadair replays version 2, not 3'],
    ['a version that is text', set('version', '1'), 6, 'version:'],
    ['a seed of another type', set('seed', 'seven'), 2, 'seed:'],
    ['a seed that is not whole', set('seed', 1.5), 2, 'seed:'],
    ['a window below zero', set('windowMs', -1), 2, 'windowMs:'],
    ['a choice without pick', set('choices', [{ instead: 'a#0', nth: 0 }]), 2, 'choices.0.pick:'],
    ['a choice below zero', set('choices', [{ instead: 'a#0', nth: -1, pick: 'b#0' }]), 2, 'choices.0.nth:'],
    ['an unknown field', set('speed', 3), 2, 'speed'],
    ['a short hash', set('traceHash', 'abc'), 2, 'traceHash: must be 16 hexadecimal digits'],
    ['an unknown kind', set('violation.kind', 'odd'), 2, 'violation.kind:'],
    ['no violation', set('violation', undefined), 2, 'violation:'],
    ['no hazards', set('hazards', undefined), 2, 'hazards:'],
    ['half a critical pair', set('critical', { first: 'a#0' }), 2, 'critical.second:'],
    ['an edited scenario', set('scenario.durationS', 7.5), 6, 'scenarioHash: the scenario has'],
    ['an edited policy', set('scenario.policy.lockTtlMs', 2_000), 6, 'was changed by hand'],
    ['a scenario that makes no sense', set('scenario.durationS', -1), 2, 'scenario.durationS:'],
    ['a scenario with an unknown key', set('scenario.colour', 'red'), 2, 'colour'],
    ['another scenario hash', set('scenarioHash', '0123'), 6, 'not 0123'],
  ])('%s is refused with the field', (_name, text, exitCode, message) => {
    let problem: unknown;
    try {
      parseRepro(text(), 'it.json');
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(DeadairError);
    expect((problem as DeadairError).message).toContain(message);
    expect((problem as DeadairError).message).toContain('it.json');
    expect((problem as DeadairError).exitCode).toBe(exitCode);
  });

  test('made by an older deadair with another scenario says so', () => {
    const text = edited((copy) => Object.assign(copy, { deadairVersion: '0.0.1', scenarioHash: '0123' }))();
    expect(() => parseRepro(text, 'it.json')).toThrow(/was made by deadair 0\.0\.1/);
  });
});

describe('a schedule of a hazard gives the same trace', () => {
  const id = 'lock-no-fence';
  let text = '';
  let hash = '';

  beforeAll(async () => {
    const collaborators = collaboratorsOf(...hazards.filter((hazard) => hazard.id === id));
    const { caught } = await hunt(base, { collaborators, schedules: 4_000 });
    text = renderRepro(reproOf(caught!, [id]));
    hash = caught!.traceHash;
  }, 120_000);

  /** Replays with the built package. */
  const source = (tail: string) => `
    const load = (path) => import(new URL(path, base).href);
    const { parseRepro, replayCase, suspectOf } = await load('sim/explore/index.js');
    const { replacementsOf } = await load('sim/cli/hunt/hazards-of.js');
    const repro = parseRepro(text, 'it.json');
    const { traceHash, violation } = await replayCase(suspectOf(repro), { collaborators: replacementsOf(repro.hazards) });
    ${tail}(JSON.stringify({ traceHash, oracle: violation?.oracle }));`;
  const dist = new URL('../../../dist/', import.meta.url).href;
  const expected = () => ({ traceHash: hash, oracle: parseRepro(text, 'it.json').violation.oracle });

  test('in this process, again and again', async () => {
    const collaborators = collaboratorsOf(...hazards.filter((hazard) => hazard.id === id));
    for (let time = 0; time < 2; time++)
      expect((await replayCase(suspectOf(parseRepro(text, 'it.json')), { collaborators })).traceHash).toBe(hash);
  });

  test('in a worker thread', async () => {
    const body = `const { parentPort, workerData: { text, base } } = require('node:worker_threads');
      (async () => { ${source('parentPort.postMessage')} })();`;
    const answer = await new Promise<string>((resolve, reject) => {
      const worker = new Worker(body, { eval: true, workerData: { text, base: dist } });
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(JSON.parse(answer)).toEqual(expected());
  });

  for (const major of ['22', '24']) {
    const node = `.nodes/${major}/bin/node`;
    if (existsSync(node)) {
      test(`on Node ${major}`, async () => {
        const body = `const text = process.env.REPRO, base = process.env.BASE; ${source('console.log')}`;
        const env = { ...process.env, REPRO: text, BASE: dist };
        const { stdout } = await promisify(execFile)(node, ['--input-type=module', '--eval', body], { env });
        expect(JSON.parse(stdout)).toEqual(expected());
      });
    } else {
      test.skip(`on Node ${major} (left out: there is no ${node}; .ci/run fetches it)`, () => undefined);
    }
  }
});
