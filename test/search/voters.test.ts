/**
 * The searches of a change of voters: the first of two leaders takes a voter out or adds a learner,
 * the second takes a voter out, from where the known error of single-server changes begins (Ongaro,
 * raft-dev of July 2015), on the machines that run at the kerb.
 */
import { test } from 'vitest';
import { expectExhausted, modelOf, SEARCH_MS } from './exhaust.ts';

test(
  'no entry that a majority of the new voters committed is lost to a leader of the old ones',
  () => expectExhausted(modelOf('voters')),
  SEARCH_MS,
);

test(
  'nor to a leader of more voters, one of which was a learner before',
  () => expectExhausted(modelOf('voters-added')),
  SEARCH_MS,
);
