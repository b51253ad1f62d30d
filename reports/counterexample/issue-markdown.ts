import type { Counterexample } from './counterexample-schema.js';
import { renderMermaid } from './mermaid-diagram.js';
import { scheduleOf } from './schedule.js';
import { eventTime, minimisedSentence, plainSpaces, swapSentence } from './wording.js';

/** The counterexample as GitHub Markdown, for an issue or a pull request: what, why, the picture, how to see it again. */
export function renderIssue(counterexample: Counterexample): string {
  const { violation, critical, scenario, seed, strategy, hazard, events } = counterexample;
  const subjects = violation.subjects.length === 0 ? '' : ` (${violation.subjects.map(escapeMarkdown).join(', ')})`;
  const label = (n: number) => {
    const event = events.find((candidate) => candidate.n === n);
    return event === undefined ? '' : `${eventTime(event.atUs)} s, ${event.host}: ${event.label}`;
  };
  const pair =
    critical === null
      ? []
      : [
          '### The critical pair',
          '',
          `1. ${escapeMarkdown(label(critical.first))}`,
          `2. ${escapeMarkdown(label(critical.second))}`,
          '',
          `${escapeMarkdown(critical.sentence)} **${swapSentence(counterexample)}**`,
          '',
        ];
  const rows = scheduleOf(counterexample).map(
    ({ atUs, kind, who, what }) =>
      `| ${eventTime(atUs)} | ${kind} | ${escapeMarkdown(who)} | ${escapeMarkdown(what)} |`,
  );
  return [
    `## ❌ ${escapeMarkdown(violation.oracle)}: ${escapeMarkdown(violation.message)}`,
    '',
    `A ${violation.kind} violation at ${eventTime(violation.atUs)} s${subjects}. ${minimisedSentence(counterexample)}`,
    '',
    ...fenced('sh', counterexample.replay),
    '',
    ...pair,
    '### What happens',
    '',
    ...fenced('mermaid', renderMermaid(counterexample).trimEnd()),
    '',
    ...(rows.length === 0
      ? []
      : ['### The minimal schedule', '', '| at (s) | | who | what |', '|---:|---|---|---|', ...rows, '']),
    `Scenario ${code(scenario.name)} (${code(scenario.hash)}), ${hazard === undefined ? '' : `hazard ${code(hazard)}, `}seed ${seed}, strategy ${code(strategy)}, deadair ${escapeMarkdown(counterexample.deadairVersion)}.`,
    '',
  ].join('\n');
}

/** A fence longer than any run of backticks in the text. */
function fenced(language: string, text: string): string[] {
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return [`${fence}${language}`, text, fence];
}

function code(text: string): string {
  return `\`${plainSpaces(text).replaceAll('`', "'")}\``;
}

/** Also `#` and `@`, which GitHub makes to links and mentions: a mention is broken by a space of no width. */
function escapeMarkdown(text: string): string {
  return plainSpaces(text)
    .replaceAll('&', '&amp;')
    .replace(/[\\`*_[\]<>|~#!]/g, '\\$&')
    .replace(/@(?=\w)/g, '@\u200b');
}
