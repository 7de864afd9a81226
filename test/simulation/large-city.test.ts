/**
 * A city too large for all to beat to all: deaths, a partition and its end are seen by everybody,
 * although each node is watched by a few; and nobody pays for the size of the city.
 */
import { expect, test } from 'vitest';
import type { Pairs } from '../../machines/map.ts';
import type { JournalLine } from '../../protocol/journal.ts';
import { createCity } from '../../simulation/city.ts';
import { load } from '../../simulation/load.ts';
import { unsettled } from '../../simulation/settling.ts';

const COUNT = 40;
const viewsOf = (city: ReturnType<typeof createCity>, ids: readonly string[]) => {
  const views = ids.map((id) => {
    const context = city.place(id).stateOf('membership')?.context as
      | { view: Pairs<unknown> }
      | undefined;
    return [id, ...(context?.view ?? []).map(([peer]) => peer)].sort().join(' ');
  });
  return [...new Set(views)];
};

test('forty nodes are one view after deaths, a partition and its end, each within seconds', async () => {
  const city = createCity({ seed: 3, district: COUNT });
  city.start();
  load(city, 3_000);
  await city.run(10_000);
  expect(unsettled(city)).toBeUndefined();

  // Two die with their hosts and are seen by silence, one is killed and seen by evidence.
  const dead = ['n05', 'n17', 'n30'];
  city.kill('n05', { silent: true });
  city.kill('n17', { silent: true });
  city.kill('n30');
  await city.run(14_000);
  const living = city.ids.filter((id) => !dead.includes(id));
  expect(viewsOf(city, living)).toEqual([living.sort().join(' ')]);

  const there = living.slice(0, 15);
  const here = living.filter((id) => !there.includes(id));
  city.partition([here, there]);
  await city.run(28_000);
  expect(viewsOf(city, here)).toEqual([here.join(' ')]);
  expect(viewsOf(city, there)).toEqual([there.join(' ')]);

  city.heal();
  for (const id of dead) city.restart(id);
  await city.run(34_000);
  expect(unsettled(city)).toBeUndefined();
  expect(city.violations).toEqual([]);
}, 120_000);

/** Bytes that each node said and heard in the last seconds of a city at rest, by the second. */
const traffic = async (count: number) => {
  const [fromMs, untilMs] = [12_000, 22_000];
  const said = new Map<string, number>();
  const heard = new Map<string, number>();
  const journal = (line: JournalLine) => {
    if ((line.kind !== 'said' && line.kind !== 'heard') || line.t < fromMs) return;
    const sums = line.kind === 'said' ? said : heard;
    sums.set(line.node, (sums.get(line.node) ?? 0) + line.bytes / ((untilMs - fromMs) / 1000));
  };
  const city = createCity({ seed: 1, district: count, journal });
  city.start();
  await city.run(untilMs);
  const [configured] = [...city.invariants.groups.values()].flatMap(({ configurations }) => [
    ...configurations.values(),
  ]);
  const voters = new Set(configured?.voters.map(({ node }) => node));
  expect(voters.size).toBeGreaterThan(0);
  const ordinary = city.ids.filter((id) => !voters.has(id));
  const most = (sums: ReadonlyMap<string, number>) =>
    Math.max(...ordinary.map((id) => sums.get(id) ?? 0));
  return { said: most(said), heard: most(heard) };
};

test('at rest an ordinary node says and hears no more in forty nodes than in twenty', async () => {
  const [few, many] = [await traffic(20), await traffic(COUNT)];
  expect(many.said).toBeLessThan(Math.max(500, few.said * 1.1));
  expect(many.heard).toBeLessThan(2_000);
}, 120_000);
