/**
 * A real Chromium for tests of the page: it comes inside a package, so that nothing is downloaded
 * when tests run.
 */
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import chromium from '@sparticuz/chromium';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';

/** Test machines are busy; every wait ends as soon as what it waits for is there. */
export const WAIT_MS = 40_000;

/** The built page, as `npm run build` leaves it. */
export const built = fileURLToPath(new URL('../../../dist/page/', import.meta.url));

export const launch = async (): Promise<Browser> =>
  playwright.launch({
    executablePath: await chromium.executablePath(),
    // Containers have no sandbox of their own, and no GPU.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    headless: true,
  });

export interface Opened {
  readonly page: Page;
  /** Everything that went wrong in it. */
  readonly troubles: string[];
}

export const open = async (browser: Browser, url: string): Promise<Opened> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(String(error.stack)));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  await page.goto(url);
  return { page, troubles };
};

/** The leader that the page shows, other than `not`, as soon as it shows one. */
export const leaderShown = async (page: Page, not = ''): Promise<string> => {
  const shown = await page.waitForFunction((former) => {
    const leader = document.querySelector('[data-leader]')?.getAttribute('data-leader') ?? '';
    return leader !== '' && leader !== former ? leader : undefined;
  }, not);
  return String(await shown.jsonValue());
};

/** Stands still, so that the list does, and goes to the note that says so. */
export const rewindTo = async (page: Page, note: string): Promise<void> => {
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('button', { name: note }).click();
};

/** What the page says of the intersections on its map. */
export const intersectionsShown = (page: Page): Promise<string[]> =>
  page.locator('[data-intersection]').allInnerTexts();

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** The plainest of static servers, as anybody has one. */
export const serveStatic = async (): Promise<{ url: string; close: () => void }> => {
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://here');
    const file = join(built, pathname === '/' ? 'index.html' : pathname);
    if (!file.startsWith(built) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() };
};
