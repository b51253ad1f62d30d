import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  failuresOf,
  type GateResult,
  readBaseline,
  readGate,
  renderAnnotations,
  renderBaseline,
  renderGateHtml,
  renderGateJson,
  renderGateJunit,
  renderGateMarkdown,
  renderGateTerminal,
} from '../../../reports/gate/index.js';
import { compareWithBaseline, makeBaseline } from '../../../sim/gate/index.js';
import { fixtureGate, fixtureRun } from './gate-fixture.js';

/** A gate in which `count` scenarios miss a level, and one violates safety. */
function failing(count: number): GateResult {
  const runs = Array.from({ length: count }, (_, index) => `slow-${index}`).flatMap((name) =>
    [1, 2, 3].map((seed) => fixtureRun(name, seed, [200 + seed, 0])),
  );
  const bad = {
    ...fixtureRun('unsafe', 3, [1, 0]),
    verdict: 'safety' as const,
    violations: [{ oracle: 'one-path', kind: 'safety' as const, atS: 2, message: 'nasty <b>|`%,: \u0007\nline' }],
  };
  return fixtureGate([...runs, fixtureRun('unsafe', 1, [1, 0]), fixtureRun('unsafe', 2, [1, 0]), bad]);
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-gate-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('what is worst stands first, with expected, found, worst seed and command', () => {
  const [first, second] = failuresOf(failing(2));
  expect(first).toMatchObject({ scenario: 'unsafe', kind: 'safety', what: 'one-path', seed: 3, seeds: '1 of 3 seeds' });
  expect(first!.command).toBe('deadair run unsafe --seed 3');
  expect(second).toMatchObject({
    kind: 'slo',
    what: 'join_latency_ms',
    expected: 'p(95)<200',
    found: '203\u00a0ms',
    seed: 3,
  });
});

test('the command names the suite where the suite sets something, in every format', () => {
  const gate = failing(1);
  const [slow, ...others] = gate.suite.scenarios;
  const overrides = [`expectations.join_latency_ms=["p(95)<200"]`];
  const suite = { ...gate.suite, reference: 'voice.yaml', scenarios: [{ ...slow!, overrides }, ...others] };
  const result = { ...gate, suite };
  expect(failuresOf(result).map(({ command }) => command)).toEqual([
    'deadair run unsafe --seed 3',
    'deadair run slow-0 --suite voice.yaml --seed 3',
  ]);
  const alone = { ...result, scenarios: result.scenarios.filter(({ name }) => name === 'slow-0') };
  const command = 'deadair run slow-0 --suite voice.yaml --seed 3';
  for (const text of [
    renderGateTerminal(alone, { color: false }),
    renderGateMarkdown(alone),
    renderGateJunit(alone),
    renderGateHtml(alone),
    renderAnnotations(alone),
  ])
    expect(text).toContain(command);
  // a result of an earlier version does not know its suite
  const { reference: _, ...earlier } = suite;
  expect(failuresOf({ ...result, suite: earlier })[1]!.command).toContain("--set 'expectations.join_latency_ms=");
});

describe('annotations', () => {
  test('at most ten, the last says how many more', () => {
    const lines = renderAnnotations(failing(12)).trimEnd().split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[9]).toBe('::error title=deadair gate::4 more objections; see the step summary');
    expect(renderAnnotations(failing(9)).trimEnd().split('\n')).toHaveLength(10);
    expect(renderAnnotations(failing(9))).not.toContain('more objections');
  });

  test('nothing in them ends the command early', () => {
    const [line] = renderAnnotations(failing(0)).split('\n');
    expect(line).toMatch(/^::error title=unsafe%3A one-path::expected never, found nasty/);
    expect(line).toContain('%25');
    expect(line).toContain('%0Aline');
  });

  test('none when everything held', () => {
    expect(renderAnnotations(fixtureGate([fixtureRun('a', 1, [1, 0])]))).toBe('');
  });
});

