/**
 * The search of the replica: what a leader had under way when another follows it, in every order
 * and with every loss within bounds, on the machines that run at the kerb.
 */
import { test } from 'vitest';
import { expectExhausted, modelOf, SEARCH_MS } from './exhaust.ts';

/** `greenwave check` searches the whole; here nothing is doubled. */
const lesser = { counts: { states: 979_353, transitions: 5_150_671, depth: 36 } };

test(
  'committed entries stand, and logs match, in every state of one change of leader',
  () => {
    const { bounds, ...model } = modelOf('replica');
    expectExhausted({ ...model, ...lesser, bounds: { ...bounds, duplicates: 0 } });
  },
  SEARCH_MS,
);
