/** The page of a live district of real processes. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { crossroads } from '../../e2e/crossroads.ts';
import { Bench, discoveryPort, type Process } from '../../e2e/processes.ts';
import {
  choose,
  intersectionsShown,
  launch,
  leaderShown,
  lit,
  open,
  rewindTo,
} from './chromium.ts';

let browser: Browser;
let bench: Bench;
beforeAll(async () => {
  browser = await launch();
});
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.clear());
afterAll(() => browser.close());

/** `greenwave up` with its page; the address is printed on standard error beside the journal. */
const startUp = async (nodes: number, place: number): Promise<{ up: Process; url: string }> => {
  const file = bench.file('crossroads.json', crossroads(nodes, discoveryPort(place)));
  const up = bench.start('up', file, '--json', '--page-port', '0');
  const url = await up.until('the page', () => /The page: (\S+)/.exec(up.stderr)?.[1]);
  return { up, url };
};

const kill = async (page: Page, node: string) => {
  await page.keyboard.press('2');
  await page.getByRole('button', { name: node, exact: true }).click();
  await page.getByRole('button', { name: 'Kill', exact: true }).click();
};

test('five intersections and one leader are shown; it is killed by the button, the new one is shown, rewind shows the former', async () => {
  const { up, url } = await startUp(5, 13);
  const { page, troubles } = await open(browser, url);
  const former = await leaderShown(page);
  // They do not all have green at one time, but each has lamps, and some have.
  await page.waitForFunction(() => {
    const texts = [...document.querySelectorAll('[data-intersection]')].map(
      (one) => one.textContent ?? '',
    );
    const areServed = texts.every((text) => /(leader|backup); NS [a-z]+/i.test(text));
    return areServed && texts.some((text) => text.includes('green'));
  });
  const shown = await intersectionsShown(page);
  expect(shown).toHaveLength(5);
  expect(shown.filter((text) => text.includes('leader'))).toHaveLength(1);
  expect(page.url()).not.toContain('token');

  await kill(page, former);
  const next = await leaderShown(page, former);
  const ended = await up.until('the end of the leader', () =>
    up.lines.find((line) => line.kind === 'process' && line.standing === 'ended'),
  );
  expect(ended).toMatchObject({ node: former, how: 'was ended by SIGKILL' });

  await rewindTo(page, `${former} leads in term`);
  expect(await leaderShown(page, next)).toBe(former);
  await page.keyboard.press('l');
  expect(await leaderShown(page, former)).toBe(next);

  await page.getByRole('button', { name: 'Restart' }).click();
  await up.until('its next life', () =>
    up.lines.some(
      (line) => line.kind === 'process' && line.standing === 'started' && line.t > ended.t,
    ),
  );
  await page.locator(`tr[data-node=${former}][data-role=backup]`).waitFor();
  expect(troubles).toEqual([]);
}, 180_000);

test('of a live district of five, charts show the active state, and messages what they say and cause', async () => {
  const { url } = await startUp(5, 11);
  const { page, troubles } = await open(browser, url);
  const leader = await leaderShown(page);
  await page.getByRole('tab', { name: 'Statecharts' }).click();
  await lit(page, 'leader');
  const node = page.locator('.chart-node select');
  expect(await node.inputValue()).toBe(leader);
  await node.selectOption(leader === 'n2' ? 'n3' : 'n2');
  await lit(page, 'follower.following');
  await node.selectOption(leader);
  await lit(page, 'leader');

  await page.getByRole('tab', { name: 'Messages' }).click();
  // The oldest that is shown: all that it caused has happened.
  const entry = page.locator(`[data-type="replica.prepare"]`).last();
  await entry.waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  // To all at once, or to each by itself when it is long.
  expect(await entry.textContent()).toMatch(
    new RegExp(`from ${leader} \\(the leader\\) to (all|several); taken by`),
  );
  await choose(page, (await entry.getAttribute('data-exchange')) ?? '');
  const details = page.getByRole('complementary', { name: 'The chosen message' });
  expect(await details.locator('pre').innerText()).toContain('"term"');
  await details.getByText('says replica.ack to').first().click();
  await details.getByText(`replica.prepare of ${leader}`).waitFor();
  expect(troubles).toEqual([]);
}, 120_000);

test('green along a route is called by the page, and the lamps follow', async () => {
  const { url } = await startUp(3, 10);
  const { page, troubles } = await open(browser, url);
  await leaderShown(page);
  await page.keyboard.press('2');
  for (const node of ['n1', 'n2']) {
    await page.getByRole('button', { name: node, exact: true }).click();
    await page.getByRole('combobox', { name: 'Signal group' }).selectOption('EW');
    await page.getByRole('button', { name: 'Add to a route' }).click();
  }
  await page.getByRole('button', { name: 'Call the route' }).click();
  await page.getByText('Green is called for x1 EW, then x2 EW.').waitFor();
  for (const node of ['n1', 'n2']) {
    await page.locator(`tr[data-node=${node}]`).getByText('preempted').waitFor();
  }
  expect(troubles).toEqual([]);
}, 120_000);

test('without the token a fault is refused, and nothing happens', async () => {
  const { up, url } = await startUp(3, 14);
  const { page } = await open(browser, url.replace(/#.*/, ''));
  const leader = await leaderShown(page);
  await page.getByText('Read only: open the page by the address').waitFor();
  await kill(page, leader);
  await page.getByText('Refused: the token that greenwave up printed is missing').waitFor();
  expect(up.lines.filter((line) => line.kind === 'process' && line.standing === 'ended')).toEqual(
    [],
  );
}, 120_000);

test('a page that lost its district says so, and goes on when it is back', async () => {
  const { up, url } = await startUp(3, 15);
  const { page } = await open(browser, url);
  await leaderShown(page);
  up.signal('SIGINT');
  await page.getByText('Disconnected.').waitFor();
  await up.ended();
  const port = new URL(url).port;
  bench.start('up', bench.path('crossroads.json'), '--json', '--page-port', port);
  await page.getByText('Disconnected.').waitFor({ state: 'hidden' });
  await leaderShown(page);
}, 120_000);

test('watch shows a district that others run, and cannot change it', async () => {
  const file = bench.file('crossroads.json', crossroads(3, discoveryPort(12)));
  const up = bench.start('up', file, '--json');
  const { leader } = await up.fact('election.elected');
  const watch = bench.start('watch', file, '--page-port', '0');
  const url = await watch.until('the page', () => /shown at (\S+)/.exec(watch.stdout)?.[1]);
  const { page, troubles } = await open(browser, url);
  expect(await leaderShown(page)).toBe(leader);
  expect(await intersectionsShown(page)).toHaveLength(3);
  await page.getByText('Read only: greenwave watch only watches').waitFor();
  await page.keyboard.press('2');
  await page.locator('tr[data-role=backup]').nth(1).waitFor();
  await page.getByText(/φ \d/).first().waitFor();
  up.signal('SIGINT');
  await page.locator('tr[data-role=down]').nth(2).waitFor();
  expect(troubles).toEqual([]);
  watch.signal('SIGINT');
  expect(await watch.ended()).toBe(0);
}, 120_000);
