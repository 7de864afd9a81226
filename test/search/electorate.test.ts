/** The search of the electorate, where time passes: voters that fail and come back at any moment. */
import { expect, test } from 'vitest';
import { explore } from '../../simulation/search/explore.ts';
import { electorate } from '../../simulation/search/models/electorate.ts';
import { World } from '../../simulation/search/world.ts';

test('who is dead is retired only when it has settled, and never below a living majority', () => {
  const world = new World(electorate);
  const { verdict, states, transitions, depth } = explore(world);
  expect({ verdict, states, transitions, depth }).toEqual({
    verdict: 'exhausted',
    ...electorate.counts,
  });
  expect([...world.reached].sort()).toEqual(Object.keys(electorate.sometimes).sort());
}, 60_000);
