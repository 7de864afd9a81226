/**
 * The search of the replica: what a leader had under way when another follows it, in every order
 * and with every loss within bounds, on the machines that run at the kerb.
 */
import { test } from 'vitest';
import { expectExhausted, modelOf, SEARCH_MS } from './exhaust.ts';

test(
  'committed entries stand, and logs match, in every state of one change of leader',
  () => expectExhausted(modelOf('replica')),
  SEARCH_MS,
);
