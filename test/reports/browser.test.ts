import { expect, test } from 'vitest';
import { renderHtml } from '../../reports/index.js';
import { describeInBrowser, inkOf } from '../support/browser.js';
import { voiceFixture } from './media-fixture.js';
import { emptyResult, fixtureResult } from './result-fixture.js';

describeInBrowser('the report', (openPage) => {
  const open = (html: string, options: { width: number; colorScheme: 'light' | 'dark' }) =>
    openPage(html, { ...options, ready: 'html[data-charts]' });

  test.each([
    { width: 1200, colorScheme: 'light', voice: false },
    { width: 1200, colorScheme: 'dark', voice: false },
    { width: 360, colorScheme: 'light', voice: false },
    { width: 1200, colorScheme: 'dark', voice: true },
    { width: 360, colorScheme: 'light', voice: true },
  ] as const)('opens offline without a complaint and draws every chart (%o)', async ({ voice, ...options }) => {
    const { page, complaints, close } = await open(renderHtml(voice ? voiceFixture() : fixtureResult()), options);
    expect(complaints).toEqual([]);
    expect(await page.getAttribute('html', 'data-charts')).toBe(voice ? '13' : '6');
    for (const count of await inkOf(page)) expect(count).toBeGreaterThan(1000);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.width);
    await close();
  });

  test('who hears whom is as wide as its place, and coloured', async () => {
    const { page, close } = await open(renderHtml(voiceFixture()), { width: 1200, colorScheme: 'light' });
    const box = await page.locator('.strip-plot').first().boundingBox();
    expect(box?.width).toBeGreaterThan(900);
    const colours = (await page.evaluate(
      "[...document.querySelector('.strip-plot').querySelectorAll('path')].map((path) => getComputedStyle(path).fill)",
    )) as string[];
    expect(new Set(colours).size).toBe(3);
    expect(colours).not.toContain('rgb(0, 0, 0)');
    await close();
  });

  test('draws again when the colours change', async () => {
    const { page, complaints, close } = await open(renderHtml(fixtureResult()), { width: 900, colorScheme: 'light' });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForTimeout(100);
    expect(complaints).toEqual([]);
    await close();
  });

  test('opens with nothing to show', async () => {
    const { page, complaints, close } = await open(renderHtml(emptyResult()), { width: 900, colorScheme: 'light' });
    expect(complaints).toEqual([]);
    expect(await page.textContent('h1')).toContain('Nothing expected');
    await close();
  });
});
