/**
 * Random sequences, thrown at a driver whose timers come late, which sleeps, alone and with its
 * host: the judge, which shares no code with it, never finds anything unsafe, nor does its own. And
 * the throwing is worth something: many sequences are accepted, many refused, and all kinds of green
 * are shown.
 */
import { describe, expect, test } from 'vitest';
import { type Driver, SLEEP_MS_MIN } from '../../cabinet/driver.ts';
import type { Intersection } from '../../protocol/district.ts';
import type { Lamp } from '../../protocol/lamp.ts';
import type { Timeline } from '../../protocol/lamp-line.ts';
import { bench, crossing, sharedCrossing } from './crossing.ts';

const SEEDS = 60;
const THROWS = 250;

type Random = () => number;

/** Park & Miller's generator. */
const seeded = (seed: number): Random => {
  let state = seed * 7919 + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)] as Item;

/** Mostly about right, now and then a little or much too short. */
const roughly = (random: Random, ms: number) => {
  const kind = random();
  if (kind < 0.8) return ms;
  return kind < 0.9 ? ms - 100 * random() : 2 * ms * random();
};

/** A stage controller gone astray: stages in any order, spans of any length, some lamps amiss. */
const anyTimelines = (
  random: Random,
  { groups }: Intersection,
  { nowMs, lamps }: { nowMs: number; lamps: Record<string, Lamp> },
): Record<string, Timeline> => {
  const found: Record<string, Timeline> = {};
  const spans = [0, 1, 2].map(() => roughly(random, 5_000 + 4_000 * random()));
  const stages = spans.map(() => pick(random, [['north', 'south'], ['east'], ['left', 'north']]));
  for (const { id } of groups) {
    const steps: Timeline = [];
    let atMs = nowMs - (random() < 0.2 ? 8_000 * random() : 300 * random());
    const say = (lamp: Lamp, ms: number) => {
      atMs += ms;
      steps.push({ lamp, untilMs: atMs });
    };
    if (lamps[id] === 'amber') say('amber', 3_000);
    else if (lamps[id] !== 'green' && lamps[id] !== 'greenPermissive') say('red', 5_000);
    for (const [k, spanMs] of spans.entries()) {
      const isGreen = stages[k]?.includes(id) === true || (id === 'left' && random() < 0.3);
      if (!isGreen) {
        say('red', spanMs + 5_000);
        continue;
      }
      const isPermissive = id === 'left' && random() < 0.6;
      if (random() < 0.2) say('redAmber', 1_000);
      say(isPermissive ? 'greenPermissive' : 'green', spanMs);
      if (random() < 0.1) say(isPermissive ? 'green' : 'greenPermissive', 2_000);
      if (random() < 0.97) say('amber', roughly(random, 3_000));
      say('red', roughly(random, 2_000));
    }
    say('red', 1_000);
    found[id] = steps;
  }
  return found;
};

interface Tally {
  accepted: number;
  refused: number;
  lines: number;
  sleeps: number;
  lamps: Set<Lamp>;
  /** When the driver had slept: that of a shared intersection has no time for amber then. */
  slept: number[];
}

/** One seed's run; gives what the judge found. */
const run = (seed: number, intersection: Intersection, tally: Tally) => {
  const random = seeded(seed);
  const { clock, driver, judge, latch, reports } = bench({ intersection });
  const nodes = [...new Set(Object.values(intersection.nodes ?? { all: 'n1' }))];
  for (let counter = 0; counter < THROWS; counter += 1) {
    const node = pick(random, nodes);
    const nowMs = clock.now();
    const drawn = anyTimelines(random, intersection, { nowMs, lamps: driver.lamps() });
    const timelines = Object.fromEntries(
      Object.entries(drawn).filter(([id]) => (intersection.nodes?.[id] ?? 'n1') === node),
    );
    const { refused } = driver.accept({ incarnation: 1, counter, notAfterMs: 1e12, timelines });
    tally[refused === undefined ? 'accepted' : 'refused'] += 1;
    pass(random, clock, driver, tally);
  }
  clock.run(clock.now() + 400_000);
  const { unsafe, lines } = judge.verdict();
  const hasSlept = (t: number) => tally.slept.some((at) => Math.abs(at - t) < 1);
  tally.lines += lines;
  tally.sleeps += reports.filter((message) => message.startsWith('slept with')).length;
  expect(latch.read()).toBeUndefined();
  return intersection.nodes ? unsafe.filter(({ t }) => !hasSlept(t)) : unsafe;
};

/** Some seconds go by, with timers that fire late; now and then the driver sleeps. */
const pass = (
  random: Random,
  clock: ReturnType<typeof bench>['clock'],
  driver: Driver,
  tally: Tally,
) => {
  const untilMs = clock.now() + (random() < 0.05 ? 60_000 : 6_000) * random();
  while (clock.now() < untilMs) {
    clock.run(Math.min(untilMs, (clock.nextMs() ?? untilMs) - 0.1));
    for (const lamp of Object.values(driver.lamps())) tally.lamps.add(lamp);
    if (random() < 0.005) {
      tally.slept.push(clock.now());
      driver.suspended(10_000 * random());
    }
    const stallMs = random() < 0.02 ? 6_000 * random() : 1 + 220 * random() ** 3;
    clock.stall(stallMs);
    if (stallMs > SLEEP_MS_MIN) tally.slept.push(clock.now());
    clock.run(clock.now());
  }
};

describe.each([
  ['of one node', crossing()],
  ['of two nodes', sharedCrossing()],
])('random sequences %s', (_, intersection) => {
  test('never show a conflict, a short amber, a cut-off green or a short clearance', () => {
    const tally: Tally = {
      ...{ accepted: 0, refused: 0, lines: 0, sleeps: 0 },
      lamps: new Set(),
      slept: [],
    };
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      tally.slept.length = 0;
      expect({ seed, unsafe: run(seed, intersection, tally) }).toEqual({ seed, unsafe: [] });
    }
    const atLeast = (SEEDS * THROWS) / 50;
    expect(tally.accepted).toBeGreaterThan(atLeast);
    expect(tally.refused).toBeGreaterThan(atLeast);
    expect(tally.sleeps).toBeGreaterThan(SEEDS);
    expect(tally.lines).toBeGreaterThan(tally.accepted);
    for (const lamp of ['green', 'greenPermissive', 'amber', 'redAmber', 'flashingRed'] as const) {
      expect(tally.lamps).toContain(lamp);
    }
  });
});
