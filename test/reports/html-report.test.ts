import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { alignSteps } from '../../reports/html/step-series.js';
import { renderHtml } from '../../reports/index.js';
import { emptyResult, fixtureResult } from './result-fixture.js';

const page = renderHtml(fixtureResult());

describe('the page', () => {
  test('is the same, byte for byte, however long the run took', () => {
    expect(renderHtml(fixtureResult({ wallSeconds: 99 }))).toBe(page);
  });

  test('asks for nothing: no address in any attribute or style', () => {
    const own = page.replace(/<script>[\s\S]*?<\/script>/g, '');
    expect(own.match(/\b(?:src|href|action|data|poster)="(?!data:image)[^"]*"/g)).toBeNull();
    expect(own).not.toMatch(/url\((?!#)/);
    expect(own).not.toMatch(/@import/);
    expect(page).not.toContain('sourceMappingURL');
  });

  test('allows by its policy exactly the scripts and the style that it has', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => hash(match[1] as string));
    expect(scripts).toHaveLength(3);
    expect(/script-src ([^;]*)/.exec(policy)?.[1]?.split(' ')).toEqual(scripts);
    expect(policy).toContain(`style-src ${hash(/<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '')}`);
    expect(page.replace(/<script>[\s\S]*?<\/script>/g, '')).not.toMatch(/\sstyle="|\son[a-z]+="/);
  });

  test('shows what it is given as text', () => {
    const evil = '</script><img src=x onerror=alert(1)>';
    const bad = renderHtml(
      fixtureResult({
        notes: [evil],
        scenario: { name: evil, description: evil, hash: evil, options: { evil } },
        replay: evil,
        gaps: [{ atS: 1, durationMs: 5, listener: evil, talker: evil, channelId: 1, cause: evil }],
        faults: [{ kind: evil, target: evil, fromS: 1, toS: 2 }],
        violations: [
          {
            oracle: evil,
            kind: 'safety',
            atS: 1,
            message: evil,
            subjects: [evil],
            events: [{ atUs: 1, from: evil, to: evil, kind: evil, label: evil }],
          },
        ],
      }),
    );
    expect(bad).not.toContain('<img');
    expect(bad.match(/<\/script>/g)).toHaveLength(4);
  });

  test('has a text for every picture', () => {
    const canvases = page.match(/<canvas [^>]*>/g) ?? [];
    expect(canvases).toHaveLength(6);
    for (const canvas of canvases) expect(canvas).toMatch(/role="img" aria-label="[^"]{40,}"/);
    expect(page).toMatch(/<svg class="sequence" role="img" aria-labelledby="sequence-0"/);
    expect(page).toContain('The same as text');
  });

  test('says so when there is nothing to show', () => {
    const empty = renderHtml(emptyResult());
    expect(empty).not.toContain('<canvas');
    for (const text of [
      'No oracle objected',
      'No channel migrated',
      'there was no audible gap',
      'the scenario has no faults',
      'states no expectations',
    ]) {
      expect(empty).toContain(text);
    }
    expect(empty.length).toBeLessThan(30_000);
  });

  test('ids are unique', () => {
    const ids = [...page.replace(/<script>[\s\S]*?<\/script>/g, '').matchAll(/\sid="([^"]+)"/g)].map(
      (match) => match[1],
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('steps', () => {
  test('are brought to common times', () => {
    expect(
      alignSteps(
        [
          [[1, 5]],
          [
            [2, 7],
            [3, 0],
          ],
        ],
        4,
      ),
    ).toEqual([
      [
        [0, 0],
        [1, 5],
        [2, 5],
        [3, 5],
        [4, 5],
      ],
      [
        [0, 0],
        [1, 0],
        [2, 7],
        [3, 0],
        [4, 0],
      ],
    ]);
  });

  test('are thinned without losing a peak', () => {
    const points = Array.from({ length: 50_000 }, (_, index): [number, number] => [
      index / 10,
      index === 31_234 ? 99 : index % 3,
    ]);
    const [thin = []] = alignSteps([points], 5000, 'peak');
    expect(thin.length).toBeLessThan(1300);
    expect(Math.max(...thin.map(([, value]) => value))).toBe(99);
  });
});
