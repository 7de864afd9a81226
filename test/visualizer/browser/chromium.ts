/** What tests do with the page in a real Chromium. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launch, type Site, serveStatic } from '../../../bench/browser.ts';

/** Test machines are busy; every wait ends as soon as what it waits for is there. */
export const WAIT_MS = 40_000;

/** A browser for all tests of a file, and beside it the page as a static site. */
export class Stage {
  #browser: Browser | undefined;
  #site: Site | undefined;

  constructor() {
    beforeAll(async () => {
      [this.#browser, this.#site] = await Promise.all([launch(), serveStatic()]);
    });
    afterAll(async () => {
      this.#site?.close();
      await this.#browser?.close();
    });
  }

  get browser(): Browser {
    if (!this.#browser) throw new Error('no test has begun');
    return this.#browser;
  }

  /** Where the static site is. */
  get url(): string {
    if (!this.#site) throw new Error('no test has begun');
    return this.#site.url;
  }
}

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

/** Waits until a state of the chart that is shown is active. */
export const lit = (page: Page, state: string): Promise<void> =>
  page.locator(`.chart [data-state="${state}"][data-active=true]`).waitFor();

/** Chooses a message of the sequence diagram, where it is said. */
export const choose = async (page: Page, key: string): Promise<void> => {
  const said = page.locator(`[data-key="${key}"] .said`);
  await said.scrollIntoViewIfNeeded();
  await said.click({ force: true });
  await page.locator(`[data-message="${key}"]`).waitFor();
};

/** What the page says of the intersections on its map. */
export const intersectionsShown = (page: Page): Promise<string[]> =>
  page.locator('[data-intersection]').allInnerTexts();
