/**
 * Every sequence that the stage controller sends is one that the lamp driver accepts, and nothing
 * it lights is ever unsafe: for random intersections and every pair of their stages, and through
 * long runs in which timers come late, the driver is lost and nodes start anew.
 */
import { describe, expect, test } from 'vitest';
import { createDriver } from '../../cabinet/driver.ts';
import { memoryLatch } from '../../cabinet/latch.ts';
import { phasesMachine } from '../../machines/phases.ts';
import {
  changeMs,
  clearanceMs,
  type Green,
  maxGreenMs,
  minGreenMs,
  sequenceOf,
} from '../../machines/sequence.ts';
import { checkIntersection } from '../../protocol/check-district.ts';
import type { Intersection } from '../../protocol/district.ts';
import type { Emitted } from '../../protocol/event.ts';
import { createJudge } from '../../protocol/judge.ts';
import { lan } from '../../protocol/timing.ts';
import { VirtualClock } from '../../simulation/clock.ts';
import { seeded } from '../transport/seeded.ts';
import { anyIntersection, type Random } from './any-intersection.ts';
import { only, Play } from './play.ts';

const INTERSECTIONS = 150;
const RUN_MS = 240_000;

const cabinetOf = (intersection: Intersection, lateMs: () => number = () => 0) => {
  const clock = new VirtualClock();
  const judge = createJudge([intersection]);
  let changes = 0;
  const driver = createDriver({
    intersection,
    clock: {
      now: clock.now,
      setTimeout: (fire, ms) => clock.setTimeout(fire, ms + lateMs()),
      clearTimeout: clock.clearTimeout,
    },
    latch: memoryLatch(),
    show: (lamps, t) => {
      changes += 1;
      judge.see({ t, intersection: intersection.id, lamps });
    },
    report: () => {},
  });
  return { clock, driver, judge, changes: () => changes };
};

test('the intersections drawn are sound, and of many kinds', () => {
  const drawn = Array.from({ length: INTERSECTIONS }, (_, seed) => anyIntersection(seeded(seed)));
  expect(drawn.flatMap(checkIntersection)).toEqual([]);
  expect(
    drawn.filter(({ stages }) => stages.some(({ permissive }) => permissive)).length,
  ).toBeGreaterThan(30);
  expect(
    drawn.filter(({ groups }) => groups.some(({ redAmberS }) => redAmberS)).length,
  ).toBeGreaterThan(30);
  expect(
    drawn.filter(({ groups }) => groups.some(({ flash }) => flash === 'amber')).length,
  ).toBeGreaterThan(30);
});

test('the driver accepts every pair of stages, one after the other, and the judge agrees', () => {
  for (let seed = 0; seed < INTERSECTIONS; seed += 1) {
    const intersection = anyIntersection(seeded(seed));
    for (const from of intersection.stages) {
      for (const to of intersection.stages) {
        const { clock, driver, judge } = cabinetOf(intersection);
        const startMs = clearanceMs(intersection) + 100;
        const now: Green = {
          stage: from,
          fromMs: startMs,
          untilMs: startMs + minGreenMs(intersection, from),
        };
        const fromMs = now.untilMs + changeMs(intersection, from, to);
        const untilMs = fromMs + minGreenMs(intersection, to);
        const next: Green = { stage: to, fromMs, untilMs };
        const first = sequenceOf(intersection, { now: null, next: now });
        const answer = driver.accept({ incarnation: 1, counter: 1, ...first });
        clock.run(now.untilMs - 1);
        const second = sequenceOf(intersection, { now, next });
        const answers = [answer, driver.accept({ incarnation: 1, counter: 2, ...second })];
        clock.run(untilMs + 60_000);
        const { unsafe } = judge.verdict();
        const where = { seed, pair: `${from.id} ${to.id}` };
        expect({ ...where, answers, unsafe }).toEqual({ ...where, answers: [{}, {}], unsafe: [] });
      }
    }
  }
});

