/** The simulated city itself: its chance, clocks, loops and disks, and that it repeats itself. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkDistrict } from '../../protocol/check-district.ts';
import { createCity } from '../../simulation/city.ts';
import { VirtualClock } from '../../simulation/clock.ts';
import { Disk } from '../../simulation/disk.ts';
import { HostClock, Loop } from '../../simulation/host.ts';
import { load } from '../../simulation/load.ts';
import { random } from '../../simulation/random.ts';
import { unsettled } from '../../simulation/settling.ts';
import { simulate } from '../../simulation/simulate.ts';
import { town } from '../../simulation/town.ts';

test('a seed draws the same numbers again, and each stream its own', () => {
  const draw = (seed: number, name: string) => {
    const stream = random(seed, name);
    return Array.from({ length: 5 }, () => stream.below(1_000));
  };
  expect(draw(7, 'a')).toEqual(draw(7, 'a'));
  expect(draw(7, 'a')).not.toEqual(draw(7, 'b'));
  expect(draw(7, 'a')).not.toEqual(draw(8, 'a'));
  expect(random(1, 'x').shuffle([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
});

test('numbers are spread evenly', () => {
  const stream = random(3, 'even');
  const buckets = new Array<number>(10).fill(0);
  for (let k = 0; k < 10_000; k += 1) {
    const bucket = stream.below(10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test.each([1, 7, 25, 120])('a made-up town of %i passes the checks of a district file', (count) => {
  const { timing, discovery, ...rest } = town(count);
  const result = checkDistrict(JSON.parse(JSON.stringify({ ...rest, timing, discovery })));
  expect(result).toHaveProperty('district');
});

test('a drifting clock runs fast, and its timers are never early', () => {
  const virtual = new VirtualClock();
  const clock = new HostClock(virtual, { offsetMs: 5_000, driftPpm: 100_000 });
  const due: number[] = [];
  clock.setTimeout(() => due.push(clock.now()), 1_100);
  virtual.run(500);
  clock.drift(-500_000);
  virtual.run(10_000);
  expect(due).toHaveLength(1);
  expect(due[0]).toBeGreaterThanOrEqual(6_100);
  expect(due[0]).toBeLessThan(6_100.01);
});

test('a loop that stalled fires its timers first and then hears what arrived', () => {
  const virtual = new VirtualClock();
  const loop = new Loop(new HostClock(virtual));
  const seen: string[] = [];
  loop.setTimeout(() => seen.push(`timer ${Math.round(loop.now())}`), 20);
  const cleared = loop.setTimeout(() => seen.push('cleared'), 30);
  loop.stall();
  loop.arrive(() => seen.push('datagram'));
  virtual.run(50);
  loop.clearTimeout(cleared);
  expect(seen).toEqual([]);
  loop.resume();
  expect(seen).toEqual(['timer 50', 'datagram']);
});

test('timers that arm each other at one instant end in a failure, and not never', () => {
  const virtual = new VirtualClock();
  const again = () => {
    virtual.setTimeout(again, 0);
  };
  again();
  expect(() => virtual.run(1)).toThrow('timers ring on and on at 0 ms');
});

test('a process whose timers ring on and on is told of, once a second', () => {
  const virtual = new VirtualClock();
  const told: string[] = [];
  const loop = new Loop(new HostClock(virtual), (message) => told.push(message));
  const again = (ms: number) => {
    loop.setTimeout(() => again(ms), ms);
  };
  again(5);
  virtual.run(3_000);
  expect(told).toEqual([]);
  again(0);
  virtual.run(3_004);
  expect(told).toEqual([expect.stringMatching(/^501 of its timers have rung within \d/)]);
});

test('a process that ended runs nothing more', () => {
  const virtual = new VirtualClock();
  const loop = new Loop(new HostClock(virtual));
  const seen: string[] = [];
  loop.setTimeout(() => seen.push('timer'), 1);
  loop.end();
  loop.arrive(() => seen.push('datagram'));
  virtual.run(10);
  expect(seen).toEqual([]);
});

const opened = (seed = 1) => {
  const clock = new VirtualClock();
  const disk = new Disk({ clock, random: random(seed, 'disk') });
  const open = () =>
    disk.open(
      (done) => done(),
      () => {},
    );
  const vote = (term: number) => ({
    puts: [{ key: 'vote', value: { term, votedFor: 'n1' } }],
    removes: [],
  });
  return { clock, disk, open, vote };
};

test('what a disk has told of survives a crash; of the rest, a prefix does', () => {
  const { clock, disk, open, vote } = opened();
  const first = open();
  const told: number[] = [];
  for (const term of [1, 2, 3, 4]) {
    first.write(vote(term), () => told.push(term));
    if (term === 1) clock.run(100);
  }
  expect(told).toEqual([1]);
  disk.crash();
  disk.settle({ lost: 1 });
  const second = open();
  expect(second.recovered.vote).toEqual({ term: 3, votedFor: 'n1' });
  expect(second.incarnation).toBe(first.incarnation + 1);
  expect(second.id).toBe(first.id);
  clock.run(1_000);
  expect(told).toEqual([1]);
});

test('a wiped disk is another store with nothing in it', () => {
  const { clock, disk, open, vote } = opened();
  const first = open();
  first.write(vote(5), () => {});
  clock.run(100);
  disk.crash();
  disk.settle({ wipe: true });
  const second = open();
  expect(second.id).not.toBe(first.id);
  expect(second.recovered.vote.term).toBe(0);
  // With it went the count of lives: what others know may be later.
  expect(second.incarnation).toBe(first.incarnation);
  expect(
    disk.open(
      (done) => done(),
      () => {},
      { wallMs: 0, known: 700 },
    ).incarnation,
  ).toBeGreaterThan(700);
});

test.each([
  ['done', 100, 'g'],
  ['lost in a crash', 0, undefined],
] as const)('a disk that is given up is another store, in one step: %s', (_, ms, group) => {
  const { clock, disk, open, vote } = opened();
  const first = open();
  first.write(vote(5), () => {});
  clock.run(100);
  first.reset(
    () => [{ key: 'group', value: { group: 'g', voters: [] } }],
    () => {},
  );
  clock.run(100 + ms);
  disk.crash();
  disk.settle({});
  const second = open();
  expect(second.recovered.group?.group).toBe(group);
  expect(second.id === first.id).toBe(group === undefined);
  expect(second.recovered.vote.term).toBe(group === undefined ? 5 : 0);
  expect(second.incarnation).toBe(2);
});

test('a city in calm weather settles, and stays so when everyone is stalled for a moment', async () => {
  const city = createCity({ seed: 5, district: 4 });
  city.start();
  load(city, 1_000);
  await city.run(10_000);
  expect(unsettled(city)).toBeUndefined();
  for (const id of city.ids) city.stall(id, 400);
  await city.run(20_000);
  expect(unsettled(city)).toBeUndefined();
  expect(city.violations).toEqual([]);
});

test('the same seed writes the same journal, byte for byte, and another seed another', async () => {
  const digest = async (seed: number) => {
    const hash = createHash('sha256');
    let lines = 0;
    await simulate({
      seed,
      nodes: 4,
      durationMs: 40_000,
      faults: 'heavy',
      journal: (line) => {
        lines += 1;
        hash.update(`${JSON.stringify(line)}\n`);
      },
    });
    return `${lines} ${hash.digest('hex')}`;
  };
  const once = await digest(11);
  expect(await digest(11)).toBe(once);
  expect(await digest(12)).not.toBe(once);
});
