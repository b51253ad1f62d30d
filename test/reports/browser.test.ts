import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderHtml } from '../../reports/index.js';
import { voiceFixture } from './media-fixture.js';
import { emptyResult, fixtureResult } from './result-fixture.js';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const there = existsSync(executablePath);
if (!there)
  console.warn(`left out: the report in a real browser (no ${executablePath}; install chromium or set CHROMIUM_PATH)`);

describe.skipIf(!there)('the page in a real browser', () => {
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

  const open = async (html: string, options: { width: number; colorScheme: 'light' | 'dark' }) => {
    const path = join(folder, 'page.html');
    await writeFile(path, html);
    const context = await browser.newContext({
      viewport: { width: options.width, height: 900 },
      colorScheme: options.colorScheme,
      offline: true,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(path).href);
    await page.waitForFunction("document.documentElement.hasAttribute('data-charts')");
    return { page, complaints, close: () => context.close() };
  };

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
    const inked = await page.evaluate(`[...document.querySelectorAll('canvas')].map((canvas) => {
      const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      let inked = 0;
      for (let index = 3; index < data.length; index += 4) if (data[index] > 0) inked++;
      return inked;
    })`);
    for (const count of inked as number[]) expect(count).toBeGreaterThan(1000);
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
