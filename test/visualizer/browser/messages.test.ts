/** The sequence diagram in a real browser: filtered, chosen by click and by key, followed. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { choose, leaderShown, open, Stage } from './chromium.ts';

const stage = new Stage();

/** A city whose network loses a fifth, and whose leader was killed. */
const doneWith = (latencyMsMax: number) =>
  encodeURIComponent(
    JSON.stringify([
      { atMs: 7_000, deed: { kind: 'weather', lossRatio: 0.2, latencyMsMax } },
      { atMs: 8_000, deed: { kind: 'kill', node: 'n1' } },
    ]),
  );
const openMessages = () =>
  open(stage.browser, `${stage.url}?seed=5&t=10000&done=${doneWith(20)}#view=messages`);

const exchanges = (page: Page, type: string) => page.locator(`[data-type="${type}"]`);
const details = (page: Page) => page.getByRole('complementary', { name: 'The chosen message' });

test('of an election it shows who asked whom, what was lost, and what the votes brought about', async () => {
  const { page, troubles } = await openMessages();
  const leader = await leaderShown(page, 'n1');
  await page.locator('.node-heads .leader', { hasText: leader }).waitFor();
  await page.locator('.lifeline[data-node=n1] .ends').waitFor({ state: 'attached' });
  const claims = exchanges(page, 'election.claim');
  const won = claims.filter({ hasText: `from ${leader} (the leader) to all` }).first();
  await won.waitFor({ state: 'attached' });
  expect(await page.locator('.message .lost').count()).toBeGreaterThan(0);

  await choose(page, (await won.getAttribute('data-exchange')) ?? '');
  await details(page).locator('pre', { hasText: '"lastIndex"' }).waitFor();
  await details(page).getByText('says election.vote to').first().click();
  await details(page).getByRole('heading', { name: 'election.vote' }).waitFor();
  await details(page).getByText(`election.claim of ${leader}`).waitFor();
  expect(await page.locator('.message.of-chain').count()).toBeGreaterThan(3);

  // Back at the moment of the claim, when no vote was said yet.
  await details(page).getByText(`election.claim of ${leader}`).click();
  await details(page).locator('time').click();
  await page.locator('.message.of-chain').first().waitFor({ state: 'attached' });
  await details(page).getByText('says election.vote to').first().click();
  await details(page).getByText(`election.claim of ${leader}`).waitFor();
  expect(troubles).toEqual([]);
}, 120_000);

test('types are filtered, and messages are gone through by keys', async () => {
  const { page, troubles } = await openMessages();
  const filter = page.getByRole('toolbar', { name: 'Types of messages' });
  await filter.getByRole('button', { name: /^election.claim/ }).dblclick();
  await page.waitForFunction(() => {
    const types = [...document.querySelectorAll('[data-type]')].map(
      (one) => one.getAttribute('data-type') ?? '',
    );
    return types.length > 0 && types.every((type) => type === 'election.claim');
  });
  await filter.getByRole('button', { name: /^detector.beat/ }).click();
  await exchanges(page, 'detector.beat').first().waitFor({ state: 'attached' });
  const drawing = page.getByRole('group', { name: /^Messages/ });
  await drawing.focus();
  await page.keyboard.press('ArrowUp');
  const last = await page.locator('[data-message]').getAttribute('data-message');
  await page.keyboard.press('ArrowUp');
  await page.waitForFunction(
    (key) => document.querySelector('[data-message]')?.getAttribute('data-message') !== key,
    last,
  );
  await page.keyboard.press('Escape');
  await details(page).waitFor({ state: 'detached' });
  expect(troubles).toEqual([]);
}, 120_000);

test('what a message that is still on its way causes is told as time goes on', async () => {
  const url = `${stage.url}?seed=5&t=8950&done=${doneWith(100)}#view=messages`;
  const { page, troubles } = await open(stage.browser, url);
  const drawing = page.getByRole('group', { name: /^Messages/ });
  await page.locator('.clock', { hasText: '00:08.950' }).waitFor();
  // The last that was said, once all are drawn.
  const isOnItsWay = async () => {
    await drawing.focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowUp');
    return details(page)
      .getByText(/On its way to n\d/)
      .count();
  };
  await expect.poll(isOnItsWay, { timeout: 20_000 }).toBe(1);
  await details(page).getByText('Nothing that was told.').waitFor();
  const effect = details(page).getByText(/^says replica/);
  for (let k = 0; k < 40 && (await effect.count()) === 0; k += 1) {
    await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(50);
  }
  await effect.first().waitFor();
  await details(page)
    .getByText(/On its way to/)
    .waitFor({ state: 'detached' });
  expect(await page.getByRole('button', { name: 'Go on', exact: true }).isVisible()).toBe(true);
  expect(troubles).toEqual([]);
}, 60_000);
