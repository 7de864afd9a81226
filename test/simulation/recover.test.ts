/** A district of which most voters are lost for good, and what an operator can do about it. */
import { expect, test } from 'vitest';
import { recovered } from '../../machines/recovery.ts';
import type { State } from '../../protocol/command.ts';
import { type City, createCity } from '../../simulation/city.ts';
import { leaderOf, load } from '../../simulation/load.ts';
import { lastCommitted, unsettled } from '../../simulation/settling.ts';

const groupOf = (city: City, id: string) =>
  (city.place(id).disk.read('group') as { group: string }).group;

const stateOf = (city: City, id: string) => city.place(id).observed.replica()?.state as State;

/** Does with a disk what `greenwave recover --yes` does with a folder. */
const recover = async (city: City, id: string): Promise<void> => {
  const { disk } = city.place(id);
  disk.settle({});
  const store = disk.open(
    (done) => done(),
    () => {},
  );
  store.reset(
    (now) => recovered(store.recovered, { node: id, store: now }).puts,
    () => {},
  );
  await city.run(city.now() + 100);
};

test('when most voters are lost for good, one that is left is recovered and the others join it', async () => {
  const city = createCity({ seed: 31, district: 5 });
  city.start();
  load(city, 1_000);
  await city.run(10_000);
  expect(unsettled(city)).toBeUndefined();
  for (const id of ['n1', 'n2', 'n3']) city.kill(id, { silent: true });
  await city.run(25_000);
  // What is left of a group without a majority waits, and agrees on nothing.
  expect(leaderOf(city)).toBeUndefined();
  const { members, plan } = stateOf(city, 'n4');
  const since = lastCommitted(city);

  city.kill('n4');
  await recover(city, 'n4');
  city.restart('n4');
  await city.run(45_000);
  expect(unsettled(city)).toBeUndefined();
  expect(city.violations).toEqual([]);
  expect(groupOf(city, 'n4')).toMatch(/^2\.1\.n4\./);
  expect(groupOf(city, 'n5')).toBe(groupOf(city, 'n4'));
  expect(city.counts.yields).toBe(1);
  expect(leaderOf(city)).toBe('n4');
  const after = stateOf(city, 'n5');
  expect(after.members.map(({ node }) => node)).toEqual(members.map(({ node }) => node));
  expect(plan).toBeDefined();
  expect(city.place('n5').observed.replica()?.commit).toBeGreaterThan(since);

  // One that was given up comes back after all: it yields like everybody else.
  city.restart('n1');
  await city.run(60_000);
  expect(unsettled(city)).toBeUndefined();
  expect(groupOf(city, 'n1')).toBe(groupOf(city, 'n4'));
  expect(stateOf(city, 'n4').voters).toHaveLength(3);
  expect(city.violations).toEqual([]);
}, 60_000);
