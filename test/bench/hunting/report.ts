import Table from 'cli-table3';
import { hazards } from '../../../scenarios/hazards/index.js';
import { type DetectionRow, FAST_CHECK, ratioOf } from './detection-bench.js';
import type { RateFigures } from './rates.js';
import type { SizeFigures } from './sizes.js';
import type { ZooFigures } from './zoo-time.js';

/** A line of the bench's table. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  /** null: no target. */
  readonly met: boolean | null;
}

/** What the columns of fast-check mean, and what its adapter cannot do. */
export const FAST_CHECK_NOTE = `found/hunts  median (95 % interval) of schedules to detection; > is beyond the budget.
fast-check: fc.scheduler() around the same core, hazards, workloads, faults and oracles in one process, timers as its guide has them. Messages may be
late without limit, so oracles of timeliness judge only what comes after. fast-check+window: with our latencies and our bound on lateness lent to it.
It cannot express a failover (one store, no replicas): it finds lock-failover as a late write without a fence. Of the links between people it knows
up and down only.`;

const whole = (value: number) => Math.round(value).toLocaleString('en').replaceAll(',', ' ');

/** Schedules a second of processor time, against the targets of the hunt. */
export function rateRows(figures: readonly RateFigures[]): Row[] {
  return figures.map(({ world, strategy, judged, unjudged, timed, eventsJudged, eventsUnjudged, eventsTimed }) => {
    const target = world === 'three-joins' ? 5_000 : 1_000;
    return {
      what: `${world}, ${strategy}`,
      measured:
        `${whole(judged)} schedules per processor second (${whole(eventsJudged)} events each); ` +
        `no oracles ${whole(unjudged)} (${whole(eventsUnjudged)}); in order of time ${whole(timed)} (${whole(eventsTimed)})`,
      target: whole(target),
      met: judged >= target,
    };
  });
}

/** Minimised counterexamples against the shortest known schedules. */
export function sizeRows(figures: readonly SizeFigures[]): Row[] {
  const ratios = (pick: 'events' | 'beyondSetUp') =>
    figures
      .flatMap(({ shortest, minimised }) => (minimised === null ? [] : [minimised[pick] / shortest]))
      .sort((a, b) => a - b);
  const row = (what: string, all: readonly number[], target: string): Row => {
    const within = all.filter((ratio) => ratio <= 2).length;
    const median = all[all.length >> 1] ?? Number.NaN;
    return {
      what,
      measured: `median ${median.toFixed(1)}x, at most ${(all.at(-1) ?? Number.NaN).toFixed(1)}x; ${within} of ${all.length} within 2x`,
      target,
      met: target === '' ? null : within === all.length,
    };
  };
  return [
    row('minimised: actions, faults, departures / shortest known', ratios('events'), 'all within 2x'),
    row('  the same without the first join of each person', ratios('beyondSetUp'), ''),
  ];
}

/** The whole zoo, one seed each. */
export function zooRow({ hunts, found, wallS, cpuS, workers, schedules, missed, correctCore }: ZooFigures): Row {
  const not = missed.length === 0 ? '' : `, not ${missed.join(', ')}`;
  const accused = correctCore === null ? '' : `; BUT ${correctCore} objects to the correct core, too`;
  return {
    what: `whole zoo, one seed each, ${workers} threads`,
    measured: `${wallS.toFixed(1)} s, processor ${cpuS.toFixed(1)} s, ${whole(schedules)} schedules; ${found} of ${hunts} found${not}${accused}`,
    target: '60 s',
    met: wallS <= 60 && found === hunts && correctCore === null,
  };
}

/** How many times as many schedules the others need. */
export function ratioRows(rows: readonly DetectionRow[], budget: number): Row[] {
  return ['random', ...FAST_CHECK].flatMap((other): Row[] => {
    const ratio = ratioOf(rows, 'portfolio', other, budget);
    if (ratio.hazards === 0) return [];
    const names = (list: readonly string[]) => (list.length === 0 ? 'none' : list.join(', '));
    return [
      {
        what: `${other} against portfolio, ${ratio.hazards} hazards of two or more ordered events`,
        measured: `median ${ratio.median.toFixed(2)}x as many schedules; fewer for: ${names(ratio.otherWins)}; found only by portfolio: ${names(ratio.onlyBase)}; only by ${other}: ${names(ratio.onlyOther)}`,
        target: other === FAST_CHECK[0] ? '10x' : '',
        met: other === FAST_CHECK[0] ? ratio.median >= 10 : null,
      },
    ];
  });
}

/** Hazard by hazard: found share, median and its interval for each tool. */
export function detectionTable(rows: readonly DetectionRow[]): string {
  const tools = [...new Set(rows.map(({ tool }) => tool))];
  const table = new Table({ head: ['hazard', 'n', ...tools], style: { head: [], border: [], compact: true } });
  const shown = (count: number | null) => (count === null ? '>' : String(Math.round(count)));
  for (const { id, shortest } of hazards) {
    const cells = tools.map((tool) => rows.find((row) => row.hazard === id && row.tool === tool));
    if (cells.every((cell) => cell === undefined)) continue;
    table.push([
      id,
      String(shortest),
      ...cells.map((cell) =>
        cell === undefined
          ? ''
          : `${cell.found}/${cell.hunts}  ${shown(cell.median)} (${shown(cell.interval[0])}-${shown(cell.interval[1])})`,
      ),
    ]);
  }
  return table.toString();
}