describe('JUnit', () => {
  test('counts what it holds', () => {
    const xml = renderGateJunit(failing(2));
    expect(xml).toContain('<testsuites name="deadair gate fixture" tests="9" failures="3" errors="0" skipped="0">');
    expect(xml.match(/<testcase /g)).toHaveLength(9);
    expect(xml.match(/<failure /g)).toHaveLength(3);
    expect(xml).not.toContain('\u0007');
    expect(xml).toContain('deadair run slow-0 --seed 3');
  });

  test('what was not run is an error: an interrupted gate is not green', () => {
    const whole = failing(1);
    const xml = renderGateJunit({ ...whole, missing: [{ scenario: 'later', seed: 4 }] });
    expect(xml).toContain('<testcase name="later, seed 4"');
    expect(xml).toMatch(/<testsuites [^>]* errors="1" skipped="0">/);
  });
});

describe('the page', () => {
  const result = failing(2);
  const html = renderGateHtml(result);

  test('needs nothing from anywhere, and its policy allows its own style only', () => {
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|\son\w+=/);
    const style = /<style>([\s\S]*)<\/style>/.exec(html)![1]!;
    const hash = createHash('sha256').update(style).digest('base64');
    expect(html).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    // an attribute would be forbidden by it
    expect(html).not.toMatch(/\sstyle=/);
  });

  test('shows every scenario, escapes what it shows, and is the same for the same result', () => {
    for (const name of ['slow-0', 'slow-1', 'unsafe']) expect(html).toContain(`<span>${name}</span>`);
    expect(html).toContain('nasty &lt;b&gt;');
    expect(renderGateHtml(failing(2))).toBe(html);
  });

  test('names regressions and improvements', () => {
    const runs = (factor: number) => [1, 2, 3, 4].map((seed) => fixtureRun('a', seed, [(100 + seed) * factor, 0]));
    const worse = compareWithBaseline(fixtureGate(runs(1.11)), makeBaseline(fixtureGate(runs(1))));
    expect(renderGateHtml(worse)).toContain('+11 %, 95 % interval 11..11 %');
    const better = compareWithBaseline(fixtureGate(runs(0.5)), makeBaseline(fixtureGate(runs(1))));
    for (const text of [
      renderGateHtml(better),
      renderGateMarkdown(better),
      renderGateTerminal(better, { color: false }),
    ])
      expect(text).toMatch(/-50 %, 95\W? %/);
  });
});

test('Markdown keeps its table whole', () => {
  const rows = renderGateMarkdown(failing(1))
    .split('\n')
    .filter((line) => line.startsWith('| unsafe | one'));
  expect(rows).toHaveLength(1);
  expect(rows[0]!.replaceAll('\\|', '').match(/\|/g)).toHaveLength(6);
});

test('the summary keeps to 80 columns but for commands', () => {
  const text = renderGateTerminal(failing(12), { color: false });
  const long = text.split('\n').filter((line) => line.length > 80 && !line.startsWith('  deadair'));
  expect(long).toEqual([]);
  expect(text).toContain('and 3 more in the result');
});

describe('files', () => {
  test('come back as they were written', async () => {
    const path = join(folder, 'gate.json');
    const result = failing(1);
    await writeFile(path, renderGateJson(result));
    expect(await readGate(path)).toEqual(result);
    const baseline = makeBaseline(result);
    await writeFile(path, renderBaseline(baseline));
    expect(await readBaseline(path)).toEqual(baseline);
    await expect(readGate(path)).rejects.toThrow(`${path} is no gate result but a file of kind deadair-baseline`);
  });

  test.each([
    ['', 'is empty'],
    ['{"kind": "deadair-gate", "schema', 'is not whole'],
    ['[]', 'is no gate result but something else'],
    ['{"kind": "deadair-gate", "schemaVersion": 7}', 'schemaVersion is 7, this deadair reads 1'],
    ['{"kind": "deadair-gate", "schemaVersion": 1}', 'deadairVersion: is not as it should be'],
  ])('%j is refused in one line', async (text, message) => {
    const path = join(folder, 'bad.json');
    await writeFile(path, text);
    await expect(readGate(path)).rejects.toThrow(message);
  });
});
