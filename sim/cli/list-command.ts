import { wrap } from '../../reports/terminal-report.js';
import { builtInScenarios } from '../../scenarios/index.js';

/** `deadair list`: the built-in scenarios. */
export function listCommand(options: { readonly json?: boolean }): void {
  if (options.json === true) {
    const list = builtInScenarios.map(({ name, description = '' }) => ({ name, description }));
    process.stdout.write(`${JSON.stringify(list, null, 2)}\n`);
    return;
  }
  const column = Math.max(...builtInScenarios.map(({ name }) => name.length)) + 2;
  const lines = builtInScenarios.flatMap(({ name, description = '' }) =>
    wrap(description, 79 - column).map((line, index) => `${(index === 0 ? name : '').padEnd(column)}${line}`),
  );
  process.stdout.write(`${lines.join('\n')}\n\nRun one with: deadair run <name>\n`);
}
