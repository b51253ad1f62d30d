import type { ExpectationVerdict, RunResult } from './result-schema.js';
import { replayCommand } from './verdict.js';

/** JUnit XML as CI systems read it: one test case per expectation and per oracle. No wall time in it. */
export function renderJunit(result: RunResult): string {
  const suite = `deadair.${result.scenario.name}`;
  const cases = [
    ...oracleCases(result, suite),
    ...result.expectations.map((item) => expectationCase(item, suite, result)),
  ];
  const failures = cases.filter((text) => text.includes('<failure')).length;
  const skipped = cases.filter((text) => text.includes('<skipped')).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="deadair" ${counts}>`,
    `  <testsuite name="${escapeXml(suite)}" ${counts} skipped="${skipped}">`,
    '    <properties>',
    `      <property name="seed" value="${result.seed}"/>`,
    `      <property name="traceHash" value="${escapeXml(result.traceHash)}"/>`,
    `      <property name="replay" value="${escapeXml(replayCommand(result))}"/>`,
    '    </properties>',
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function oracleCases(result: RunResult, suite: string): string[] {
  const names = new Set([...(result.oracles ?? []), ...result.violations.map((item) => item.oracle)]);
  if (names.size === 0) names.add('oracles');
  return [...names].map((name) => {
    const seen = result.violations.filter((item) => item.oracle === name);
    const first = seen[0];
    if (first === undefined) return result.interrupted === true ? skippedCase(name, suite) : testCase(name, suite);
    const lines = seen.slice(0, 20).map((item) => `${item.atS.toFixed(6)} s: ${item.message}`);
    if (seen.length > lines.length) lines.push(`... and ${seen.length - lines.length} more`);
    return testCase(name, suite, {
      type: first.kind,
      message: first.message,
      text: [...lines, replayCommand(result)].join('\n'),
    });
  });
}

function expectationCase(item: ExpectationVerdict, suite: string, result: RunResult): string {
  const name = `${item.metric} ${item.expression}`;
  const actual = item.reason ?? `measured ${item.actual}`;
  if (item.pass) return testCase(name, suite);
  if (item.level === 'warn') return testCase(name, suite, undefined, `warning: ${name}: ${actual}`);
  return testCase(name, suite, { type: 'slo', message: `${name}: ${actual}`, text: replayCommand(result) });
}

function skippedCase(name: string, suite: string): string {
  const head = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(suite)}">`;
  return `${head}<skipped message="the run was interrupted"/></testcase>`;
}

function testCase(
  name: string,
  suite: string,
  failure?: { readonly type: string; readonly message: string; readonly text: string },
  output?: string,
): string {
  const head = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(suite)}"`;
  if (failure !== undefined) {
    const attributes = `type="${escapeXml(failure.type)}" message="${escapeXml(failure.message)}"`;
    return `${head}><failure ${attributes}>${escapeXml(failure.text)}</failure></testcase>`;
  }
  if (output !== undefined) return `${head}><system-out>${escapeXml(output)}</system-out></testcase>`;
  return `${head}/>`;
}

/** Escapes text for XML content and attributes; characters that XML 1.0 cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/\n/g, '&#10;')
    .replace(/[^\t\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
