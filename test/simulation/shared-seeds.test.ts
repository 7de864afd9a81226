/**
 * Seeds of larger cities with shared intersections, under drift, stalls, lost writes and partitions.
 * The hours are spent in `hours-*.test.ts`; `npm run soak` goes on for as many as one has.
 */
import { expect, test } from 'vitest';
import { checkDistrict } from '../../protocol/check-district.ts';
import { mixedBy, sharedTown } from '../../simulation/shared-town.ts';
import { simulate } from '../../simulation/simulate.ts';

const MINUTES = 4;

test.each([
  [1, 12, false],
  [2, 12, false],
  [3, 8, false],
  [4, 8, true],
  [5, 4, false],
  [6, 4, true],
])(
  'seed %i of %i nodes at shared intersections violates nothing (founded apart: %s)',
  async (seed, nodes, apart) => {
    const run = { seed, nodes, durationMs: MINUTES * 60_000, faults: 'heavy' as const };
    const outcome = await simulate({ ...run, shared: true, apart });
    const again = `greenwave simulate --seed ${seed} --nodes ${nodes} --minutes ${MINUTES} --faults heavy --shared${apart ? ' --apart' : ''}`;
    expect(outcome.violations, again).toEqual([]);
    expect(outcome.intersectionHours).toBeGreaterThan(((nodes / 4) * MINUTES) / 60);
    expect(outcome.crashes).toBeGreaterThan(0);
  },
  90_000,
);

test('without faults every shared intersection goes round, and calls are served', async () => {
  const run = { seed: 1, nodes: 8, durationMs: 6 * 60_000, faults: 'none' as const, shared: true };
  const outcome = await simulate(run);
  expect(outcome).toMatchObject({ violations: [], leaderChanges: 0, groups: 1, nodes: 8 });
  // Two intersections, two greens or three in every twenty seconds or so, after the first minute.
  expect(outcome.greens).toBeGreaterThan(40);
  expect(outcome.releases).toBeGreaterThan(0);
}, 90_000);

test.each<[number, boolean | 4, number]>([
  [5, 4, 8],
  [5, true, 5],
  [1, true, 2],
])(
  'of %i nodes, shared by as many as %s, whole intersections are made: %i',
  async (nodes, shared, made) => {
    const run = { seed: 1, nodes, durationMs: 3_000, faults: 'none' as const, shared };
    expect(await simulate(run)).toMatchObject({ nodes: made });
  },
  60_000,
);

test('a seed says how many nodes share each intersection, and all numbers come up', () => {
  const mixes = Array.from({ length: 30 }, (_, seed) => mixedBy(seed, 9));
  expect(mixedBy(7, 9)).toEqual(mixedBy(7, 9));
  for (const mix of mixes) expect(mix.reduce<number>((sum, one) => sum + one, 0)).toBe(9);
  expect(new Set(mixes.flat())).toEqual(new Set([2, 3, 4]));
});

test.each([[[2, 3, 4]], [[4]], [[2, 2]]] as const)(
  'a made-up town of intersections shared by %j passes the checks of a district file',
  (mix) => {
    const result = checkDistrict(JSON.parse(JSON.stringify(sharedTown(mix))));
    expect(result).toMatchObject({ district: { expect: mix.reduce<number>((a, b) => a + b, 0) } });
  },
);
