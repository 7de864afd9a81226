/** Elections that are hard: votes that are split, and a node that speaks but does not hear. */
import { expect, test } from 'vitest';
import type { Context as Election } from '../../machines/election.ts';
import type { JournalLine } from '../../protocol/journal.ts';
import { lan } from '../../protocol/timing.ts';
import { type City, createCity } from '../../simulation/city.ts';
import { leaderOf, load } from '../../simulation/load.ts';
import { lastCommitted, progressOf, unsettled } from '../../simulation/settling.ts';
import { Chronicle } from './golden.ts';

const SETTLED_MS = 10_500;
const { electionTimeoutMs, placeSpacingMs } = lan();

const electionOf = (city: City, id: string) =>
  city.place(id).stateOf('election')?.context as Election;

/** Five nodes that have settled. `journal` may act on what it hears at once. */
const settled = async (seed: number, journal: (line: JournalLine) => void) => {
  const city = createCity({ seed, district: 5, journal });
  city.start();
  load(city, 1_000);
  await city.run(SETTLED_MS);
  expect(unsettled(city)).toBeUndefined();
  const leader = leaderOf(city) as string;
  // The order in which they stand once the leader is lost.
  const [first, second, ...rest] = city.ids.filter((id) => id !== leader);
  return { city, leader, first: first as string, second: second as string, rest };
};

const isState = (line: JournalLine, node: string, value: unknown) =>
  line.kind === 'state' &&
  line.node === node &&
  line.machine === 'election' &&
  JSON.stringify(line.value) === JSON.stringify(value);

test('two candidates of one term get two votes each, and a later attempt by place decides', async () => {
  const chronicle = new Chronicle(SETTLED_MS, { hasPolls: true });
  const votes: string[] = [];
  let act = (_: JournalLine) => {};
  const { city, leader, first, second, rest } = await settled(41, (line) => {
    chronicle.see(line);
    act(line);
  });
  const [third, fourth] = rest as [string, string];
  act = (line) => {
    // The first stands, but claims only when the second stands too; each is heard by one other.
    if (isState(line, first, { candidate: 'writing' }) && votes.length === 0) {
      votes.push(first);
      city.stall(first, placeSpacingMs + 20);
      city.cut(first, fourth);
    }
    if (isState(line, second, { candidate: 'writing' }) && votes.length === 1) {
      votes.push(second);
      city.cut(second, third);
    }
  };
  const before = electionOf(city, first).term;
  city.cut(first, second);
  city.cut(second, first);
  city.kill(leader);
  await city.run(SETTLED_MS + 2 * placeSpacingMs + 50);
  expect(votes).toEqual([first, second]);
  const votesFor = (candidate: string) =>
    city.running().filter((id) => {
      const { term, votedFor } = electionOf(city, id);
      return term === before + 1 && votedFor === candidate;
    });
  expect(votesFor(first)).toEqual([first, third]);
  expect(votesFor(second)).toEqual([second, fourth]);
  expect(leaderOf(city)).toBeUndefined();
  city.heal();
  const since = progressOf(city);
  await city.run(SETTLED_MS + electionTimeoutMs);
  const next = leaderOf(city) as string;
  expect(next).toBeDefined();
  expect(electionOf(city, next).term).toBeGreaterThan(before + 1);
  city.restart(leader);
  await city.run(SETTLED_MS + 20_000);
  expect(unsettled(city, since)).toBeUndefined();
  expect(city.violations).toEqual([]);
  chronicle.expectGolden('split-vote', 'Two candidates of one term get two votes each');
});

test('a best-placed node that speaks but does not hear holds no election up', async () => {
  const { city, leader, first } = await settled(42, () => {});
  const { term } = electionOf(city, first);
  for (const id of city.ids) if (id !== first) city.cut(id, first);
  city.kill(leader);
  await city.run(SETTLED_MS + electionTimeoutMs);
  const next = leaderOf(city);
  expect(next).toBeDefined();
  expect([leader, first]).not.toContain(next);
  // Its polls go on and change nothing: terms do not race.
  await city.run(SETTLED_MS + 15_000);
  expect(leaderOf(city)).toBe(next);
  for (const id of city.running()) {
    expect(electionOf(city, id).term).toBeLessThanOrEqual(term + 1);
  }
  const since = progressOf(city);
  city.heal();
  city.restart(leader);
  await city.run(SETTLED_MS + 35_000);
  expect(unsettled(city, since)).toBeUndefined();
  expect(leaderOf(city)).toBe(next);
  expect(city.violations).toEqual([]);
});

test('a node that hears but cannot speak holds no election up either', async () => {
  const { city, leader, first } = await settled(43, () => {});
  for (const id of city.ids) if (id !== first) city.cut(first, id);
  city.kill(leader);
  await city.run(SETTLED_MS + electionTimeoutMs);
  expect([undefined, leader, first]).not.toContain(leaderOf(city));
  expect(city.violations).toEqual([]);
});

test('a leader that is asked to stop under load hands over within a vote, and loses nothing', async () => {
  const { city, leader } = await settled(44, () => {});
  load(city, 30);
  await city.run(SETTLED_MS + 1_000);
  const before = lastCommitted(city);
  city.stop(leader);
  await city.run(SETTLED_MS + 1_000 + 200);
  const next = leaderOf(city) as string;
  expect(next).not.toBe(leader);
  expect(next).toBeDefined();
  expect(lastCommitted(city)).toBeGreaterThan(before);
  expect(city.violations).toEqual([]);
});
