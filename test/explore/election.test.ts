/**
 * The search of the election: every order of deliveries, losses, doublings, timeouts, crashes and
 * restarts of three nodes within bounds, on the machines that run at the kerb.
 */
import { expect, test } from 'vitest';
import { explore } from '../../simulation/explore.ts';
import { models } from '../../simulation/models/models.ts';
import { World } from '../../simulation/world.ts';
import type { Model } from '../../simulation/world-model.ts';

const model = models.find(({ name }) => name === 'election') as Model;

test('every state within a crash, a drop, a duplicate and three timeouts keeps the laws', () => {
  const world = new World(model);
  const { verdict, states, transitions, depth } = explore(world);
  expect({ verdict, states, transitions, depth }).toEqual({
    verdict: 'exhausted',
    ...model.counts,
  });
  expect([...world.reached]).toEqual(
    expect.arrayContaining([
      'a leader is elected',
      'a claim is made',
      'a poll is refused',
      'a node comes back with its vote',
      'a crash loses a vote that was to be written',
    ]),
  );
}, 60_000);

test('a law that an election breaks is found broken, by the shortest way', () => {
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
