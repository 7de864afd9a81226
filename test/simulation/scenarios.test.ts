/** The classic scenarios, each with a golden journal to be read. */
import { expect, test } from 'vitest';
import type { Replica } from '../../machines/replication.ts';
import { type City, createCity } from '../../simulation/city.ts';
import { leaderOf, load } from '../../simulation/load.ts';
import { lastCommitted, progressOf, unsettled } from '../../simulation/settling.ts';
import { town } from '../../simulation/town.ts';
import { Chronicle } from './golden.ts';

/** When a city of five has founded its group and settled. */
const SETTLED_MS = 10_500;

interface Scene {
  readonly city: City;
  readonly chronicle: Chronicle;
  readonly leader: string;
  readonly others: readonly string[];
}

/** Five nodes that have settled; what happens from now on is in the chronicle. */
const five = async (seed: number, loadMs = 1_000): Promise<Scene> => {
  const chronicle = new Chronicle(SETTLED_MS);
  const city = createCity({ seed, district: 5, journal: chronicle.see });
  city.start();
  load(city, loadMs);
  await city.run(SETTLED_MS);
  expect(unsettled(city)).toBeUndefined();
  const leader = leaderOf(city) as string;
  return { city, chronicle, leader, others: city.ids.filter((id) => id !== leader) };
};

/** All is well again, and something was committed since. */
const expectSettled = async (city: City, untilMs: number) => {
  const since = progressOf(city);
  await city.run(untilMs);
  expect(unsettled(city, since)).toBeUndefined();
  expect(city.violations).toEqual([]);
};

const replicaOf = (city: City, id: string) => city.place(id).observed.replica() as Replica;

test('five nodes found a group, elect a leader, enrol and adopt a plan', async () => {
  const chronicle = new Chronicle();
  const city = createCity({ seed: 21, district: 5, journal: chronicle.see });
  city.start();
  await city.run(SETTLED_MS);
  expect(unsettled(city)).toBeUndefined();
  expect(replicaOf(city, 'n1').state.plan?.intersections).toHaveLength(5);
  chronicle.expectGolden('founding', 'Five nodes found a group, elect a leader and adopt a plan');
});

test('when the leader crashes another leads, and the dead one comes back as a backup', async () => {
  const { city, chronicle, leader } = await five(22);
  city.kill(leader);
  await city.run(15_000);
  const next = leaderOf(city);
  expect(next).toBeDefined();
  expect(next).not.toBe(leader);
  city.restart(leader);
  await expectSettled(city, 25_000);
  chronicle.expectGolden('leader-crash', 'The leader crashes and comes back');
});

test('of five nodes split into two and three, only the three go on', async () => {
  const { city, chronicle, leader, others } = await five(23);
  const two = [leader, others[0] as string].sort();
  const three = others.slice(1);
  const before = lastCommitted(city);
  city.partition([two, three]);
  await city.run(20_000);
  for (const id of three) expect(replicaOf(city, id).commit).toBeGreaterThan(before);
  for (const id of two) expect(replicaOf(city, id).commit).toBeLessThan(lastCommitted(city));
  expect(three).toContain(leaderOf(city));
  city.heal();
  await expectSettled(city, 32_000);
  chronicle.expectGolden('partition', 'Five nodes are split into two, with the leader, and three');
});

test('a cut-off leader steps down, and disturbs nobody when it returns', async () => {
  const { city, chronicle, leader, others } = await five(24);
  city.partition([[leader]]);
  await city.run(18_000);
  const next = leaderOf(city) as string;
  expect(others).toContain(next);
  expect(city.place(leader).stateOf('election')?.value).not.toBe('leader');
  const { term } = replicaOf(city, next);
  city.heal();
  await expectSettled(city, 30_000);
  expect(leaderOf(city)).toBe(next);
  expect(replicaOf(city, next).term).toBe(term);
  chronicle.expectGolden('cut-off-leader', 'The leader is cut off and returns');
});

test('a follower far behind is brought up with the state and the tail of the log', async () => {
  const { city, chronicle, others } = await five(25, 50);
  const late = others.at(-1) as string;
  city.kill(late);
  const behind = lastCommitted(city);
  await city.run(28_000);
  expect(lastCommitted(city)).toBeGreaterThan(behind + 300);
  city.restart(late);
  await expectSettled(city, 38_000);
  expect(replicaOf(city, late).base.index).toBeGreaterThan(behind);
  chronicle.expectGolden('far-behind', 'A follower misses more than the log still holds');
});

test('a node that was never seen before joins and becomes a voter', async () => {
  const chronicle = new Chronicle(SETTLED_MS);
  const district = { ...town(5), expect: 4 };
  const city = createCity({ seed: 26, district, journal: chronicle.see });
  city.start(['n1', 'n2', 'n3', 'n4']);
  load(city, 1_000);
  await city.run(SETTLED_MS);
  expect(unsettled(city)).toBeUndefined();
  city.restart('n5');
  await expectSettled(city, 25_000);
  const { state } = replicaOf(city, 'n1');
  expect(state.members.map(({ node }) => node)).toContain('n5');
  expect(state.voters).toHaveLength(5);
  chronicle.expectGolden('join', 'A fifth node joins four');
});

test('a leader that leaves hands over, says goodbye and is no member any more', async () => {
  const { city, chronicle, leader, others } = await five(27);
  city.stop(leader);
  await expectSettled(city, 25_000);
  expect(city.running()).toEqual(others);
  const { state } = replicaOf(city, others[0] as string);
  expect(state.members.map(({ node }) => node)).toEqual(others);
  expect(state.voters.map(({ node }) => node)).not.toContain(leader);
  chronicle.expectGolden('leave', 'The leader leaves cleanly');
});

test('a node that lost its disk comes back as a learner and becomes a voter again', async () => {
  const { city, chronicle, others } = await five(28);
  const lost = others[1] as string;
  const store = city.place(lost).observed.store;
  city.kill(lost);
  await city.run(12_000);
  city.restart(lost, { wipe: true });
  await expectSettled(city, 30_000);
  const { state } = replicaOf(city, others[0] as string);
  expect(state.voters.filter(({ node }) => node === lost)).toHaveLength(1);
  expect(state.voters.map((voter) => voter.store)).not.toContain(store);
  chronicle.expectGolden('lost-disk', 'A voter loses its disk');
});

test('two groups that were founded apart are one soon after they meet', async () => {
  const chronicle = new Chronicle(SETTLED_MS);
  const { expect: _, ...district } = town(5);
  const city = createCity({ seed: 29, district, journal: chronicle.see });
  const [three, two] = [
    ['n1', 'n2', 'n3'],
    ['n4', 'n5'],
  ];
  city.partition([three, two]);
  city.start();
  load(city, 1_000);
  await city.run(SETTLED_MS);
  const groupOf = (id: string) => (city.place(id).disk.read('group') as { group: string }).group;
  expect(groupOf('n1')).toMatch(/^1\.3\.n1\./);
  expect(groupOf('n4')).toMatch(/^1\.2\.n4\./);
  city.heal();
  await expectSettled(city, 25_000);
  expect(new Set(city.ids.map(groupOf))).toEqual(new Set([groupOf('n1')]));
  expect(city.counts.yields).toBe(2);
  const { state } = replicaOf(city, 'n5');
  expect(state.members.map(({ node }) => node)).toEqual(city.ids);
  expect(state.voters).toHaveLength(5);
  chronicle.expectGolden('merge', 'Three nodes and two have founded groups apart, and meet');
});
