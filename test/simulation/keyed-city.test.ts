/**
 * A city whose nodes have keys: it founds itself, elects and agrees as one without; and what was
 * recorded of it, and said again, changes nothing.
 */
import { expect, test } from 'vitest';
import type { JournalLine } from '../../protocol/journal.ts';
import { createCity } from '../../simulation/city.ts';
import { keyring } from '../transport/keys.ts';

const factsOf = (lines: readonly JournalLine[]) =>
  lines.flatMap((line) => (line.kind === 'fact' ? [{ node: line.node, event: line.event }] : []));

const cityWithKeys = (seed: number, count = 5) => {
  const lines: JournalLine[] = [];
  const seal = keyring();
  const city = createCity({ seed, district: count, seal, journal: (line) => lines.push(line) });
  city.start();
  return { city, lines, seal };
};

const elections = (lines: readonly JournalLine[]) =>
  factsOf(lines).flatMap(({ event }) => (event.type === 'election.elected' ? [event] : []));

test('with keys a city has a group, a leader and a plan as soon as one without', async () => {
  const after = async (seal: ReturnType<typeof keyring> | undefined) => {
    const lines: JournalLine[] = [];
    const city = createCity({ seed: 3, district: 5, seal, journal: (line) => lines.push(line) });
    city.start();
    await city.run(20_000);
    expect(city.violations).toEqual([]);
    const planned = lines.filter(
      (line) =>
        line.kind === 'fact' &&
        line.event.type === 'replica.committed' &&
        line.event.command.kind === 'plan.adopt' &&
        line.event.command.plan.intersections.length === 5,
    );
    expect(new Set(planned.map(({ node }) => node)).size).toBe(5);
    return Math.max(...planned.slice(0, 5).map(({ t }) => t));
  };
  const plainMs = await after(undefined);
  expect(await after(keyring())).toBeLessThan(plainMs + 2_000);
});

test('a leader that is killed is replaced, and comes back into the view with a new life', async () => {
  const { city, lines } = cityWithKeys(5);
  await city.run(20_000);
  const leader = elections(lines)[0]?.leader ?? '';
  const since = lines.length;
  city.kill(leader);
  await city.run(26_000);
  expect(elections(lines.slice(since)).some((one) => one.leader !== leader)).toBe(true);
  city.restart(leader);
  await city.run(40_000);
  const joined = factsOf(lines.slice(since)).filter(
    ({ event }) => event.type === 'membership.joined' && event.peer === leader,
  );
  expect(new Set(joined.map(({ node }) => node)).size).toBe(4);
  expect(city.violations).toEqual([]);
});

test('recorded traffic, said again to nodes that were started since, changes nothing', async () => {
  const { city, lines } = cityWithKeys(7);
  const recorded: Uint8Array[] = [];
  const stranger = await city.network.transport('stranger').open({
    heard: (bytes, { via }) => {
      if (via === 'all' && recorded.length < 5_000) recorded.push(bytes);
    },
    lost: () => {},
    troubled: () => {},
  });
  await city.run(30_000);
  expect(recorded.length).toBeGreaterThan(300);
  const stopped = [...recorded];
  for (const id of city.ids) city.kill(id);
  await city.run(31_000);
  for (const id of city.ids) city.restart(id);
  await city.run(45_000);
  const since = lines.length;
  const terms = () => elections(lines).map((event) => event.term);
  const term = Math.max(...terms());
  for (const [k, bytes] of stopped.entries()) {
    city.at(45_000 + k, () => stranger.sendAll(bytes));
  }
  await city.run(46_000 + stopped.length);
  expect(Math.max(...terms())).toBe(term);
  const changes = factsOf(lines.slice(since)).filter(({ event }) =>
    /^(election|membership|genesis|detector\.suspected|merge)/.test(event.type),
  );
  expect(changes).toEqual([]);
  expect(city.violations).toEqual([]);
});
