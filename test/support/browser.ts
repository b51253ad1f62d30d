import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';

/** A page in a browser. */
export interface OpenPage {
  readonly page: Page;
  /** What the browser has said of it, errors, and requests to anywhere. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
  /** What there is as soon as its scripts are done. */
  readonly ready: string;
}

/** Opens a page without a network. */
export type Open = (html: string, options: OpenOptions) => Promise<OpenPage>;

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Tests in a real browser. Without one they are left out, and it is said so. */
export function describeInBrowser(what: string, tests: (open: Open) => void): void {
  const there = existsSync(executablePath);
  if (!there)
    console.warn(`left out: ${what} in a real browser (no ${executablePath}; install chromium or set CHROMIUM_PATH)`);
  describe.skipIf(!there)(`${what} in a real browser`, () => {
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
    tests(async (html, { width, colorScheme, ready }) => {
      const path = join(folder, 'page.html');
      await writeFile(path, html);
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
      });
      await page.goto(pathToFileURL(path).href);
      await page.waitForSelector(ready);
      return { page, complaints, close: () => context.close() };
    });
  });
}

/** How many pixels of each canvas are drawn. */
export async function inkOf(page: Page): Promise<number[]> {
  return (await page.evaluate(`[...document.querySelectorAll('canvas')].map((canvas) => {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let inked = 0;
    for (let index = 3; index < data.length; index += 4) if (data[index] > 0) inked++;
    return inked;
  })`)) as number[];
}
