/** When vehicles come to their stop lines, as if nothing held them up. */
import { expect, test } from 'vitest';
import { Arrivals } from '../../traffic/arrivals.ts';

const at = (vehicle: string, intersection: string, distanceM: number) => ({
  ...{ vehicle, intersection, group: 'W-s', distanceM },
});
const arrivals = () => new Arrivals((_, group) => (group === 'W-s' ? 10 : 1));
const seen = (...moments: readonly (readonly ReturnType<typeof at>[])[]) => {
  const watch = arrivals();
  moments.forEach((moment, k) => void watch.see(k + 1, moment));
  return watch.all.map(({ intersection, atS }) => `${intersection} ${atS}`);
};

test('a vehicle comes when it would from where it was noticed, whatever holds it up then', () => {
  const queued = [at('a', 'x1', 180), at('a', 'x1', 110), at('a', 'x1', 108), at('a', 'x1', 2)];
  expect(seen(...queued.map((one) => [one]))).toEqual(['x1 13']);
});

test('who begins near the stop line comes from there', () => {
  expect(seen([at('a', 'x1', 30)])).toEqual(['x1 4']);
});

test('a vehicle comes once to each intersection, and again when it has been elsewhere', () => {
  const way = [at('a', 'x1', 50), at('a', 'x2', 300), at('a', 'x2', 100), at('a', 'x1', 100)];
  expect(seen(...way.map((one) => [one]))).toEqual(['x1 6', 'x2 13', 'x1 14']);
});
