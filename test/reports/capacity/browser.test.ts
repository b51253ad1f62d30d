import { expect, test } from 'vitest';
import { analyse, renderCapacityHtml } from '../../../reports/index.js';
import { describeInBrowser, inkOf } from '../../support/browser.js';
import { madeUp } from './fixture.js';

const bare = madeUp(
  [
    { key: 'policy.enableThreshold', values: ['6', '8'] },
    { key: 'policy.disableThreshold', values: ['2', '4'] },
  ],
  ['6', '8'].flatMap((enable, row) =>
    ['2', '4'].map((disable, column) => ({
      values: [enable, disable],
      mos: 4.3 - row / 10,
      usd: 900 - 50 * row - column,
      ...(row === 1 && column === 1 ? { missed: [1] } : {}),
    })),
  ),
);

describeInBrowser('the page of a sweep', (open) => {
  test.each([
    { width: 1200, colorScheme: 'light' },
    { width: 360, colorScheme: 'dark' },
  ] as const)('opens offline without a complaint, draws its charts and shades its map (%o)', async (options) => {
    const html = renderCapacityHtml({ ...bare, analysis: analyse(bare) });
    const { page, complaints, close } = await open(html, { ...options, ready: 'html[data-charts]' });
    expect(complaints).toEqual([]);
    expect(await page.getAttribute('html', 'data-charts')).toBe('2');
    for (const count of await inkOf(page)) expect(count).toBeGreaterThan(1_000);
    const shades = (await page.evaluate(
      "[...document.querySelectorAll('.heat td')].map((cell) => getComputedStyle(cell).backgroundColor)",
    )) as string[];
    expect(new Set(shades).size).toBe(2);
    expect(await page.locator('.heat td.missed').count()).toBe(1);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.width);
    await close();
  });
});
