/** Statecharts in a real browser: the engine is loaded, and what is lit is what the node does. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { leaderShown, lit, open, Stage } from './chromium.ts';

const stage = new Stage();

const machine = (page: Page, name: string) => page.locator(`[data-machine=${name}]`);

test('the chart of the leader opens with its state lit, and rewind shows the one before', async () => {
  const { page, troubles } = await open(stage.browser, `${stage.url}?seed=5`);
  const engine = page.waitForResponse((response) => response.url().includes('elk-worker'));
  const leader = await leaderShown(page);
  await page.getByRole('tab', { name: 'Statecharts' }).click();
  await engine;
  // The leader's election comes first, as nothing is selected.
  await lit(page, 'leader');
  expect(await page.locator('.chart-node select').inputValue()).toBe(leader);
  // It came there by a majority.
  const taken = page.locator('.edge-label.taken');
  expect(await taken.allInnerTexts()).toHaveLength(1);
  expect(await taken.textContent()).toContain('hasMajority');
  // A backup follows it.
  const nodes = await page
    .locator('.chart-node option')
    .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
  await page.locator('.chart-node select').selectOption(nodes.find((id) => id !== leader) ?? '');
  await lit(page, 'follower.following');
  await page.locator('.chart-node select').selectOption(leader);
  await lit(page, 'leader');
  // Before it led it did not.
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const step = page.getByRole('region', { name: 'Last step' }).getByRole('button');
  const at = await step.innerText();
  await step.click();
  await page.waitForFunction((then) => document.querySelector('.clock')?.textContent === then, at);
  await lit(page, 'leader');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.locator('.chart [data-state=leader][data-active=false]').waitFor();
  await page.keyboard.press('l');
  await lit(page, 'leader');
  expect(troubles).toEqual([]);
}, 120_000);

test('a machine is chosen by keys, its chart is moved by keys, and its context is shown', async () => {
  const { page, troubles } = await open(
    stage.browser,
    `${stage.url}?district=shared&seed=5&t=20000`,
  );
  await leaderShown(page);
  await page.getByRole('tab', { name: 'Statecharts' }).click();
  await machine(page, 'coordination').click();
  await machine(page, 'coordination').press('ArrowDown');
  await lit(page, 'shared.driver.present');
  await lit(page, 'shared.knowledge');
  const moved = page.locator('.chart > g');
  const before = await moved.getAttribute('transform');
  await page.getByRole('img', { name: /^demand of / }).focus();
  await page.keyboard.press('+');
  await page.waitForFunction(
    (was) => document.querySelector('.chart > g')?.getAttribute('transform') !== was,
    before,
  );
  await page.getByText('Context').click();
  await page.getByText('Shown of the present alone').waitFor();
  await page.keyboard.press('l');
  await page.getByText('"calls"').waitFor();
  expect(troubles).toEqual([]);
}, 120_000);

test('who opens no chart loads no layout engine and no definitions', async () => {
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  const urls: string[] = [];
  page.on('response', (response) => urls.push(response.url()));
  await page.goto(stage.url);
  await leaderShown(page);
  expect(urls.filter((url) => /elk|statecharts/.test(url))).toEqual([]);
}, 60_000);

test('coverage is loaded when it is asked for, and colours states and lines', async () => {
  const { page, troubles } = await open(stage.browser, `${stage.url}?seed=5`);
  await leaderShown(page);
  await page.getByRole('tab', { name: 'Statecharts' }).click();
  await lit(page, 'leader');
  expect(await page.locator('.chart .whole').count()).toBe(0);
  await page.getByRole('checkbox', { name: 'coverage' }).check();
  await page.locator('.chart [data-state=leader].whole').waitFor();
  expect(await page.locator('.chart .edge.whole').count()).toBeGreaterThan(10);
  const facts = page.getByRole('region', { name: 'Coverage' });
  expect(await facts.innerText()).toMatch(/(\d+) of \1 states/);
  await page.getByRole('checkbox', { name: 'coverage' }).uncheck();
  await page.locator('.chart .edge.whole').first().waitFor({ state: 'detached' });
  expect(troubles).toEqual([]);
}, 120_000);
