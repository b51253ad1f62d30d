import Table from 'cli-table3';
import picocolors from 'picocolors';
import { wrap } from '../../../reports/terminal-report.js';
import { type Hazard, worldOf } from '../../../scenarios/hazards/index.js';
import type { ZooRow } from './zoo-command.js';

/** The table of hazards and strategies, at most 80 columns. */
export function renderZoo(
  rows: readonly ZooRow[],
  options: { readonly color: boolean; readonly wallS: number },
): string {
  const paint = picocolors.createColors(options.color);
  const grid = new Table({
    head: ['hazard', 'strategy', 'found', 'median', '95 %', 's', 'oracle'],
    style: options.color
      ? { head: ['bold'], border: ['gray'], compact: true }
      : { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left'],
    chars: {
      left: '',
      right: '',
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      mid: '',
      'left-mid': '',
      'mid-mid': '',
      'right-mid': '',
      middle: ' ',
    },
  });
  for (const row of rows) {
    const found = `${row.found}/${row.hunts}`;
    grid.push([
      row.hazard,
      row.strategy,
      row.found === row.hunts ? paint.green(found) : paint.red(found),
      shown(row.median),
      `${shown(row.interval[0])}-${shown(row.interval[1])}`,
      row.seconds.toFixed(1),
      row.oracles[0]?.[0] ?? '',
    ]);
  }
  const missed = rows.filter(({ found, hunts }) => found < hunts).length;
  const sentence =
    missed === 0
      ? paint.green('Every hazard was found in every hunt.')
      : paint.red(`${missed} of ${rows.length} rows were not found in every hunt.`);
  return `${grid.toString()}\n\n${sentence} ${options.wallS.toFixed(1)} s. Median: schedules to detection.\n`;
}

/** What there is in the zoo, by the scenario that it is hunted in. */
export function renderZooList(hazards: readonly Hazard[]): string {
  const column = Math.max(0, ...hazards.map(({ id }) => id.length)) + 2;
  const worlds = [...new Set(hazards.map((hazard) => worldOf(hazard).name))];
  const lines = worlds.flatMap((world) => [
    `deadair hunt ${world} --hazard ...`,
    ...hazards
      .filter((hazard) => worldOf(hazard).name === world)
      .flatMap(({ id, documented }) =>
        wrap(documented, 77 - column).map((line, index) => `  ${(index === 0 ? id : '').padEnd(column)}${line}`),
      ),
    '',
  ]);
  return `${lines.join('\n').trimEnd()}\n`;
}

function shown(count: number | null): string {
  return count === null ? '>' : String(Math.round(count));
}
