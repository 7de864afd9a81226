/** A voter by the last change but one, when the change that took its vote may not be committed. */
import { expect, test } from 'vitest';
import type { Voter } from '../../protocol/command.ts';
import {
  appended,
  configured,
  LEADERLESS,
  lean,
  OURS,
  started,
  timing,
  vote,
  voter,
  written,
} from './election-words.ts';
import { takeAll } from './table.ts';

const three = ['a', 'c', 'd'].map(voter);
/** As b, whom the last change took out. */
const without = (former: readonly Voter[]) => {
  const play = started();
  takeAll(play, [appended(OURS), { ...configured(three), former: [...former] }]);
  return play;
};
/** Until everybody who votes has had a turn. */
const LAST_MS = (three.length + 1) * timing.placeSpacingMs;

test('stands after all others, and counts no vote of its own (thesis 4.2.2)', () => {
  const play = without([...three, voter('b')]);
  takeAll(play, [LAST_MS - 1]);
  expect(play.value).toEqual(LEADERLESS);
  takeAll(play, [1, lean('c', 3)]);
  expect(play.value).toBe('prospective');
  takeAll(play, [lean('d', 3), written(1), vote('c', 3)]);
  expect(play.value).toEqual({ candidate: 'asking' });
  takeAll(play, [vote('d', 3)]);
  expect(play.value).toBe('leader');
});

test('stands no more when the change is committed, nor with another store', () => {
  for (const former of [[], [...three, { node: 'b', store: 'lost' }]]) {
    const play = without(former);
    takeAll(play, [10 * LAST_MS]);
    expect(play.value).toEqual(LEADERLESS);
  }
});
