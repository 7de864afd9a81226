/**
 * Cycle and splits from flows, held against Webster's own formula where it says what they are.
 */
import { describe, expect, test } from 'vitest';
import { expectedDelayS } from '../../machines/delay.ts';
import { greenWave } from '../../machines/green-wave.ts';
import { neededStages, stagesOf } from '../../machines/plan-stages.ts';
import { websterCycle, websterSplits } from '../../machines/webster.ts';
import { checkPlan, stageSecondsMin } from '../../protocol/check-district.ts';
import type { State } from '../../protocol/command.ts';
import type { Group, Intersection, Stage } from '../../protocol/district.ts';
import { litBy } from '../../protocol/stage.ts';
import { seeded } from '../transport/seeded.ts';
import { anyIntersection, anyMembers } from './any-intersection.ts';

const group = (id: string, lanes: readonly string[], rest: Partial<Group> = {}): Group => ({
  ...{ id, kind: 'vehicle', minGreenS: 5, maxGreenS: 50, amberS: 3, redClearanceS: 2 },
  movements: lanes.map((from, link) => ({ link, from, to: 'away' })),
  ...rest,
});

/** Two streets that cross: `a` on two lanes, `b` on one. */
const crossing: Intersection = {
  ...{ id: 'x', node: 'n', position: [0, 0], conflicts: [['a', 'b']], yields: [] },
  groups: [group('a', ['a1', 'a2']), group('b', ['b1'])],
  stages: [
    { id: 'A', green: ['a'] },
    { id: 'B', green: ['b'] },
  ],
};
const flow = (perHour: number, used = 0) => ({ perHour, used });
const flows = (of: Record<string, number>) =>
  new Map(Object.entries(of).map(([id, perHour]) => [id, flow(perHour)]));
const splitsOf = (intersection: Intersection, of: Record<string, number>, cycleS: number) =>
  Object.fromEntries(
    websterSplits(intersection, intersection.stages, { flows: flows(of), cycleS }).map(
      ({ stage, splitS }) => [stage, splitS],
    ),
  );

describe('the cycle', () => {
  test('is (1.5 L + 5) / (1 − Y): here of twelve lost seconds, and of three tenths and a quarter', () => {
    const cycleS = websterCycle(crossing, crossing.stages, flows({ a: 1080, b: 450 }));
    expect(cycleS).toBeCloseTo((1.5 * 12 + 5) / (1 - 0.3 - 0.25), 6);
  });

  test('is no shorter and no longer than is of use, whatever comes', () => {
    expect(websterCycle(crossing, crossing.stages, flows({}))).toBe(40);
    expect(websterCycle(crossing, crossing.stages, flows({ a: 3600, b: 1800 }))).toBe(120);
  });
});

describe('the splits', () => {
  test('are in proportion to the flow ratios, changes and starts apart', () => {
    const { A, B } = splitsOf(crossing, { a: 1080, b: 450 }, 65);
    expect(A).toBeCloseTo(6 + (53 * 0.3) / 0.55, 2);
    expect(B).toBeCloseTo(6 + (53 * 0.25) / 0.55, 2);
  });

  test('leave a stage its least green when hardly anybody comes for it', () => {
    expect(splitsOf(crossing, { a: 1080, b: 5 }, 65)['B']).toBe(10);
  });

  test('believe the green that is used, where a lane lets fewer go than is said of it', () => {
    const of = new Map([
      ['a', flow(1080, 0.1)],
      ['b', flow(225, 0.25)],
    ]);
    const splits = websterSplits(crossing, crossing.stages, { flows: of, cycleS: 65 });
    expect(splits.map(({ splitS }) => splitS)).toEqual(
      websterSplits(crossing, crossing.stages, {
        flows: flows({ a: 1080, b: 450 }),
        cycleS: 65,
      }).map(({ splitS }) => splitS),
    );
  });

  test('count a lane once where groups share it and are green together', () => {
    const shared = { ...crossing, groups: [...crossing.groups, group('a-right', ['a2'])] };
    const stages = [
      { id: 'A', green: ['a', 'a-right'] },
      { id: 'B', green: ['b'] },
    ];
    const one = splitsOf({ ...shared, stages }, { a: 700, 'a-right': 380, b: 450 }, 65);
    expect(one).toEqual(splitsOf(crossing, { a: 1080, b: 450 }, 65));
  });

  test('give a turn the green of its own that its filter leaves it to need', () => {
    const turning: Intersection = {
      ...crossing,
      groups: [...crossing.groups, group('turn', ['a3'])],
      stages: [
        { id: 'A', green: ['a'], permissive: ['turn'] },
        { id: 'T', green: ['turn'] },
        { id: 'B', green: ['b'] },
      ],
    };
    const calm = splitsOf(turning, { a: 1080, turn: 60, b: 450 }, 80);
    const busy = splitsOf(turning, { a: 1080, turn: 400, b: 450 }, 80);
    expect(calm['T']).toBe(10);
    expect(busy['T']).toBeGreaterThan(12);
    expect(busy['A']).toBeLessThan(calm['A'] ?? 0);
  });
});

