/** What `--kill` and `--cut` say, and what that does to a city without traffic. */
import { expect, test } from 'vitest';
import { CityWatch, leaderOf } from '../../bin/city-watch.ts';
import { type FaultWords, faultsOf } from '../../bin/drive-faults.ts';
import { City } from '../../simulation/city.ts';
import { town } from '../../simulation/town.ts';

test('every mistake is told with its place and what to say instead', () => {
  const words = { kill: ['bob@60', 'n1@soon'], cut: ['n1-n9@60', 'third@900..10', 'n1-n2'] };
  expect(() => faultsOf(words, town(3))).toThrow(
    [
      '--kill bob@60: there is no node bob; leader is whoever leads, majority he and as many voters as make one',
      '--kill n1@soon: after @ come seconds, as in n3@600, or from when to when, as in n3@600..900',
      '--cut n1-n9@60: no two nodes are named so; a link is n1-n2, a third of them third, each of them all; nodes are n1, n2, n3',
      '--cut third@900..10: after @ come seconds, as in n3@600, or from when to when, as in n3@600..900',
      '--cut n1-n2: after @ come seconds, as in n3@600, or from when to when, as in n3@600..900',
    ].join('\n'),
  );
});

/** A city that has run for half a minute, and then for a while in which this is done to it. */
const hurt = async (words: Partial<FaultWords>, { seed = 1, forS = 60 } = {}) => {
  const watch = new CityWatch();
  const city = new City({
    ...{ seed, district: town(5) },
    shown: ({ intersection, lamps }) => watch.show(intersection, lamps),
  });
  city.start();
  await city.run(30_000);
  watch.begin(city, new Map());
  const before = leaderOf(city);
  for (const { atS, act } of faultsOf({ kill: [], cut: [], ...words }, city.district)) {
    city.at(30_000 + atS * 1000, () => act(city, watch.tell));
  }
  for (let second = 1; second <= forS; second += 1) {
    await city.run(30_000 + second * 1000);
    watch.look(1);
  }
  expect(city.violations).toEqual([]);
  return { before, city, ...watch.end() };
};

test('the leader is killed and comes back; another leads, and his intersection flashes meanwhile', async () => {
  const { before, deeds, leaders, leaderlessS, flashing } = await hurt({ kill: ['leader@5'] });
  expect(deeds).toEqual([
    { atS: 5, what: `kill ${before?.leader}` },
    { atS: 15, what: `start ${before?.leader}` },
  ]);
  expect(leaders[0]).toEqual({ atS: 0, ...before });
  expect(leaders[1]?.leader).not.toBe(before?.leader);
  expect(leaderlessS).toBeLessThanOrEqual(5);
  expect(flashing.length).toBeLessThanOrEqual(1);
});

test('a majority of the voters is killed, and nobody leads until it is back', async () => {
  const { deeds, leaders, leaderlessS } = await hurt({ kill: ['majority@5..35'] });
  expect(deeds[0]?.what.split(', ')).toHaveLength(3);
  expect(leaderlessS).toBeGreaterThan(29);
  expect(leaders.at(-1)?.atS).toBeGreaterThan(35);
});

test('while all links are cut nobody leads, and no intersection flashes', async () => {
  const { deeds, leaderlessS, flashing } = await hurt({ cut: ['all@5..35'] });
  expect(deeds).toEqual([
    { atS: 5, what: 'cut 10 of 10 links' },
    { atS: 35, what: 'mend 10 links' },
  ]);
  expect(leaderlessS).toBeGreaterThan(20);
  expect(flashing).toEqual([]);
});

test('who is killed for good stays dead', async () => {
  const { city, flashing } = await hurt({ kill: ['n4@5..'] });
  expect(city.place('n4').standing).toBe('down');
  expect(flashing.at(-1)).toMatchObject({ intersection: 'x4' });
});

test('a third of the links is drawn by the seed, and mended when that is said', async () => {
  const cut = async (seed: number) => {
    const { deeds } = await hurt({ cut: ['third@0..1'] }, { seed, forS: 2 });
    expect(deeds[1]).toEqual({ atS: 1, what: 'mend 3 links' });
    return deeds[0]?.what;
  };
  const first = await cut(1);
  expect(first).toMatch(/^cut 3 of 10 links: n\d-n\d, n\d-n\d, n\d-n\d$/);
  expect(await cut(1)).toBe(first);
  expect(await cut(2)).not.toBe(first);
});
