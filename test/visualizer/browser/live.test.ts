/** The page of a live district of real processes. */
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crossroads } from '../../e2e/crossroads.ts';
import { Bench, discoveryPort, type Process } from '../../e2e/processes.ts';
import { choose, intersectionsShown, leaderShown, lit, open, rewindTo, Stage } from './chromium.ts';

const stage = new Stage();
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.clear());

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
  const { page, troubles } = await open(stage.browser, url);
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
  const { page, troubles } = await open(stage.browser, url);
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
  // It may have been said this very moment, and is to have come to somebody.
  const entry = page.locator('[data-type="replica.prepare"]', { hasText: 'taken by' }).last();
  await entry.waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  // To all at once, or to each by itself when it is long.
  expect(await entry.textContent()).toMatch(
    new RegExp(`from ${leader} \\(the leader\\) to (all|several); taken by`),
  );
  await choose(page, (await entry.getAttribute('data-exchange')) ?? '');
  const details = page.getByRole('complementary', { name: 'The chosen message' });
  await details.locator('pre', { hasText: '"term"' }).waitFor();
  await details.getByText('says replica.ack to').first().click();
  await details.getByText(`replica.prepare of ${leader}`).waitFor();
  expect(troubles).toEqual([]);
}, 120_000);

test('green along a route is called by the page, and the lamps follow', async () => {
  const { url } = await startUp(3, 10);
  const { page, troubles } = await open(stage.browser, url);
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

/** How many of the peers that run each node has in its view, once the table tells so. */
const untilViews = async (page: Page, views: Record<string, string>): Promise<void> => {
  for (const [node, view] of Object.entries(views)) {
    await page.locator(`tr[data-node=${node}]`).getByText(view, { exact: true }).waitFor();
  }
};
const leaders = (page: Page): Promise<string[]> =>
  page
    .locator('tr[data-role=leader]')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-node') ?? ''));

const BETWEEN_SECOND_AND_THIRD = 0.41;
const BESIDE_ALL = 0.03;
/** Draws a line down the map of five intersections, at this part of its width. */
const part = async (page: Page, at: number): Promise<void> => {
  await page.keyboard.press('1');
  const map = page.locator('.map canvas');
  await map.focus();
  await page.keyboard.press('x');
  await page.getByText('Draw a line across the streets').waitFor();
  const { x, y, width, height } = (await map.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  // Below the panel of traffic, which lies on the map.
  await page.mouse.move(x + width * at, y + height * 0.3);
  await page.mouse.down();
  await page.mouse.move(x + width * at, y + height - 20, { steps: 4 });
  await page.mouse.up();
};

test('a line drawn on the map parts a live district; only the larger side has a leader, and healed there is one view', async () => {
  const { url } = await startUp(5, 9);
  const { page, troubles } = await open(stage.browser, url);
  await leaderShown(page);
  await page.keyboard.press('2');
  await untilViews(page, { n1: '4 / 4', n2: '4 / 4', n3: '4 / 4', n4: '4 / 4', n5: '4 / 4' });

  await part(page, BESIDE_ALL);
  await page.getByText('All nodes are on one side of this line.').waitFor();
  await part(page, BETWEEN_SECOND_AND_THIRD);
  await page.getByText('✕ parted: n3 n4 n5 | n1 n2').waitFor();
  await page.keyboard.press('2');
  await untilViews(page, { n1: '1 / 4', n2: '1 / 4', n3: '2 / 4', n4: '2 / 4', n5: '2 / 4' });
  await page.waitForFunction(() => {
    const roles = [...document.querySelectorAll('tr[data-role]')].map(
      (row) => row.getAttribute('data-role') ?? '',
    );
    return (
      roles.slice(0, 2).every((role) => /leaderless|candidate/.test(role)) &&
      roles.filter((role) => role === 'leader').length === 1
    );
  });
  expect(['n3', 'n4', 'n5']).toContain((await leaders(page))[0]);

  await page.getByRole('button', { name: 'Heal' }).click();
  await untilViews(page, { n1: '4 / 4', n2: '4 / 4', n3: '4 / 4', n4: '4 / 4', n5: '4 / 4' });
  await page.locator('tr[data-role=backup]').nth(3).waitFor();
  expect(await leaders(page)).toHaveLength(1);
  expect(troubles).toEqual([]);
}, 150_000);

test('a link of a live district is cut, slowed and mended, a clock is skewed, and who comes back is cut off still', async () => {
  const { up, url } = await startUp(3, 8);
  const { page, troubles } = await open(stage.browser, url);
  await leaderShown(page);
  await page.keyboard.press('2');
  await page.getByRole('button', { name: 'n2', exact: true }).click();
  await page.getByRole('combobox', { name: 'The other node' }).selectOption('n3');
  const from = up.lines.length;
  await page.getByRole('button', { name: 'Cut', exact: true }).click();
  const isOfLink = ({ reason }: { reason: string }, { node }: { node: string }) =>
    node === 'n3' && reason.startsWith('silent');
  await up.fact(
    'detector.suspected',
    (event, line) => event.peer === 'n2' && isOfLink(event, line),
    from,
  );
  await page.getByText('cut', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Kill', exact: true }).click();
  await page.locator('tr[data-node=n2][data-role=down]').waitFor();
  await page.getByRole('button', { name: 'Restart' }).click();
  await page.locator('tr[data-node=n2][data-role=backup]').waitFor();
  // It hears the other of the two, and is heard by him.
  await untilViews(page, { n1: '2 / 2' });

  await page.getByRole('button', { name: 'Slow by 300 ms' }).click();
  await page.getByRole('button', { name: 'Mend' }).click();
  await page.getByText('whole', { exact: true }).waitFor();
  await untilViews(page, { n1: '2 / 2', n2: '2 / 2', n3: '2 / 2' });

  await page.getByRole('button', { name: 'Skew clock' }).click();
  await page.getByText('2000 µs a second', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Steady clock' }).click();
  await page.getByText('2000 µs a second', { exact: true }).waitFor({ state: 'hidden' });
  expect(troubles).toEqual([]);
}, 150_000);

test('the demand slider lets more vehicles come to a live district, and none', async () => {
  const { up, url } = await startUp(3, 7);
  const { page, troubles } = await open(stage.browser, url);
  await leaderShown(page);
  const slider = page.getByRole('slider', { name: 'Demand in vehicles an hour' });
  const demand = async () =>
    Number(await page.locator('[data-demand]').getAttribute('data-demand'));
  await slider.waitFor();
  const before = await demand();
  await slider.focus();
  await page.keyboard.press('End');
  await page.waitForFunction(
    (former) =>
      Number(document.querySelector('[data-demand]')?.getAttribute('data-demand')) > former,
    before,
  );
  const most = await demand();
  await up.until('more traffic', () =>
    up.lines.some((line) => line.kind === 'traffic' && line.perHour === most),
  );
  await page.keyboard.press('Home');
  await page.locator('[data-demand="0"]').waitFor();
  await page.getByRole('tab', { name: 'Cluster' }).click();
  await page.getByText('demand of 0 vehicles an hour').waitFor();
  expect(troubles).toEqual([]);
}, 120_000);

test('without the token a fault is refused, and nothing happens', async () => {
  const { up, url } = await startUp(3, 14);
  const { page } = await open(stage.browser, url.replace(/#.*/, ''));
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
  const { page } = await open(stage.browser, url);
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
  const { page, troubles } = await open(stage.browser, url);
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