describe('the stages', () => {
  const both: Intersection = {
    ...crossing,
    groups: [group('e', ['e1']), group('w', ['w1']), group('left', ['w2']), group('b', ['b1'])],
    conflicts: [
      ['e', 'left'],
      ['b', 'e'],
      ['b', 'w'],
      ['b', 'left'],
    ],
    stages: [
      { id: 'both', green: ['e', 'w'] },
      { id: 'west', green: ['w', 'left'] },
      { id: 'cross', green: ['b'] },
      { id: 'east', green: ['e'] },
    ],
  };
  const needed = (of: Record<string, number>) => neededStages(both, flows(of)).map(({ id }) => id);

  test('leave one out whose groups are served by others, where that leaves more green', () => {
    expect(needed({ e: 500, w: 500, left: 100, b: 500 })).toEqual(['both', 'west', 'cross']);
  });

  test('keep it where its groups need it', () => {
    expect(needed({ e: 900, w: 100, left: 20, b: 300 })).toContain('both');
  });

  test('serve every group that is served by the stages there are', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seeded(seed);
      const intersection = anyIntersection(random);
      const of = Object.fromEntries(intersection.groups.map(({ id }) => [id, 1500 * random()]));
      const lit = (stages: readonly Stage[]) => new Set(stages.flatMap(litBy));
      const green = (stages: readonly Stage[]) => new Set(stages.flatMap((one) => one.green));
      const [all, some] = [stagesOf(intersection), neededStages(intersection, flows(of))];
      expect(lit(some)).toEqual(lit(all));
      expect(green(some)).toEqual(green(all));
    }
  });
});

describe('any district with any flows', () => {
  const cases = Array.from({ length: 200 }, (_, seed) => {
    const random = seeded(seed);
    const members = anyMembers(random);
    const state: State = { voters: [], members };
    const measured = new Map(
      members.flatMap(({ intersection }) =>
        intersection && random() < 0.8
          ? [
              [
                intersection.id,
                new Map(
                  intersection.groups.map(({ id }) => [
                    id,
                    flow(random() ** 3 * 3000, random() ** 3),
                  ]),
                ),
              ] as const,
            ]
          : [],
      ),
    );
    return { seed, members, state, measured, plan: greenWave(state, 'p', measured) };
  });

  test('gets a plan that passes the check of plans, with all its minimums and changes', () => {
    for (const { seed, members, plan } of cases) {
      const intersections = members.flatMap(({ intersection }) => intersection ?? []);
      expect({ seed, problems: checkPlan(plan, intersections) }).toEqual({ seed, problems: [] });
      for (const { id, splits } of plan.intersections) {
        const intersection = intersections.find((one) => one.id === id);
        for (const { stage, splitS } of splits) {
          const found = intersection?.stages.find((one) => one.id === stage);
          const leastS = intersection && found ? stageSecondsMin(intersection, found) : Infinity;
          expect(splitS).toBeGreaterThan(leastS - 1e-6);
        }
      }
    }
  });

  test('gets the same plan whatever the order of its members', () => {
    for (const { members, measured, plan } of cases.slice(0, 50)) {
      const state = { voters: [], members: [...members].reverse() };
      expect(greenWave(state, 'p', measured)).toEqual(plan);
    }
  });

  test('is expected to wait no longer than by the plan that knew of no flows, all in all', () => {
    let [before, after] = [0, 0];
    for (const { state, measured, plan } of cases) {
      before += expectedDelayS(state, greenWave(state, 'q'), measured) ?? 0;
      after += expectedDelayS(state, plan, measured) ?? 0;
    }
    expect(after).toBeLessThan(before);
  });
});

describe('what a plan is expected to cost', () => {
  const state: State = {
    voters: [],
    members: [{ node: 'n', store: 's', intersection: crossing, links: [] }],
  };
  const planOf = (splitS: number, cycleS = 60) => ({
    ...{ id: 'p', cycleS },
    intersections: [
      {
        ...{ id: 'x', offsetS: 0 },
        splits: [
          { stage: 'A', splitS },
          { stage: 'B', splitS: cycleS - splitS },
        ],
      },
    ],
  });
  const costOf = (plan: ReturnType<typeof planOf>, of: Record<string, number>) =>
    expectedDelayS(state, plan, new Map([['x', flows(of)]])) ?? Number.NaN;

  test('is Webster’s delay for those who come evenly, where hardly anybody comes', () => {
    expect(costOf(planOf(36), { a: 1 })).toBeCloseTo((0.5 * 60 * 0.5 ** 2) / 1, 1);
  });

  test('grows without end in sight where more come than can go', () => {
    expect(costOf(planOf(35), { a: 2160 })).toBeGreaterThan(90);
  });

  test('is nothing that can be told where nobody comes', () => {
    expect(expectedDelayS(state, planOf(35), new Map())).toBeNull();
  });
});
