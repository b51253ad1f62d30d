import Table from 'cli-table3';
import picocolors from 'picocolors';
import { wrap } from '../terminal-report.js';
import { changeText, failuresOf, foundText } from './failures.js';
import type { GateResult } from './gate-schema.js';
import { describeGate, scenarioWord } from './gate-words.js';

const WIDTH = 80;
const FAILURES_SHOWN = 10;

/** The summary of a gate for a terminal: what failed first, then every scenario. At most 80 columns, commands excepted. */
export function renderGateTerminal(result: GateResult, options: { readonly color: boolean }): string {
  const paint = picocolors.createColors(options.color);
  const words = describeGate(result);
  const tone = { good: paint.green, warn: paint.yellow, bad: paint.red }[words.tone];
  const lines = [
    `${tone(paint.bold(words.headline))}  suite ${result.suite.name}`,
    ...wrap(words.detail, WIDTH),
    '',
    ...failureLines(result, paint),
    ...improvementLines(result),
    ...scenarioTable(result, paint, options.color),
  ];
  return `${plain(lines.join('\n'))}\n`;
}

type Paint = ReturnType<typeof picocolors.createColors>;

function failureLines(result: GateResult, paint: Paint): string[] {
  const failures = failuresOf(result);
  const lines = failures
    .slice(0, FAILURES_SHOWN)
    .flatMap(({ scenario, what, expected, found, worst, seeds, command }) => {
      const [first = '', ...rest] = wrap(`${scenario}: ${what}: expected ${expected}, found ${found}`, WIDTH - 2);
      return [
        paint.red(`! ${first}`),
        ...rest.map((line) => `  ${line}`),
        `  ${worst}; ${seeds}. Again:`,
        `  ${command}`,
      ];
    });
  const more = failures.length - FAILURES_SHOWN;
  return [...lines, ...(more > 0 ? [`  and ${more} more in the result`] : []), ...(failures.length > 0 ? [''] : [])];
}

function improvementLines({ comparison }: GateResult): string[] {
  const better = (comparison?.changes ?? []).filter(({ outcome }) => outcome === 'improvement');
  if (better.length === 0) return [];
  const lines = better
    .slice(0, FAILURES_SHOWN)
    .flatMap((change) =>
      wrap(`Better: ${change.scenario}: ${change.metric} ${change.statistic} ${changeText(change)}`, WIDTH),
    );
  const more = better.length - FAILURES_SHOWN;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : []), ''];
}

function scenarioTable({ scenarios }: GateResult, paint: Paint, color: boolean): string[] {
  const table = new Table({
    head: ['scenario', 'seeds', '', 'levels', 'first objection'],
    colWidths: [28, 7, 11, 8, 20],
    wordWrap: true,
    style: color ? { head: ['bold'], border: ['gray'], compact: true } : { head: [], border: [], compact: true },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  for (const { name, seeds, verdict, levels, violations, problems } of scenarios) {
    const missed = levels.filter(({ pass, level }) => !pass && level === 'fail');
    const first = missed[0];
    const objection =
      violations[0]?.oracle ?? problems[0]?.code ?? (first === undefined ? '' : `${first.metric} ${foundText(first)}`);
    const met = levels.filter(({ pass }) => pass).length;
    const word = scenarioWord(verdict);
    table.push([
      name,
      String(seeds),
      verdict === 'pass' ? paint.green(word) : paint.red(word),
      levels.length === 0 ? '-' : `${met}/${levels.length}`,
      plain(objection),
    ]);
  }
  return table.toString().split('\n');
}

function plain(text: string): string {
  return text.replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ');
}
