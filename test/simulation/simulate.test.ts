/** Seeds: a fixed few in every test run, the schedules they draw, and the search for shorter ones. */
import { expect, test } from 'vitest';
import { totalOf } from '../../bin/simulate-total.ts';
import { scheduleOf } from '../../simulation/schedule.ts';
import { shrink } from '../../simulation/shrink.ts';
import { faultsOf, simulate } from '../../simulation/simulate.ts';

const MINUTE_MS = 60_000;

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'seed %i of five nodes and three minutes of heavy faults violates nothing',
  async (seed) => {
    const run = { seed, nodes: 5, durationMs: 3 * MINUTE_MS, faults: 'heavy' as const };
    const outcome = await simulate(run);
    const again = `greenwave simulate --seed ${seed} --nodes 5 --minutes 3 --faults heavy`;
    expect(outcome.violations, again).toEqual([]);
    expect(outcome.commits).toBeGreaterThan(30);
    expect(outcome.crashes).toBeGreaterThan(0);
  },
  30_000,
);

test.each([1, 2, 3])(
  'seed %i of six nodes that are founded apart, under heavy faults, ends with one group',
  async (seed) => {
    const run = { seed, nodes: 6, durationMs: MINUTE_MS, faults: 'heavy' as const, apart: true };
    const outcome = await simulate(run);
    const again = `greenwave simulate --seed ${seed} --nodes 6 --minutes 1 --faults heavy --apart`;
    expect(outcome.violations, again).toEqual([]);
    expect(outcome.groups).toBeGreaterThan(1);
    expect(outcome.yields).toBeGreaterThan(0);
  },
  30_000,
);

test('without faults there is one leader and no loss', async () => {
  const outcome = await simulate({ seed: 1, nodes: 3, durationMs: 20_000, faults: 'none' });
  expect(outcome).toMatchObject({ violations: [], leaderChanges: 0, crashes: 0, groups: 1 });
  expect(outcome.settledSeconds).toBeLessThan(5);
});

test('a schedule is drawn from its seed, is in order, ends in time, and has every kind of fault', () => {
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
  const drawn = (seed: number) =>
    scheduleOf({ seed, nodes, level: 'heavy', untilMs: 60 * MINUTE_MS });
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
  const faults = drawn(1);
  const starts = faults.map(({ atMs }) => atMs);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
  expect(Math.max(...faults.map(({ atMs, forMs }) => atMs + forMs))).toBeLessThanOrEqual(
    60 * MINUTE_MS,
  );
  expect([...new Set(faults.map(({ kind }) => kind))].sort()).toEqual([
    'crash',
    'cut',
    'drift',
    'leave',
    'partition',
    'slowDisk',
    'stall',
    'suspend',
    'weather',
    'wipe',
  ]);
});

test('only the named places of a schedule happen', () => {
  const options = { seed: 4, nodes: 5, durationMs: 3 * MINUTE_MS, faults: 'heavy' as const };
  const all = faultsOf(options);
  expect(faultsOf({ ...options, only: [0, 2] })).toEqual([all[0], all[2]]);
  expect(faultsOf({ ...options, only: [] })).toEqual([]);
});

test('shrinking finds the few faults that matter', async () => {
  let runs = 0;
  const places = await shrink({
    places: Array.from({ length: 40 }, (_, k) => k),
    runsMax: 200,
    fails: async (tried) => {
      runs += 1;
      return tried.includes(7) && tried.includes(31);
    },
  });
  expect(places).toEqual([7, 31]);
  expect(runs).toBeLessThan(60);
});

test('shrinking stops at its limit with what it has', async () => {
  const places = await shrink({ places: [1, 2, 3, 4], runsMax: 1, fails: async () => true });
  expect(places).toEqual([3, 4]);
});

test('a summary adds up its runs and names the seeds that failed', async () => {
  const outcome = await simulate({ seed: 1, nodes: 1, durationMs: 5_000, faults: 'none' });
  const violation = { invariant: 'logs match' as const, t: 1, node: 'n1', message: 'no' };
  const total = totalOf([outcome, { ...outcome, seed: 2, violations: [violation] }], 1_000);
  expect(total).toMatchObject({
    kind: 'summary',
    runs: 2,
    wallSeconds: 1,
    commits: outcome.commits * 2,
    failedSeeds: [2],
    violations: [{ seed: 2, invariant: 'logs match' }],
  });
});
