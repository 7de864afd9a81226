/**
 * Seeds of cities with shared intersections, under drift, stalls, lost writes and partitions. These
 * few are for every run of the tests; `npm run soak` goes on for as many hours as one has.
 */
import { expect, test } from 'vitest';
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

test('as many nodes are taken as whole intersections have', async () => {
  const run = { seed: 1, nodes: 5, durationMs: 3_000, faults: 'none' as const, shared: true };
  expect(await simulate(run)).toMatchObject({ nodes: 8 });
}, 60_000);
