/**
 * A real Chromium, and the plainest of servers for the built page: for measurements, pictures and
 * tests. The browser comes inside a package, so that nothing is downloaded when it is needed.
 */
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The built page, as `npm run build` leaves it; seen from here, or from where this is compiled to. */
const built = [at('../dist/page/'), at('../page/')].find((folder) =>
  existsSync(join(folder, 'index.html')),
);

export const launch = async (): Promise<Browser> =>
  playwright.launch({
    executablePath: await chromium.executablePath(),
    // Containers have no sandbox of their own, and no GPU.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    headless: true,
  });

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface Site {
  readonly url: string;
  readonly close: () => void;
}

/** Serves the page as anybody's static server would. */
export const serveStatic = async (): Promise<Site> => {
  const folder = built;
  if (folder === undefined) throw new Error('the page is not built: npm run build:page');
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://here');
    const file = join(folder, pathname === '/' ? 'index.html' : pathname);
    if (!file.startsWith(folder) || !existsSync(file)) {
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
