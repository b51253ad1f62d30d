import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { crossroads } from '../../scenarios/crossroads.js';
import { collaboratorsOf, hazards } from '../../scenarios/hazards/index.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { fastCheckHunt, type Manner } from './fast-check/property.js';
import { type DetectionRow, measureDetection, ratioOf } from './hunting/detection-bench.js';
import { measureRates } from './hunting/rates.js';
import { detectionTable, rateRows, ratioRows, sizeRows } from './hunting/report.js';
import { measureSizes } from './hunting/sizes.js';

const scenario = resolveScenario(crossroads);
const coreWith = (id: string) => collaboratorsOf(hazards.find((hazard) => hazard.id === id)!);

describe.each<Manner>(['documented', 'windowed'])("the core under fast-check's scheduler, %s", (manner) => {
  it('finds a hazard, and the same seed finds it at the same schedule', { timeout: 60_000 }, async () => {
    const once = () =>
      fastCheckHunt({ scenario, manner, seed: 3, schedules: 60, collaborators: coreWith('count-by-increment') });
    const first = await once();
    expect(first.violation).not.toBeNull();
    const second = await once();
    expect(second.schedules).toBe(first.schedules);
    expect(second.tasks).toBe(first.tasks);
    expect(second.violation).toEqual(first.violation);
  });

  it('does not object to the correct core', { timeout: 60_000 }, async () => {
    const { schedules, violation, tasks } = await fastCheckHunt({ scenario, manner, seed: 1, schedules: 40 });
    expect(violation).toBeNull();
    expect(schedules).toBe(40);
    // it has really been at work: hundreds of releases in a run
    expect(tasks).toBeGreaterThan(40 * 200);
  });
});

describe('benches of the hunt', () => {
  it('count schedules to detection, the same in each run', { timeout: 120_000 }, async () => {
    const task = { hazards: ['join-torn'], tools: ['portfolio', 'random', 'fast-check'], seeds: 2, budget: 40 };
    const rows = await measureDetection(task);
    expect(rows.map(({ tool, found }) => [tool, found])).toEqual(task.tools.map((tool) => [tool, 2]));
    // a seed begins in the order of time, and this hazard needs no more
    expect(rows.map(({ tame }) => tame)).toEqual([2, 2, null]);
    const again = await measureDetection(task);
    expect(again.map(({ schedules }) => schedules)).toEqual(rows.map(({ schedules }) => schedules));
    expect(detectionTable(rows)).toContain('join-torn');
    expect(ratioRows(rows, 40).map(({ what }) => what.split(' ')[0])).toEqual(['random', 'fast-check']);
  });

  it('hunt each hazard in its own world, where fast-check has nothing to offer', { timeout: 120_000 }, async () => {
    const task = { hazards: ['accept-no-cas'], tools: ['portfolio', 'fast-check'], seeds: 1, budget: 60 };
    const rows = await measureDetection(task);
    expect(rows.map(({ tool, found, oracles }) => [tool, found, oracles])).toEqual([
      ['portfolio', 1, { 'single-accept': 1 }],
    ]);
  });

  it('compare medians over hazards of two or more ordered events only', () => {
    const row = (hazard: string, tool: string, median: number | null): DetectionRow => ({
      hazard,
      tool,
      median,
      hunts: 1,
      found: median === null ? 0 : 1,
      interval: [median, median],
      schedules: [median],
      oracles: {},
      tame: null,
      cpuMs: 1,
      accusations: 0,
    });
    const rows = [
      row('break-before-make', 'portfolio', 1), // one event
      row('break-before-make', 'random', 90),
      row('lock-no-fence', 'portfolio', 2),
      row('lock-no-fence', 'random', 8),
      row('join-torn', 'portfolio', 10),
      row('join-torn', 'random', 5),
      row('no-epoch', 'portfolio', 4),
      row('no-epoch', 'random', null),
      row('queue-ghost', 'portfolio', null),
      row('queue-ghost', 'random', null),
    ];
    const summary = ratioOf(rows, 'portfolio', 'random', 100);
    expect(summary).toEqual({ hazards: 3, median: 4, otherWins: ['join-torn'], onlyBase: ['no-epoch'], onlyOther: [] });
  });

  it('measure rates of both worlds', { timeout: 120_000 }, async () => {
    const figures = await measureRates(0.02, 2);
    expect(figures.map(({ world, strategy }) => `${world} ${strategy}`)).toEqual([
      'three-joins random',
      'three-joins portfolio',
      'one-migration random',
      'one-migration portfolio',
    ]);
    for (const { judged, unjudged, timed, eventsJudged } of figures) {
      expect(Math.min(judged, unjudged, timed)).toBeGreaterThan(0);
      expect(eventsJudged).toBeGreaterThan(100);
    }
    expect(rateRows(figures)).toHaveLength(4);
  });

  it('minimise what the portfolio finds', { timeout: 120_000 }, async () => {
    const [figures] = await measureSizes({ hazards: ['count-by-increment'], budget: 200, seed: 1 });
    expect(figures).toMatchObject({ hazard: 'count-by-increment', shortest: 2, minimised: { complete: true } });
    const { actions, faults, choices, events, actors, beyondSetUp } = figures!.minimised!;
    expect(events).toBe(actions + faults + choices);
    expect(beyondSetUp).toBe(events - actors);
    expect(sizeRows([figures!])).toHaveLength(2);
  });

  it('take the time of the zoo, in threads of the built program', { timeout: 120_000 }, async () => {
    const task = { hazards: ['ack-in-memory', 'join-torn'], tools: [], seeds: 1, budget: 80, workers: 2 };
    const part = ['dist/test/bench/part.js', 'zoo', JSON.stringify(task)];
    const { stdout } = await promisify(execFile)(process.execPath, part);
    expect(JSON.parse(stdout)).toMatchObject({ hunts: 2, found: 2, missed: [], workers: 2 });
  });
});
