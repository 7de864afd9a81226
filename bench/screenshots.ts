/**
 * `npm run screenshots`: the pictures of the README, of a city of a fixed seed at fixed instants, so
 * that they can be made anew and be the same.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { Done } from '../visualizer/sources/city-words.ts';
import { launch, serveStatic } from './browser.ts';

const WIDTH = 1200;
const HEIGHT = 640;

interface Picture {
  readonly name: string;
  readonly district: string;
  readonly seed: number;
  readonly atMs: number;
  readonly view: string;
  /** In pixels, where the usual is not enough. */
  readonly height?: number;
  readonly done?: readonly Done[];
  /** What somebody does before it is taken. */
  readonly pose?: (page: Page) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  {
    name: 'streets',
    district: 'town25',
    seed: 7,
    atMs: 24_000,
    view: 'map',
    done: [{ atMs: 20_000, deed: { kind: 'cut', from: 'n13', to: 'n14' } }],
    pose: (page) => selectNode(page, 'n08'),
  },
  {
    name: 'time-space',
    district: 'arterial',
    seed: 5,
    atMs: 300_000,
    view: 'time-space',
  },
  {
    name: 'statechart',
    district: 'town9',
    seed: 5,
    atMs: 20_000,
    view: 'charts',
    height: 940,
    pose: async (page) => {
      await page.locator('.chart [data-active=true]').first().waitFor();
      await page.getByRole('checkbox', { name: 'details' }).uncheck();
      // Until it is laid out anew, the former chart stands.
      await page.waitForTimeout(5_000);
      await page.getByRole('button', { name: 'Whole chart' }).click();
    },
  },
  {
    name: 'messages',
    district: 'arterial',
    seed: 5,
    atMs: 10_000,
    view: 'messages',
    done: [{ atMs: 8_000, deed: { kind: 'kill', node: 'n1' } }],
    pose: async (page) => {
      await page.locator('[data-type="election.claim"]').first().waitFor({ state: 'attached' });
      const key = await page
        .locator('[data-type="election.claim"]')
        .first()
        .getAttribute('data-exchange');
      const said = page.locator(`[data-key="${key}"] .said`);
      await said.evaluate((dot) => dot.scrollIntoView({ block: 'center' }));
      await said.click({ force: true });
    },
  },
];

const selectNode = async (page: Page, node: string): Promise<void> => {
  await page.keyboard.press('2');
  await page.getByRole('button', { name: node, exact: true }).click();
  await page.keyboard.press('1');
};

/** A city that has run up to the instant is there as a whole. */
const isAt = async (page: Page, atMs: number): Promise<void> => {
  const track = page.locator('.track input');
  while (Number(await track.getAttribute('max')) < atMs) await page.waitForTimeout(100);
};

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
mkdirSync(folder, { recursive: true });
/** Those that are named, or all. */
const named = process.argv.slice(2);
const wanted = PICTURES.filter(({ name }) => named.length === 0 || named.includes(name));
const [browser, site] = await Promise.all([launch(), serveStatic()]);
try {
  for (const { name, district, seed, atMs, view, height, done = [], pose } of wanted) {
    const context = await browser.newContext({
      viewport: { width: WIDTH, height: height ?? HEIGHT },
      colorScheme: 'light',
    });
    context.setDefaultTimeout(300_000);
    const page = await context.newPage();
    const query = new URLSearchParams({ district, seed: `${seed}`, t: `${atMs}` });
    if (done.length > 0) query.set('done', JSON.stringify(done));
    await page.goto(`${site.url}?${query}#view=${view}`);
    await isAt(page, atMs);
    await pose?.(page);
    await page.waitForTimeout(1_000);
    await page.screenshot({ path: `${folder}${name}.png` });
    process.stdout.write(`docs/pictures/${name}.png\n`);
    await context.close();
  }
} finally {
  await browser.close();
  site.close();
}
