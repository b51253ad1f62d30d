import { escapeMarkdown } from '../markdown-report.js';
import { changeText, failuresOf } from './failures.js';
import type { GateResult } from './gate-schema.js';
import { describeGate, scenarioWord } from './gate-words.js';

const FAILURES_SHOWN = 20;

/** A summary in GitHub Markdown, for the step summary of a CI job. */
export function renderGateMarkdown(result: GateResult): string {
  const words = describeGate(result);
  const sign = { good: '✅', warn: '⚠️', bad: '❌' }[words.tone];
  return [
    `## ${sign} deadair gate: ${words.headline}`,
    '',
    `Suite **${escapeMarkdown(result.suite.name)}**: ${escapeMarkdown(words.detail)}`,
    '',
    ...failureLines(result),
    ...changeLines(result),
    ...scenarioLines(result),
    `Suite \`${result.suite.hash}\`, deadair ${result.deadairVersion}.`,
    '',
  ].join('\n');
}

function failureLines(result: GateResult): string[] {
  const failures = failuresOf(result);
  if (failures.length === 0) return [];
  const rows = failures
    .slice(0, FAILURES_SHOWN)
    .map(
      ({ scenario, what, expected, found, seed, seeds }) =>
        `| ${escapeMarkdown(scenario)} | ${escapeMarkdown(what)} | ${code(expected)} | ${escapeMarkdown(found)} | ${seed} (${escapeMarkdown(seeds)}) |`,
    );
  const more =
    failures.length > FAILURES_SHOWN ? [`${failures.length - FAILURES_SHOWN} more in the result file.`, ''] : [];
  return [
    '### What failed',
    '',
    '| scenario | what | expected | found | worst seed |',
    '|---|---|---|---|---:|',
    ...rows,
    '',
    ...more,
    'The first one again:',
    '',
    '```sh',
    failures[0]!.command,
    '```',
    '',
  ];
}

function changeLines({ comparison }: GateResult): string[] {
  const better = (comparison?.changes ?? []).filter(({ outcome }) => outcome === 'improvement');
  if (better.length === 0) return [];
  const lines = better
    .slice(0, FAILURES_SHOWN)
    .map(
      (change) =>
        `- ${escapeMarkdown(`${change.scenario}: ${change.metric} ${change.statistic} ${changeText(change)}`)}`,
    );
  return ['### Better than the baseline', '', ...lines, ''];
}

function scenarioLines({ scenarios }: GateResult): string[] {
  const rows = scenarios.map(({ name, seeds, verdict, levels }) => {
    const met = levels.filter(({ pass }) => pass).length;
    return `| ${escapeMarkdown(name)} | ${seeds} | ${levels.length === 0 ? '-' : `${met} of ${levels.length}`} | ${verdict === 'pass' ? '✅' : '❌'} ${scenarioWord(verdict)} |`;
  });
  return [
    '<details><summary>Scenarios</summary>',
    '',
    '| scenario | seeds | levels met | |',
    '|---|---:|---:|---|',
    ...rows,
    '',
    '</details>',
    '',
  ];
}

/** Text as code in a table cell. */
function code(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}
