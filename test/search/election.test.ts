/**
 * The search of the election: every order of deliveries, losses, doublings, timeouts, crashes and
 * restarts of a few nodes within bounds, on the machines that run at the kerb.
 */
import { expect, test } from 'vitest';
import { explore } from '../../simulation/search/explore.ts';
import type { Model } from '../../simulation/search/model.ts';
import { World } from '../../simulation/search/world.ts';
import { expectExhausted, modelOf, SEARCH_MS } from './exhaust.ts';

test(
  'every state of three nodes and one new term keeps the laws',
  () => expectExhausted(modelOf('election')),
  SEARCH_MS,
);

test(
  'every state of three nodes and two new terms has one leader a term at most',
  () => expectExhausted(modelOf('elections')),
  SEARCH_MS,
);

test(
  'every state of five nodes has one leader a term at most',
  () => expectExhausted(modelOf('election-of-five')),
  SEARCH_MS,
);

test('a law that an election breaks is found broken, by the shortest way', () => {
  const model = modelOf('election');
  const noLeader: Model = {
    ...model,
    laws: [
      ...model.laws,
      ({ heard }) =>
        heard.some(({ type }) => type === 'election.elected') ? 'somebody leads' : undefined,
    ],
  };
  const found = explore(new World(noLeader));
  expect(found).toMatchObject({
    verdict: 'violated',
    wrong: expect.stringContaining('somebody leads'),
  });
  expect(found.moves.length).toBeLessThan(12);
}, 60_000);
