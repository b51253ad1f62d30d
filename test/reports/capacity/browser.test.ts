import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyse, renderCapacityHtml } from '../../../reports/index.js';
import { madeUp } from './fixture.js';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const there = existsSync(executablePath);
if (!there) console.warn(`left out: the page of a sweep in a real browser (no ${executablePath})`);

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

describe.skipIf(!there)('the page of a sweep in a real browser', () => {
  let browser: Browser;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deadair-'));
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] });
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  test.each([
    { width: 1200, colorScheme: 'light' },
    { width: 360, colorScheme: 'dark' },
  ] as const)('opens offline without a complaint, draws its charts and shades its map (%o)', async (options) => {
    const path = join(folder, 'page.html');
    await writeFile(path, renderCapacityHtml({ ...bare, analysis: analyse(bare) }));
    const { width, colorScheme } = options;
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(path).href);
    await page.waitForFunction("document.documentElement.hasAttribute('data-charts')");
    expect(complaints).toEqual([]);
    expect(await page.getAttribute('html', 'data-charts')).toBe('2');
    const inked = (await page.evaluate(`[...document.querySelectorAll('canvas')].map((canvas) => {
      const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      return data.filter((value, index) => index % 4 === 3 && value > 0).length;
    })`)) as number[];
    for (const count of inked) expect(count).toBeGreaterThan(1_000);
    const shades = (await page.evaluate(
      "[...document.querySelectorAll('.heat td')].map((cell) => getComputedStyle(cell).backgroundColor)",
    )) as string[];
    expect(new Set(shades).size).toBe(2);
    expect(await page.locator('.heat td.missed').count()).toBe(1);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await context.close();
  });
});
