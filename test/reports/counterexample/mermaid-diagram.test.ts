import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderIssue, renderMermaid } from '../../../reports/counterexample/index.js';
import { escapeMermaid } from '../../../reports/counterexample/mermaid-diagram.js';
import { leastFixture, longFixture, raceFixture } from './counterexample-fixture.js';

/** Entity codes as Mermaid puts them aside before it parses, and back when it draws. */
const aside = (text: string) => text.replace(/#\w+;/g, '\u0001');
const drawn = (text: string) => text.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

const LINES = [
  /^sequenceDiagram$/,
  /^ {4}(?:participant|actor) H\d+ as [^;#%<>{}"]+$/,
  /^ {4}H\d+->>H\d+: [^;#%<>{}"]+$/,
  /^ {4}Note (?:right of H\d+|over H\d+(?:,H\d+)?): [^;#%<>{}"]+$/,
  /^ {4}rect rgba\(240, 170, 40, 0\.25\)$/,
  /^ {4}end$/,
];
const nasty = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    'a;b',
    '#35;',
    '%% c',
    'end',
    'style x:#1;',
    'classDef:#2;',
    'wrap: x',
    'nowrap:x',
    '<b>',
    'a->>b: c',
    '\n end\n',
    '{x}',
    '"',
  ),
);

describe('the Mermaid diagram', () => {
  test('of the race', async () => {
    await expect(renderMermaid(raceFixture())).toMatchFileSnapshot('golden/race.mmd');
  });

  test.each([
    ['race', raceFixture()],
    ['long', longFixture(12, 400)],
    ['least', leastFixture()],
  ])('has only lines of the grammar, and at most about 60 arrows (%s)', (_, fixture) => {
    const lines = renderMermaid(fixture).trimEnd().split('\n');
    for (const line of lines)
      expect(
        LINES.some((pattern) => pattern.test(aside(line))),
        line,
      ).toBe(true);
    expect(lines.filter((line) => /->>/.test(line)).length).toBeLessThanOrEqual(60);
    expect(lines.filter((line) => /^ {4}rect/.test(line))).toHaveLength(fixture.critical === null ? 0 : 2);
    expect(lines.filter((line) => /^ {4}end$/.test(line))).toHaveLength(fixture.critical === null ? 0 : 2);
    expect(lines.at(-1)).toContain('✗');
  });

  test('shows any text literally and lets none of it act', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const escaped = escapeMermaid(text);
        expect(aside(escaped)).not.toMatch(/[;#%<>{}"\n\r]|style|classdef|^(?:no)?wrap:/i);
        expect(drawn(escaped)).toBe(text.replace(/[\s\u202f\u00a0]+/g, ' ').trim());
      }),
    );
  });

  test('hostile labels and hosts leave its lines as they are', () => {
    fc.assert(
      fc.property(
        fc.array(nasty, { minLength: 25, maxLength: 25 }),
        fc.uniqueArray(nasty, { minLength: 5, maxLength: 5 }),
        (labels, ids) => {
          const race = raceFixture();
          const rename = new Map(race.hosts.map(({ id }, index) => [id, `h${ids[index]}`]));
          const hosts = race.hosts.map((host) => ({ ...host, id: rename.get(host.id) ?? '' }));
          const events = race.events.map(({ from, ...event }, index) => ({
            ...event,
            label: labels[index] ?? '',
            host: rename.get(event.host) ?? '',
            ...(from === undefined ? {} : { from: rename.get(from) ?? '' }),
          }));
          for (const line of renderMermaid({ ...race, hosts, events })
            .trimEnd()
            .split('\n')) {
            expect(
              LINES.some((pattern) => pattern.test(aside(line))),
              line,
            ).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the issue', () => {
  test('of the race', async () => {
    await expect(renderIssue(raceFixture())).toMatchFileSnapshot('golden/race.issue.txt');
  });

  test('no text leaves its place', () => {
    const evil = '`|@someone #1 <img src=x> ``` \n# head';
    const issue = renderIssue(
      raceFixture({
        violation: { oracle: evil, kind: 'safety', message: evil, atUs: 1, subjects: [evil] },
        actions: [{ atS: 1, actor: evil, what: evil }],
        scenario: { name: evil, hash: evil },
      }),
    );
    const outside = issue.replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, '').replace(/`[^`\n]*`/g, '');
    expect(outside).not.toMatch(/(?<!\\)<img|@someone|^# head/m);
    expect(issue.split('\n').filter((line) => line.startsWith('| 1.0000 | action'))).toHaveLength(1);
    expect(issue.match(/^```/gm)).toHaveLength(4);
  });

  test('a replay command with backticks gets a longer fence', () => {
    expect(renderIssue(raceFixture({ replay: 'a ``` b' }))).toContain('````sh\na ``` b\n````');
  });
});
