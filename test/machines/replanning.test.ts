/**
 * Changes of plan at random: any intersection, plans from any flows and with any cycle and offset, one
 * after the other at any moment, timers that come late. The driver, which has the minimums and
 * clearances of its own, refuses nothing, and the judge finds nothing unsafe.
 */
import { expect, test } from 'vitest';
import { greenWave } from '../../machines/green-wave.ts';
import { checkPlan } from '../../protocol/check-district.ts';
import type { Intersection } from '../../protocol/district.ts';
import type { Plan } from '../../protocol/plan.ts';
import { seeded } from '../transport/seeded.ts';
import { anyIntersection, type Random } from './any-intersection.ts';
import { lampPath } from './lamp-path.ts';
import { adopt, time } from './phases-words.ts';

const SEEDS = 20;
const CHANGES = 20;

/** As a leader makes it, and then as no leader would: longer, turned, and with other splits. */
const anyPlan = (random: Random, intersection: Intersection): Plan => {
  const state = {
    voters: [],
    members: [{ node: 'n1', store: 's1', intersection, links: [] }],
  };
  const flows = new Map(
    intersection.groups.map(({ id }) => [
      id,
      { perHour: 2000 * random() ** 2, used: random() ** 3 },
    ]),
  );
  const plan = greenWave(state, 'p', new Map([[intersection.id, flows]]));
  const longerS = random() < 0.5 ? Math.floor(60 * random()) : 0;
  const cycleS = plan.cycleS + longerS;
  return {
    ...{ id: 'p', cycleS },
    intersections: plan.intersections.map(({ id, splits }) => {
      const longest = Math.floor(random() * splits.length);
      return {
        ...{ id, offsetS: Math.floor(random() * cycleS) },
        splits: splits.map(({ stage, splitS }, k) => ({
          ...{ stage, splitS: k === longest ? splitS + longerS : splitS },
        })),
      };
    }),
  };
};

test('plans that follow each other at any moment break no minimum and no clearance', () => {
  let greens = 0;
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const random = seeded(seed);
    const intersection = anyIntersection(random);
    const path = lampPath(intersection, random);
    path.hear({ type: 'lamps.ready' });
    path.hear(time(1e6 * random()));
    path.run(20_000 * random());
    for (let k = 0; k < CHANGES; k += 1) {
      const plan = anyPlan(random, intersection);
      expect({ seed, k, problems: checkPlan(plan, [intersection]) }).toMatchObject({
        problems: [],
      });
      path.hear(adopt(plan));
      if (random() < 0.2) path.hear(time(1e6 * random()));
      path.run(40_000 * random() ** 2);
    }
    const { unsafe } = path.judge.verdict();
    expect({ seed, unsafe, refusals: path.refusals() }).toEqual({ seed, unsafe: [], refusals: [] });
    greens += path.greens();
  }
  expect(greens).toBeGreaterThan(SEEDS * 10);
});
