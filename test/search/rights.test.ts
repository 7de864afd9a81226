/** The search of rights of way: clocks that drift, a preemption, and a crash at any moment. */
import { test } from 'vitest';
import { expectExhausted, modelOf, SEARCH_MS } from './exhaust.ts';

test(
  'conflicting groups are never lit together, whoever gives up a right and starts again',
  () => {
    expectExhausted(modelOf('rights-called'));
  },
  SEARCH_MS,
);