test('every timeline ends in red, soon after the last green', () => {
  for (let seed = 0; seed < INTERSECTIONS; seed += 1) {
    const intersection = anyIntersection(seeded(seed));
    const stage = intersection.stages[0] as Intersection['stages'][number];
    const next: Green = { stage, fromMs: 10_000, untilMs: 30_000 };
    const { timelines } = sequenceOf(intersection, { now: null, next });
    expect(Object.keys(timelines)).toEqual(intersection.groups.map(({ id }) => id));
    for (const steps of Object.values(timelines)) {
      expect(steps.at(-1)?.lamp).toBe('red');
      expect(steps.at(-1)?.untilMs).toBeLessThan(30_000 + clearanceMs(intersection) + 5000);
    }
  }
});

test('no stage is green for less than its minimum or, when it is free, more than its maximum', () => {
  for (let seed = 0; seed < INTERSECTIONS; seed += 1) {
    const intersection = anyIntersection(seeded(seed));
    for (const stage of intersection.stages) {
      expect(maxGreenMs(intersection, stage)).toBeGreaterThanOrEqual(
        minGreenMs(intersection, stage),
      );
    }
  }
});

/** A node's stage controller and its cabinet on one clock, with late timers on both sides. */
const lampPath = (intersection: Intersection, random: Random) => {
  const lateMs = () => 200 * random() ** 3;
  const cabinet = cabinetOf(intersection, lateMs);
  const { clock, driver } = cabinet;
  const input = { id: 'n1', timing: lan(), intersection };
  let incarnation = 0;
  let counter = 0;
  let refusals: string[] = [];
  let changesTold = 0;
  const start = () => {
    incarnation += 1;
    return new Play(phasesMachine, input, { nowMs: clock.now(), lateMs });
  };
  let play = start();
  /** Hands over what was said; gives whether the driver refused any of it. */
  const handOver = (said: readonly Emitted[]) => {
    for (const { notAfterMs, timelines } of only(said, 'lamps.show')) {
      counter += 1;
      const { refused } = driver.accept({ incarnation, counter, notAfterMs, timelines });
      if (refused === undefined) continue;
      refusals.push(refused);
      handOver(play.hear({ type: 'lamps.refused', reason: refused }));
    }
  };
  return {
    ...cabinet,
    refusals: () => refusals,
    forgetRefusals: () => {
      refusals = [];
    },
    greens: () =>
      only(
        play.told.map(({ event }) => event),
        'phases.changed',
      ).length,
    hear: (event: Parameters<typeof play.hear>[0]) => handOver(play.hear(event)),
    restart: () => {
      play = start();
      changesTold = 0;
    },
    run: (ms: number) => {
      const untilMs = clock.now() + ms;
      while (clock.now() < untilMs) {
        clock.run(Math.min(untilMs, clock.now() + 50));
        if (changesTold !== cabinet.changes()) {
          changesTold = cabinet.changes();
          handOver(play.hear({ type: 'lamps.shown', lamps: driver.lamps() }));
        }
        handOver(play.pass(clock.now() - play.nowMs));
      }
    },
  };
};

describe('a long run with late timers', () => {
  test('shows nothing unsafe, is never refused, and gives every stage its green', () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const random = seeded(seed);
      const intersection = anyIntersection(random);
      const path = lampPath(intersection, random);
      path.hear({ type: 'lamps.ready' });
      path.run(RUN_MS);
      const { unsafe } = path.judge.verdict();
      const refusals = path.refusals();
      expect({ seed, unsafe, refusals }).toEqual({ seed, unsafe: [], refusals: [] });
      expect(path.greens()).toBeGreaterThan(3);
    }
  });

  test('in which the node starts anew, or the driver was left flashing, goes on safely', () => {
    for (let seed = 100; seed < 130; seed += 1) {
      const random = seeded(seed);
      const path = lampPath(anyIntersection(random), random);
      path.run(30_000 * random());
      for (let life = 0; life < 3; life += 1) {
        path.hear({ type: 'lamps.ready' });
        path.run(60_000 * random());
        path.restart();
        path.run(40_000 * random() ** 3);
      }
      path.hear({ type: 'lamps.ready' });
      path.forgetRefusals();
      path.run(120_000);
      const { unsafe } = path.judge.verdict();
      expect({ seed, unsafe, refusals: path.refusals() }).toEqual({
        seed,
        unsafe: [],
        refusals: [],
      });
      expect(path.greens()).toBeGreaterThan(1);
    }
  });
});
