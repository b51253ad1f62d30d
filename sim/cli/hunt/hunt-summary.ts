import picocolors from 'picocolors';
import { formatNumber } from '../../../reports/format.js';
import { wrap } from '../../../reports/terminal-report.js';
import type { HuntResult, Repro } from '../../explore/index.js';
import { marksReport } from '../../oracles/marks/index.js';

/** What a hunt has explored and found, for a terminal. */
export function renderHunt(
  result: HuntResult,
  repro: Repro | null,
  options: {
    readonly color: boolean;
    /** Files. */
    readonly written: readonly string[];
    /** The repro, if it is among them. */
    readonly replay: string;
    /** Commands that hunt the same hazards in the scenarios that are made for them. */
    readonly elsewhere: readonly string[];
  },
): string {
  const paint = picocolors.createColors(options.color);
  const number = (value: number) => formatNumber(value, 0);
  const { exhaustive } = result;
  const explored = `${number(result.schedules)} ${nounOf(result.schedules, 'schedule')} of ${number(result.seeds)} ${nounOf(result.seeds, 'seed')}, ${number(result.decisions)} decisions, ${number(result.orders)} orders of access, ${number(result.schedulesPerSecond)} schedules/s`;
  const lines: string[] = [''];
  if (exhaustive !== null) {
    const { exhausted, pruned, windowMs } = exhaustive;
    lines.push(
      ...wrap(
        exhausted
          ? `Covered everything: ${number(result.schedules)} schedules (${number(pruned)} pruned), window ${windowMs} ms`
          : `Not finished: ${number(result.schedules)} schedules (${number(pruned)} pruned), window ${windowMs} ms; give it more --schedules, a smaller --window or a shorter script`,
        78,
      ),
    );
  }
  if (repro === null) {
    const title = result.interrupted ? 'Interrupted' : 'Nothing found';
    const [first = '', ...more] = wrap(`${title} ${explored}`, 77);
    const painted = (result.interrupted ? paint.yellow : paint.green)(paint.bold(title));
    lines.push(
      first.replace(`${title} `, `${painted}  `),
      ...more,
      ...options.elsewhere.map((command) => `The zoo hunts it with: ${command}`),
    );
  } else {
    const { violation, minimised } = repro;
    lines.push(
      `${paint.red(paint.bold('Found'))}  ${violation.oracle} (${violation.kind}), seed ${repro.seed}, strategy ${repro.strategy}`,
    );
    lines.push(...wrap(violation.message, 78).map((line) => `  ${line}`));
    lines.push(...wrap(`After ${explored}.`, 78));
    if (minimised !== null) {
      const { actors, actions, faults, choices, replays, complete } = minimised;
      lines.push(
        ...wrap(
          `Minimised with ${replays} ${nounOf(replays, 'replay')} to ${actors} ${actors === 1 ? 'person' : 'people'}, ${actions} ${nounOf(actions, 'action')}, ${faults} ${nounOf(faults, 'fault')}, ${choices} ${nounOf(choices, 'departure')} from the order of time${complete ? '; each is necessary' : ' (budget used up)'}.`,
          78,
        ),
      );
    }
    if (repro.critical !== null)
      lines.push(
        'Critical pair: swap these two and it passes',
        `  1. ${repro.critical.first}`,
        `  2. ${repro.critical.second}`,
      );
    const on = Object.entries(result.caught?.swarm ?? {}).flatMap(([name, value]) =>
      value === false ? [] : [value === true ? name : `${name}=${value}`],
    );
    if (on.length > 0) lines.push(...wrap(`Swarm: ${on.join(', ')}`, 78));
    lines.push(
      ...options.written.map((path) => `wrote ${path}`),
      ...failures(result),
      ...(options.written.includes(options.replay) ? [`Again: deadair replay ${options.replay}`] : []),
    );
  }
  if (result.reach !== null) lines.push('', ...reached(result.reach));
  return `${lines.join('\n').replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ')}\n`;
}

function nounOf(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}

/** Of a hunt that has kept going: how often each oracle objected, and which options go with violations. */
function failures(result: HuntResult): string[] {
  const total = result.violations.reduce((sum, { count }) => sum + count, 0);
  if (total < 2) return [];
  const [what, of] = result.exhaustive === null ? ['seeds', result.seeds] : ['schedules', result.schedules];
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const options = result.swarm
    .rows()
    .filter(({ seeds, shareWith, shareWithout }) => seeds < of && shareWith > shareWithout);
  return [
    `${total} of ${of} ${what} (${percent(total / of)}) show a violation:`,
    ...result.violations.map(({ oracle, kind, count }) => `  ${String(count).padStart(6)}  ${oracle} (${kind})`),
    ...(options.length === 0 || result.exhaustive !== null
      ? []
      : ['Options that go with violations: share of seeds with it, without it']),
    ...(result.exhaustive !== null
      ? []
      : options
          .slice(0, 10)
          .map(
            ({ option, shareWith, shareWithout, seeds }) =>
              `  ${option.padEnd(20)} ${percent(shareWith).padStart(8)} ${percent(shareWithout).padStart(8)}  of ${seeds} seeds`,
          )),
  ];
}

/** What was reached, and what never. */
function reached({ marks, transitions }: NonNullable<HuntResult['reach']>): string[] {
  const rows = transitions.table();
  const missing = rows.filter(({ count }) => count === 0);
  const taken = rows.length - missing.length;
  return [
    ...marksReport(marks)
      .trimEnd()
      .split('\n')
      .flatMap((line) => wrap(line, 78)),
    `${taken} of ${rows.length} transitions of the migration machine taken${missing.length === 0 ? '' : '; never:'}`,
    ...missing.map(({ machine, state, event }) => `  ${machine}: ${state} ${event}`),
  ];
}
