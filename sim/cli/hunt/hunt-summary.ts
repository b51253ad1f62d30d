import picocolors from 'picocolors';
import { formatNumber } from '../../../reports/format.js';
import { wrap } from '../../../reports/terminal-report.js';
import type { HuntResult, Repro } from '../../explore/index.js';

/** What a hunt has explored and found, for a terminal. */
export function renderHunt(
  result: HuntResult,
  repro: Repro | null,
  options: { readonly color: boolean; readonly written: readonly string[] },
): string {
  const paint = picocolors.createColors(options.color);
  const number = (value: number) => formatNumber(value, 0);
  const explored = `${number(result.schedules)} schedules of ${number(result.seeds)} seeds, ${number(result.decisions)} decisions, ${number(result.orders)} orders of access, ${number(result.schedulesPerSecond)} schedules/s`;
  const lines: string[] = [''];
  if (repro === null) {
    lines.push(
      `${result.interrupted ? paint.yellow(paint.bold('Interrupted')) : paint.green(paint.bold('Nothing found'))}  ${explored}`,
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
          `Minimised with ${replays} replays to ${actors} people, ${actions} actions, ${faults} faults, ${choices} departures from the order of time${complete ? '; each is necessary' : ' (budget used up)'}.`,
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
      `Again: deadair replay ${options.written[0] ?? 'the repro'}`,
    );
  }
  return `${lines.join('\n').replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ')}\n`;
}
