/**
 * Sabotages that a city finds: the same machines taken apart as in `test/search/sabotage.test.ts`,
 * but run in whole nodes on a virtual clock. A city must find what a search has no room for.
 */
import { afterAll, expect, test } from 'vitest';
import type * as Cities from '../../simulation/city.ts';
import type * as Loads from '../../simulation/load.ts';
import type * as Simulate from '../../simulation/simulate.ts';
import { type Copy, copyOf, original, type Sabotage } from '../search/sabotaged.ts';

const copies: Copy[] = [];
afterAll(() => {
  for (const copy of copies) copy.remove();
});
const broken = (sabotage: Sabotage): Copy => {
  const copy = copyOf(sabotage);
  copies.push(copy);
  return copy;
};

/** Leaders that three nodes have had when one of them was cut off for a while and came back. */
const leadersAfterReturn = async ({ load }: Pick<Copy, 'load'>): Promise<number> => {
  const { createCity } = (await load('simulation/city.ts')) as typeof Cities;
  const { leaderOf } = (await load('simulation/load.ts')) as typeof Loads;
  const city = createCity({ seed: 7, district: 3 });
  city.start();
  await city.run(10_500);
  const follower = city.ids.find((id) => id !== leaderOf(city)) as string;
  city.partition([[follower]]);
  await city.run(18_000);
  city.heal();
  await city.run(25_000);
  expect(city.violations).toEqual([]);
  return [...city.invariants.groups.values()].reduce((sum, { leaders }) => sum + leaders.size, 0);
};

test('without a pre-vote a cut-off node that returns costs the leader its term', async () => {
  const noPreVote = {
    file: 'machines/election.ts',
    replace: "{ guard: 'mayStand', target: '#election.prospective' },",
    by: "{ guard: 'mayStand', target: '#election.candidate' },",
  };
  expect(await leadersAfterReturn(original)).toBe(1);
  expect(await leadersAfterReturn(broken(noPreVote))).toBeGreaterThan(1);
}, 60_000);

/** Which invariants the first of some seeds violates that violates any. */
const violatedBySeeds = async ({ load }: Pick<Copy, 'load'>): Promise<string[]> => {
  const { simulate } = (await load('simulation/simulate.ts')) as typeof Simulate;
  for (const seed of [1, 2, 3]) {
    const run = { seed, nodes: 5, durationMs: 60_000, faults: 'heavy' as const };
    const { violations } = await simulate(run);
    if (violations.length > 0) return violations.map(({ invariant }) => invariant);
  }
  return [];
};

test('an acknowledgement that does not wait for the disk is found by seeds', async () => {
  const tooEarly = {
    file: 'machines/backup.ts',
    replace: 'index: Math.min(durable, matched) }',
    by: 'index: matched + 0 * durable }',
  };
  expect(await violatedBySeeds(original)).toEqual([]);
  expect(await violatedBySeeds(broken(tooEarly))).toEqual(['acknowledged is durable']);
}, 120_000);

test('a voter that looks again at once, for ever, is found soon', async () => {
  const noStore = {
    file: 'machines/ballot.ts',
    replace: 'if (place < 0 || !isVoter(self)) return line.length + 1;',
    by: 'if (place < 0) return line.length + 1;',
  };
  const lose = async ({ load }: Pick<Copy, 'load'>) => {
    const { createCity } = (await load('simulation/city.ts')) as typeof Cities;
    const { leaderOf } = (await load('simulation/load.ts')) as typeof Loads;
    const city = createCity({ seed: 8, district: 3 });
    city.start();
    await city.run(10_000);
    const [lost = '', gone = ''] = city.ids.filter((id) => id !== leaderOf(city));
    // Its new store cannot be made a voter, and the leader steps down: it stands by its name only.
    city.kill(gone);
    city.kill(lost);
    city.restart(lost, { wipe: true });
    await city.run(30_000);
    return city;
  };
  expect((await lose(original)).violations).toEqual([]);
  const { violations, counts } = await lose(broken(noStore));
  expect(violations[0]?.invariant).toBe('nodes come to rest');
  expect(counts.events).toBeLessThan(20_000);
}, 60_000);
