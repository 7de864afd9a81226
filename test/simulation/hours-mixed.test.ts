/**
 * Twenty of the fifty hours for which every run of the tests watches shared intersections: one of two
 * nodes beside one of three, and one of four; some founded apart.
 */
import { test } from 'vitest';
import { HALF_HOUR_MS_MAX, type HalfHour, Hours } from './hours.ts';

const some = (length: number, half: HalfHour): HalfHour[] =>
  Array.from({ length }, (_, k) => ({ ...half, apart: k % 4 === 3 }));

const hours = new Hours(101, [
  ...some(16, { nodes: 5, shared: true }),
  ...some(8, { nodes: 4, shared: 4 }),
]);

test.each(hours.rows)('%s violates nothing', hours.run, HALF_HOUR_MS_MAX);

test('these are twenty hours of two to four nodes at one, with every kind of fault', () => {
  hours.expectAtLeast(20);
});
