/**
 * The search of a genesis: ballots of nodes that have no group, with every loss and a crash within
 * bounds, on the machine that runs at the kerb.
 */
import { test } from 'vitest';
import { expectExhausted, modelOf, SEARCH_MS } from './exhaust.ts';

test(
  'no two groups of one district are ever founded while the same nodes are expected',
  () => expectExhausted(modelOf('genesis')),
  SEARCH_MS,
);
