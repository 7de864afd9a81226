/**
 * Thirty of the fifty hours for which every run of the tests watches shared intersections: two of
 * them, of two nodes each, which is the most for its cost. `greenwave simulate --shared` goes on.
 */
import { test } from 'vitest';
import { HALF_HOUR_MS_MAX, Hours } from './hours.ts';

const hours = new Hours(
  1,
  Array.from({ length: 30 }, () => ({ nodes: 4, shared: 2 })),
);

test.each(hours.rows)('%s violates nothing', hours.run, HALF_HOUR_MS_MAX);

test('these are thirty hours of pairs at shared intersections, with every kind of fault', () => {
  hours.expectAtLeast(30);
});
