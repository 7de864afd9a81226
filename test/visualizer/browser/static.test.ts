/** The page as a static site: a city runs in it, with no server of ours and nothing installed. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { intersectionsShown, leaderShown, open, rewindTo, Stage } from './chromium.ts';

/** What is loaded before anything else is asked for. In bytes, gzipped. */
const PAGE_BYTES_MAX = 150_000;

const stage = new Stage();

test('the page is small: all that is loaded until a city runs in it, the city included', async () => {
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => bodies.push(response.body()));
  await page.goto(stage.url);
  await leaderShown(page);
  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
  expect(sizes.length).toBeGreaterThan(3);
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  // The city itself is among them.
  expect(Math.max(...sizes)).toBeGreaterThan(50_000);
  expect(total).toBeLessThan(PAGE_BYTES_MAX);
}, 60_000);

test('a city in the page elects a leader, whose death is survived, and rewind shows the former one', async () => {
  const { page, troubles } = await open(stage.browser, `${stage.url}?seed=5`);
  const former = await leaderShown(page);
  expect(await intersectionsShown(page)).toHaveLength(9);
  await page.keyboard.press('2');
  await page.getByRole('button', { name: former, exact: true }).click();
  await page.getByRole('button', { name: 'Kill', exact: true }).click();
  const next = await leaderShown(page, former);
  expect(next).not.toBe(former);
  await rewindTo(page, `${former} leads in term`);
  expect(await leaderShown(page, next)).toBe(former);
  expect(await page.getByRole('button', { name: 'Go on', exact: true }).isVisible()).toBe(true);
  await page.keyboard.press('l');
  expect(await leaderShown(page, former)).toBe(next);
  expect(troubles).toEqual([]);
}, 120_000);

test('a link shows the very moment that it was made at, with what had been done', async () => {
  const { page } = await open(stage.browser, `${stage.url}?seed=5`);
  const former = await leaderShown(page);
  await page.keyboard.press('2');
  await page.getByRole('button', { name: former, exact: true }).click();
  await page.getByRole('button', { name: 'Kill', exact: true }).click();
  const next = await leaderShown(page, former);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('button', { name: 'Link' }).click();
  const clock = page.getByRole('status', { name: 'Time' });
  const [moment, nodes] = [await clock.innerText(), page.locator('.node-table tbody')];
  const shown = await nodes.innerText();
  const other = await open(stage.browser, page.url());
  expect(await leaderShown(other.page, former)).toBe(next);
  await other.page.keyboard.press('2');
  await other.page.waitForFunction(
    (at) => document.querySelector('.clock')?.textContent === at,
    moment,
  );
  expect(await other.page.locator('.node-table tbody').innerText()).toBe(shown);
}, 120_000);

test('a journal that was saved can be opened, and shows who led', async () => {
  const { page, troubles } = await open(stage.browser, stage.url);
  const leader = await leaderShown(page);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save' }).click();
  const path = await (await saving).path();
  const other = await open(stage.browser, `${stage.url}?district=shared`);
  await other.page.setInputFiles('input[type=file]', path);
  await other.page.getByText('Read only').waitFor();
  expect(await leaderShown(other.page)).toBe(leader);
  await other.page.setInputFiles('input[type=file]', {
    name: 'notes.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('no journal'),
  });
  await other.page.getByText('notes.txt cannot be shown: line 1 is not JSON').waitFor();
  expect([...troubles, ...other.troubles]).toEqual([]);
}, 120_000);

test('the whole page can be used by keys, and every button has a name', async () => {
  const { page } = await open(stage.browser, stage.url);
  await leaderShown(page);
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll('button, select, input, canvas, [role=tab]')]
      .filter((one) => {
        const label = one.getAttribute('aria-label') ?? one.closest('label')?.textContent ?? '';
        return (label + (one.textContent ?? '')).trim() === '';
      })
      .map((one) => one.outerHTML.slice(0, 100)),
  );
  expect(nameless).toEqual([]);
  await page.locator('.map canvas').focus();
  await page.keyboard.press('n');
  await page.getByRole('heading', { name: 'n1 x1' }).waitFor();
  await page.keyboard.press('+');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('0');
  await page.keyboard.press(' ');
  expect(await page.getByRole('button', { name: 'Go on', exact: true }).isVisible()).toBe(true);
  const clock = page.getByRole('status', { name: 'Time' });
  const was = await clock.innerText();
  await page.keyboard.press('Shift+ArrowLeft');
  await page.waitForFunction((at) => document.querySelector('.clock')?.textContent !== at, was);
}, 60_000);

test('traffic is drawn in a city, more comes when the slider asks for it, and it leaves lines', async () => {
  const url = `${stage.url}?district=arterial&seed=5&t=60000`;
  const { page, troubles } = await open(stage.browser, url);
  const traffic = page.getByRole('region', { name: 'Traffic' });
  // The city begins at 0, and comes to its moment while one looks.
  await page.waitForFunction(
    () => Number(document.querySelector('.traffic')?.getAttribute('data-inside')) > 10,
  );
  const before = Number(await traffic.getAttribute('data-demand'));
  await page.getByRole('button', { name: 'Live' }).click();
  await page.getByRole('slider', { name: 'Demand' }).focus();
  await page.keyboard.press('End');
  await page.waitForFunction(
    (was) => Number(document.querySelector('.traffic')?.getAttribute('data-demand')) > was,
    before,
  );
  await page.getByRole('tab', { name: 'Time-space' }).click();
  await page.waitForFunction(
    () => Number(document.querySelector('path.driven.up')?.getAttribute('data-count')) > 5,
  );
  expect(troubles).toEqual([]);
}, 120_000);

test('the time-space diagram of the arterial shows a strip for each intersection and the band', async () => {
  const url = `${stage.url}?district=arterial&seed=5&t=300000#view=time-space`;
  const { page, troubles } = await open(stage.browser, url);
  const up = page.locator('.band-words [data-way=eastbound]');
  await page.locator('[data-way=eastbound][data-shown-s]').waitFor();
  const [planned, shown] = await Promise.all(
    ['data-planned-s', 'data-shown-s'].map((name) => up.getAttribute(name)),
  );
  expect(Number(planned)).toBeGreaterThan(20);
  expect(Math.abs(Number(shown) - Number(planned))).toBeLessThan(0.5);
  expect(await up.innerText()).toContain(`band ${planned} s of 70 s`);
  const down = page.locator('.band-words [data-way=westbound]');
  expect(await down.innerText()).toContain('no band through all 6 is planned');
  for (const way of ['eastbound', 'westbound']) {
    expect(await page.locator(`svg [data-way=${way}] .strip:has(.full.green)`).count()).toBe(6);
    expect(await page.locator(`svg [data-way=${way}] .strip:has(.planned)`).count()).toBe(6);
  }
  await page.locator('[data-stop=a4]').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Signal timing of a4' }).waitFor();
  expect(await page.locator('[data-group]').count()).toBe(7);
  expect(troubles).toEqual([]);
}, 120_000);
