import { describe, expect, test } from 'vitest';
import { renderTimeline } from '../../../reports/counterexample/index.js';
import { leastFixture, longFixture, raceFixture } from './counterexample-fixture.js';

const ESCAPE = String.fromCharCode(27);
const withoutColours = (text: string) => text.replace(new RegExp(`${ESCAPE}\\[[\\d;]*m`, 'g'), '');

describe('the timeline in a terminal', () => {
  test('shows the race', async () => {
    await expect(renderTimeline(raceFixture(), { color: false })).toMatchFileSnapshot('golden/race.timeline.txt');
  });

  test('shows it with ASCII alone', async () => {
    const text = renderTimeline(raceFixture(), { color: false, ascii: true });
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    await expect(text).toMatchFileSnapshot('golden/race.timeline.ascii.txt');
  });

  test.each([false, true])('colours add nothing but colours (ASCII: %s)', (ascii) => {
    const coloured = renderTimeline(raceFixture(), { color: true, ascii });
    expect(coloured).toContain(`${ESCAPE}[31m`);
    expect(coloured).toContain(`${ESCAPE}[33m`);
    expect(withoutColours(coloured).replace(/ +$/gm, '')).toBe(renderTimeline(raceFixture(), { color: false, ascii }));
    expect(renderTimeline(raceFixture(), { color: false, ascii })).not.toContain(ESCAPE);
  });

  test.each([60, 80, 100, 133, 200])('fits %i columns, whatever it shows', (width) => {
    for (const fixture of [
      raceFixture(),
      leastFixture(),
      longFixture(3, 40),
      longFixture(12, 200),
      longFixture(40, 300),
    ]) {
      const lines = renderTimeline(fixture, { color: false, width }).split('\n');
      expect(lines.filter((line) => line.length > width)).toEqual([]);
    }
  });

  test.each([20, 40, 60])('folds what does not fit %i rows and keeps what decides', (rows) => {
    const text = renderTimeline(longFixture(12, 400), { color: false, rows });
    const timeline = text.split('\n').filter((line) => /[│┆┼]/.test(line) && !/^│/.test(line));
    const first = timeline.filter((line) => /^ +\d+\.\d{4} |┆/.test(line));
    expect(first.length).toBeLessThanOrEqual(rows);
    expect(first.length).toBeGreaterThan(rows * 0.6);
    for (const sign of ['★1', '★2', '✗']) expect(first.filter((line) => line.includes(sign))).toHaveLength(1);
    // Nothing is lost: shown and folded events add up.
    const folded = first
      .flatMap((line) => /… (\d+) /.exec(line)?.[1] ?? [])
      .reduce((sum, count) => sum + Number(count), 0);
    expect(folded + first.filter((line) => !line.includes('┆')).length).toBe(400);
  });

  test('hosts share columns only when there is no room, those of the violation last', () => {
    const narrow = renderTimeline(longFixture(12, 60), { color: false });
    expect(narrow).toMatch(/^c\* client-1, 2, 3, 4, 5, 6$/m);
    expect(narrow).toContain('b1 backend-1');
    const wide = renderTimeline(longFixture(12, 60), { color: false, width: 200 });
    expect(wide).not.toContain('c*');
  });

  test('says what exchanging the pair does', () => {
    expect(renderTimeline(raceFixture(), { color: false })).toContain('Swap these two and it passes.');
    expect(renderTimeline(longFixture(3, 40), { color: false })).toContain('Swapping these two alone does not');
    expect(renderTimeline(leastFixture(), { color: false })).toContain('No single pair of events decides.');
  });

  test('a label cannot steer the terminal', () => {
    const race = raceFixture();
    const events = race.events.map((event) => ({ ...event, label: `a${ESCAPE}[2Jb\u0007\r\nc` }));
    const text = renderTimeline({ ...race, events }, { color: false });
    expect(text).toMatch(/a\?\[2Jb\? c/);
    expect([...text].filter((sign) => sign < ' ' && sign !== '\n')).toEqual([]);
  });
});
