/** Searches a model of the registry to its end, and says what must be true of every such search. */
import { expect } from 'vitest';
import { explore } from '../../simulation/search/explore.ts';
import type { Model } from '../../simulation/search/model.ts';
import { models } from '../../simulation/search/models/models.ts';
import { World } from '../../simulation/search/world.ts';

/**
 * States that a second of the processor must bring at least: half of what the slowest search, that of
 * rights, brings while the other core is busy too (`npx greenwave check rights-called` prints it).
 */
const RATE_MIN = 10_000;

export const modelOf = (name: string): Model => {
  const model = models.find((one) => one.name === name);
  if (!model) throw new Error(`there is no model ${name}`);
  return model;
};

/** No state is left, none is wrong, and everything that must happen somewhere has happened. */
export const expectExhausted = (model: Model): void => {
  const began = process.cpuUsage();
  const world = new World(model);
  const { wrong, verdict, states, transitions, depth } = explore(world);
  const { user, system } = process.cpuUsage(began);
  expect(wrong).toBeUndefined();
  expect({ verdict, states, transitions, depth }).toEqual({
    verdict: 'exhausted',
    ...model.counts,
  });
  expect([...world.reached].sort()).toEqual(Object.keys(model.sometimes).sort());
  expect(states / ((user + system) / 1e6)).toBeGreaterThan(RATE_MIN);
};

/** Processors are shared: this is how long a search may take that needs half a minute alone. */
export const SEARCH_MS = 300_000;
