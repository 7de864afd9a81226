/**
 * Every sequence that the stage controller sends is one that the lamp driver accepts, and nothing
 * it lights is ever unsafe: for random intersections and every pair of their stages, and through
 * long runs in which timers come late, the driver is lost and nodes start anew.
 */
import { describe, expect, test } from 'vitest';
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
import { seeded } from '../transport/seeded.ts';
import { anyIntersection } from './any-intersection.ts';
import { cabinetOf, lampPath } from './lamp-path.ts';

const INTERSECTIONS = 150;
const RUN_MS = 240_000;

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
