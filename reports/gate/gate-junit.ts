import { escapeXml } from '../junit-report.js';
import { expectedText, failuresOf, foundText, type GateFailure } from './failures.js';
import type { GateResult, GateScenario } from './gate-schema.js';

/** JUnit XML as CI systems read it: a test suite for each scenario, a test case for its oracles and for each service level. No wall time in it. */
export function renderGateJunit(result: GateResult): string {
  const failures = failuresOf(result);
  const suites = result.scenarios.map((scenario) => suiteOf(scenario, failures, result));
  const missing = missingSuite(result);
  const all = [...suites, ...(missing === null ? [] : [missing])];
  const sum = (field: 'tests' | 'failures' | 'errors' | 'skipped') =>
    all.reduce((total, each) => total + each[field], 0);
  const counts = `tests="${sum('tests')}" failures="${sum('failures')}" errors="${sum('errors')}" skipped="${sum('skipped')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="deadair gate ${escapeXml(result.suite.name)}" ${counts}>`,
    ...all.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Suite {
  readonly xml: string;
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function suiteOf(scenario: GateScenario, failures: readonly GateFailure[], result: GateResult): Suite {
  const { name, seeds, levels } = scenario;
  const className = `deadair.${result.suite.name}.${name}`;
  const own = failures.filter((each) => each.scenario === name);
  const broken = own.filter(({ kind }) => kind === 'broken');
  const found = own.filter(({ kind }) => kind === 'safety' || kind === 'liveness');
  const worse = own.filter(({ kind }) => kind === 'regression');
  const cases = [
    ...(found.length === 0
      ? [testCase('oracles', className)]
      : found.map((each) => failed(each.what, className, each))),
    ...broken.map((each) => failed(each.what, className, each, 'error')),
    ...levels.map((level) => {
      const title = `${level.metric} ${expectedText(level)}`;
      if (level.pass) return testCase(title, className);
      if (level.level === 'warn')
        return testCase(
          title,
          className,
          `<system-out>${escapeXml(`warning: ${title}: ${foundText(level)}`)}</system-out>`,
        );
      const failure = own.find(
        ({ kind, what, expected }) => kind === 'slo' && what === level.metric && expected === expectedText(level),
      );
      return failure === undefined ? testCase(title, className) : failed(title, className, failure);
    }),
    ...worse.map((each) => failed(`${each.what} against the baseline`, className, each)),
  ];
  const figures = {
    tests: cases.length,
    failures: cases.filter((text) => text.includes('<failure')).length,
    errors: broken.length,
    skipped: 0,
  };
  return { ...figures, xml: suiteXml(className, cases, figures, [['seeds', String(seeds)]]) };
}

/** What an interrupted gate has not run: errors, since whoever reads only this file must not take it for a success. */
function missingSuite({ suite, missing }: GateResult): Suite | null {
  if (missing === undefined) return null;
  const className = `deadair.${suite.name}`;
  const cases = missing.map(({ scenario, seed }) =>
    testCase(
      `${scenario}, seed ${seed}`,
      className,
      '<error type="interrupted" message="not run: the gate was interrupted"/>',
    ),
  );
  const figures = { tests: cases.length, failures: 0, errors: cases.length, skipped: 0 };
  return { ...figures, xml: suiteXml(`${className}.interrupted`, cases, figures, []) };
}

function suiteXml(
  name: string,
  cases: readonly string[],
  { tests, failures, errors, skipped }: Omit<Suite, 'xml'>,
  properties: readonly (readonly [string, string])[],
): string {
  const listed = properties.map(([key, value]) => `      <property name="${key}" value="${escapeXml(value)}"/>`);
  return [
    `  <testsuite name="${escapeXml(name)}" tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}">`,
    ...(listed.length === 0 ? [] : ['    <properties>', ...listed, '    </properties>']),
    ...cases,
    '  </testsuite>',
  ].join('\n');
}

function failed(title: string, className: string, failure: GateFailure, element = 'failure'): string {
  const { kind, expected, found, worst, seeds, command } = failure;
  const message = `expected ${expected}, found ${found}`;
  const text = `${message}\n${worst}; ${seeds}\n${command}`;
  const attributes = `type="${kind}" message="${escapeXml(message)}"`;
  return testCase(title, className, `<${element} ${attributes}>${escapeXml(text)}</${element}>`);
}

function testCase(title: string, className: string, inside = ''): string {
  const head = `    <testcase name="${escapeXml(title)}" classname="${escapeXml(className)}"`;
  return inside === '' ? `${head}/>` : `${head}>${inside}</testcase>`;
}
