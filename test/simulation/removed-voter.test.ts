/** A change of voters that reached only the voter it takes out, when the leader that made it is gone. */
import { expect, test } from 'vitest';
import type { Replica } from '../../machines/replication.ts';
import { votersOf } from '../../machines/replication.ts';
import { type City, createCity } from '../../simulation/city.ts';
import { leaderOf } from '../../simulation/load.ts';
import { unsettled } from '../../simulation/settling.ts';

const replicaOf = (city: City, id: string) => city.place(id).stateOf('replica')?.context as Replica;
const votersAt = (city: City, id: string) =>
  votersOf(replicaOf(city, id)).voters.map(({ node }) => node);

/** Lets time pass until it is so. */
const until = async (city: City, is: () => boolean) => {
  for (const endMs = city.now() + 30_000; !is() && city.now() < endMs; ) {
    await city.run(city.now() + 10);
  }
  expect(is()).toBe(true);
};

test('the voter that a change takes out leads, where it alone holds the change', async () => {
  const city = createCity({ seed: 1, district: 4 });
  const leader = () => leaderOf(city) ?? '';
  city.start();
  await until(city, () => leader() !== '');
  await city.run(city.now() + 5_000);
  const led = leader();
  // One of three is dead for a while, and a fourth votes in its stead.
  const dead = votersAt(city, led).find((id) => id !== led) ?? '';
  city.kill(dead, { silent: true });
  await until(city, () => votersAt(city, led).length === 4);
  await city.run(city.now() + 1_000);
  const four = votersAt(city, led);
  const out = four.findLast((id) => id !== led) ?? '';
  // It is back, and one is too many; but what the leader says reaches that one alone.
  const others = four.filter((id) => id !== led && id !== out);
  for (const id of others) city.cut(led, id);
  city.restart(dead);
  await until(city, () => votersAt(city, out).length === 3);
  city.kill(led);
  city.restart(led, { wipe: true });
  for (const id of others) city.mend(led, id);
  await until(city, () => leader() === out);
  await city.run(city.now() + 30_000);
  expect(city.violations).toEqual([]);
  expect(unsettled(city)).toBe(undefined);
});
