/**
 * The search of a change of voters: two leaders of two terms each take a voter out, from where the
 * known error of single-server changes begins (Ongaro, raft-dev of July 2015), on the machines that
 * run at the kerb.
 */
import { test } from 'vitest';
import { expectExhausted, modelOf, SEARCH_MS } from './exhaust.ts';

test(
  'no entry that a majority of the new voters committed is lost to a leader of the old ones',
  () => expectExhausted(modelOf('voters')),
  SEARCH_MS,
);
