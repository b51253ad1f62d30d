import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { type Counterexample, renderPage } from '../../../reports/counterexample/index.js';
import { describeInBrowser } from '../../support/browser.js';
import { leastFixture, longFixture, raceFixture } from './counterexample-fixture.js';

describeInBrowser('the page of a counterexample', (open) => {
  /** Opens the page, does something there, and demands that the browser has not complained. */
  const visit = async (
    counterexample: Counterexample,
    act: (page: Page) => Promise<void>,
    options: { width?: number; colorScheme?: 'light' | 'dark' } = {},
  ) => {
    const { width = 1280, colorScheme = 'light' } = options;
    const { page, complaints, close } = await open(renderPage(counterexample), {
      ...{ width, colorScheme },
      ready: 'html[data-steps]',
    });
    await act(page);
    expect(complaints).toEqual([]);
    await close();
  };
  const steps = async (page: Page) => Number(await page.getAttribute('html', 'data-steps'));
  const current = (page: Page) => page.getAttribute('.row.current', 'data-n');

  test.each([
    { width: 1280, colorScheme: 'light' },
    { width: 800, colorScheme: 'dark' },
    { width: 400, colorScheme: 'light' },
  ] as const)('draws every event, hosts in their columns, arrows between them (%o)', async (options) => {
    for (const fixture of [raceFixture(), longFixture(12, 400), longFixture(3, 10)]) {
      await visit(
        fixture,
        async (page) => {
          const shown = fixture.events.filter(({ routine, chosen, n }) => {
            const decisive = n === fixture.critical?.first || n === fixture.critical?.second;
            return routine !== true || chosen === true || decisive;
          });
          expect(await steps(page)).toBe(shown.length);
          expect(await page.locator('.row').count()).toBe(shown.length);
          const sent = shown.filter(({ from, host }) => from !== undefined && from !== host);
          expect(await page.locator('g.arrow').count()).toBe(sent.length);
          expect(await page.locator('.head-name').count()).toBe(fixture.hosts.length);
          expect(await page.locator('.row.critical').count()).toBe(2);
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.width);
        },
        options,
      );
    }
  });

  test('opens with one event and nothing else', async () => {
    await visit(leastFixture(), async (page) => {
      expect(await steps(page)).toBe(1);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('c');
      expect(await current(page)).toBe('0');
    });
  });

  test('steps with keys and buttons, and shows the state of each host at the step', async () => {
    await visit(raceFixture(), async (page) => {
      expect(await current(page)).toBe('24');
      expect(await page.locator('.row.future').count()).toBe(0);
      await page.keyboard.press('Home');
      expect(await current(page)).toBe('0');
      expect(await page.locator('.row.future').count()).toBe(21);
      expect(await page.textContent('#states')).toContain('No host has told');
      await page.click('#forward');
      await page.keyboard.press('ArrowRight');
      expect(await current(page)).toBe('2');
      expect(await page.textContent('#states')).toContain('lock: 7f3a');
      expect(await page.textContent('#states .changed')).toBe('lock: 7f3a');
      await page.click('#back');
      expect(await page.textContent('#count')).toContain('Step 2 of 22');
      await page.keyboard.press('c');
      expect(await current(page)).toBe('18');
      await page.keyboard.press('c');
      expect(await current(page)).toBe('21');
      expect(await page.textContent('#step')).toContain('critical pair, second');
      expect(await page.textContent('#states')).toContain('members: ["1"]');
      await page.click('#first');
      expect(await page.isDisabled('#back')).toBe(true);
      await page.click('.pair [data-goto="18"]');
      expect(await current(page)).toBe('18');
      expect(await page.textContent('#spoken')).toContain('redis-1, command: SET members ["2"]');
    });
  });

  test('follows a cause, and a click on an event', async () => {
    await visit(raceFixture(), async (page) => {
      await page.click('.row[data-n="21"] .glyph');
      expect(await current(page)).toBe('21');
      await page.click('#step .link >> nth=0');
      expect(await current(page)).toBe('20');
    });
  });

  test('filters by host and by kind; what is hidden comes back when it is asked for', async () => {
    await visit(raceFixture(), async (page) => {
      await page.click('[data-value="client-1"]');
      expect(await page.locator('.head-name').count()).toBe(4);
      expect(await steps(page)).toBe(20);
      await page.click('[data-value="command"]', { modifiers: ['Shift'] });
      expect(await steps(page)).toBe(6);
      await page.click('[data-value="redis-1"]');
      expect(await steps(page)).toBe(0);
      expect(await page.textContent('#count')).toContain('filtered out');
      await page.keyboard.press('c');
      expect(await current(page)).toBe('18');
      await page.click('[data-all="hosts"]');
      await page.click('[data-value="routine"]');
      await page.click('[data-value="message"]');
      expect(await page.locator('.row.routine').count()).toBe(3);
    });
  });

  test('searches in labels, keys and state', async () => {
    await visit(raceFixture(), async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('channel:7:members');
      expect(await page.locator('.row.match').count()).toBe(3);
      expect(await page.textContent('#found')).toBe('3 found');
      await page.keyboard.press('Enter');
      expect(await current(page)).toBe('4');
      await page.keyboard.press('Enter');
      expect(await current(page)).toBe('18');
      await page.keyboard.press('Shift+Enter');
      expect(await current(page)).toBe('4');
      await page.fill('#search', 'nowhere');
      expect(await page.textContent('#found')).toBe('none');
    });
  });

  test('tells detail and state when the pointer is over an event', async () => {
    await visit(raceFixture(), async (page) => {
      await page.hover('.row[data-n="18"] .glyph');
      expect(await page.textContent('#tip')).toContain('SET channel:7:members ["2"]');
      expect(await page.textContent('#tip')).toContain('members = ["2"]');
      await page.hover('h1');
      expect(await page.isHidden('#tip')).toBe(true);
    });
  });

  test('draws anew for another width, the step stays', async () => {
    await visit(longFixture(12, 200), async (page) => {
      await page.keyboard.press('c');
      const n = await current(page);
      await page.setViewportSize({ width: 700, height: 800 });
      await page.waitForTimeout(200);
      expect(await current(page)).toBe(n);
    });
  });
});
