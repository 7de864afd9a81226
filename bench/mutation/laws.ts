/**
 * The laws of the papers, asked of mutants: searches that may find something wrong, or never reach
 * what must happen. How many states there are is not asked, because only the machine says so.
 * Run by `bench/mutation/suite.ts`.
 */
import { expect, test } from 'vitest';
import { explore } from '../../simulation/search/explore.ts';
import { models } from '../../simulation/search/models/models.ts';
import { World } from '../../simulation/search/world.ts';

/** What is not found within so many states is not found. */
const STATES_MAX = 300_000;

test.each(['election', 'replica'])('the model %s keeps its laws', (name) => {
  const model = models.find((one) => one.name === name);
  if (!model) throw new Error(`there is no model ${name}`);
  const world = new World(model);
  const { wrong, verdict } = explore(world, { statesMax: STATES_MAX });
  expect(wrong).toBeUndefined();
  if (verdict !== 'exhausted') return;
  expect([...world.reached].sort()).toEqual(Object.keys(model.sometimes).sort());
});
