/**
 * Nodes that lost their disk while their host's time of day was set back: others know a later life of
 * them, and they find their way back all the same.
 */
import { expect, test } from 'vitest';
import { settlingMs } from '../../machines/rights.ts';
import { lan } from '../../protocol/timing.ts';
import { type City, createCity } from '../../simulation/city.ts';
import { leaderOf, load } from '../../simulation/load.ts';
import { progressOf, unsettled } from '../../simulation/settling.ts';
import { sharedTown } from '../../simulation/shared-town.ts';

import { LIT_MS } from './shared-words.ts';

/** By how much a time of day is set back. */
const BACK_MS = 600_000;
/** Two lives listen for doubles, one after the other, and are then commanded to go on. */
const READY_MS_MAX = 2 * 2 * lan().joinAnnounceMs + 100;
/** What a former life lit goes on to its end before the next one speaks. */
const SERVES_MS_MAX = 30_000;

const backupOf = (city: City) => {
  const leader = leaderOf(city);
  return city.ids.find((id) => id !== leader) as string;
};

const lifeOf = (city: City, id: string) => city.place(id).observed.incarnation;
/** In which life its lamp driver follows a node. */
const followed = (city: City, id: string) => city.place(id).cabinet?.lastWordOf(id)?.incarnation;

/** Whether it may command its lamps, were they dark. */
const isReady = (city: City, id: string) => city.place(id).stateOf('phases')?.value !== 'dark';

/** A node comes back without its disk, and its host without a notion of time. */
const loseAll = (city: City, id: string) => {
  city.setWall(id, -BACK_MS);
  city.restart(id, { wipe: true });
};

type End = 'kill' | 'stop';
test.each<[string, End, number]>([
  ['was killed, so that its peers forget it soon', 'kill', 10_000],
  ['was killed just now, so that its peers still see it', 'kill', 1],
  ['said goodbye, which its peers remember', 'stop', 4_000],
])(
  'a node that lost its disk and its time of day, and %s, serves again',
  async (_, end, downMs) => {
    const city = createCity({ seed: 81, district: 5 });
    city.start();
    load(city, 5_000);
    await city.run(15_000);
    const id = backupOf(city);
    const former = lifeOf(city, id);
    city[end](id);
    await city.run(city.now() + downMs);
    const sinceMs = city.now();
    loseAll(city, id);
    expect(lifeOf(city, id)).toBeLessThan(former);
    await city.run(sinceMs + READY_MS_MAX);
    expect(isReady(city, id)).toBe(true);
    expect(lifeOf(city, id)).toBeGreaterThan(former);
    await city.run(sinceMs + SERVES_MS_MAX);
    expect(followed(city, id)).toBe(lifeOf(city, id));
    expect(city.counts.outbids).toBe(1);
    const since = progressOf(city);
    await city.run(city.now() + 10_000);
    expect(unsettled(city, since)).toBeUndefined();
    expect(city.violations).toEqual([]);
  },
);

test('so does one of a shared intersection, whose former life the log has as entered', async () => {
  const city = createCity({ seed: 82, district: sharedTown([4]) });
  city.start();
  await city.run(LIT_MS);
  const id = backupOf(city);
  const former = lifeOf(city, id);
  city.kill(id);
  await city.run(city.now() + 5_000);
  const sinceMs = city.now();
  loseAll(city, id);
  await city.run(sinceMs + READY_MS_MAX);
  expect(isReady(city, id)).toBe(true);
  // It settles anew, as every node that lost its disk, and has its next turn.
  await city.run(sinceMs + settlingMs(lan()) + SERVES_MS_MAX);
  expect(followed(city, id)).toBe(lifeOf(city, id));
  expect(lifeOf(city, id)).toBeGreaterThan(former);
  expect(city.violations).toEqual([]);
});

test('all nodes of a city at once find their way back, though no peer is left to tell them', async () => {
  const city = createCity({ seed: 83, district: 3 });
  city.start();
  await city.run(15_000);
  const former = city.ids.map((id) => lifeOf(city, id));
  for (const id of city.ids) city.kill(id);
  await city.run(city.now() + 1_000);
  const sinceMs = city.now();
  for (const id of city.ids) loseAll(city, id);
  await city.run(sinceMs + READY_MS_MAX);
  for (const id of city.ids) expect(isReady(city, id)).toBe(true);
  await city.run(sinceMs + SERVES_MS_MAX);
  for (const [k, id] of city.ids.entries()) {
    expect(followed(city, id)).toBe(lifeOf(city, id));
    expect(lifeOf(city, id)).toBeGreaterThan(former[k] as number);
  }
  expect(city.violations).toEqual([]);
});
