/**
 * The green wave: whatever the district, its plan can be run; splits add up, and offsets follow the
 * travel times of the links.
 */
import { describe, expect, test } from 'vitest';
import { greenWave } from '../../machines/green-wave.ts';
import { checkPlan, stageSecondsMin } from '../../protocol/check-district.ts';
import type { Member, State } from '../../protocol/command.ts';
import type { Group, Intersection, Link } from '../../protocol/district.ts';
import { seeded } from '../transport/seeded.ts';
import { anyMembers } from './any-intersection.ts';

const stateOf = (members: Member[]): State => ({ voters: [], members });

const group = (id: string, rest: Partial<Group> = {}): Group => ({
  id,
  kind: 'vehicle',
  minGreenS: 5,
  maxGreenS: 30,
  amberS: 3,
  redClearanceS: 2,
  ...rest,
});

const crossroads = (id: string, greens?: readonly [number, number]): Intersection => ({
  id,
  node: id,
  position: [0, 0],
  groups: [group('a'), group('b')],
  conflicts: [['a', 'b']],
  yields: [],
  stages: [
    { id: 'A', green: ['a'] },
    { id: 'B', green: ['b'] },
  ],
  ...(greens && {
    programs: [
      {
        id: 'p',
        offsetS: 0,
        steps: [
          { stage: 'A', greenS: greens[0] },
          { stage: 'B', greenS: greens[1] },
        ],
      },
    ],
  }),
});

const member = (intersection: Intersection, links: Link[] = []): Member => ({
  node: intersection.id,
  store: intersection.id,
  intersection,
  links,
});

const link = (from: string, to: string, seconds: number): Link => ({
  from,
  to,
  lengthM: seconds * 10,
  speedMps: 10,
});

describe('any district', () => {
  const plans = Array.from({ length: 1000 }, (_, seed) => {
    const members = anyMembers(seeded(seed));
    return { seed, members, plan: greenWave(stateOf(members), 'p') };
  });

  test('gets a plan that passes the check of plans', () => {
    for (const { seed, members, plan } of plans) {
      const intersections = members.flatMap(({ intersection }) => intersection ?? []);
      expect({ seed, problems: checkPlan(plan, intersections) }).toEqual({ seed, problems: [] });
      expect(plan.intersections).toHaveLength(intersections.length);
    }
  });

  test('gets splits that add up to the cycle, none below what its stage needs', () => {
    for (const { members, plan } of plans) {
      for (const { id, splits } of plan.intersections) {
        const intersection = members.find((one) => one.intersection?.id === id)?.intersection;
        expect(splits.reduce((sum, { splitS }) => sum + splitS, 0)).toBeCloseTo(plan.cycleS, 6);
        for (const { stage, splitS } of splits) {
          const found = intersection?.stages.find((one) => one.id === stage);
          const leastS = intersection && found ? stageSecondsMin(intersection, found) : Infinity;
          expect(splitS).toBeGreaterThan(leastS - 1e-6);
        }
      }
    }
  });

  test('gets the same plan whatever the order of its members', () => {
    for (const { members, plan } of plans.slice(0, 100)) {
      expect(greenWave(stateOf([...members].reverse()), 'p')).toEqual(plan);
    }
  });
});

test('splits are in proportion to the greens of the intersection’s own program', () => {
  const plan = greenWave(stateOf([member(crossroads('x', [30, 10]))]), 'p');
  expect(plan).toMatchObject({
    cycleS: 50,
    intersections: [
      {
        splits: [
          { stage: 'A', splitS: 35 },
          { stage: 'B', splitS: 15 },
        ],
      },
    ],
  });
});

test('the busiest intersection gives the cycle; the others’ greens stretch with it', () => {
  const state = stateOf([member(crossroads('x', [30, 10])), member(crossroads('y', [5, 5]))]);
  const [, y] = greenWave(state, 'p').intersections;
  expect(y?.splits.map(({ splitS }) => splitS)).toEqual([25, 25]);
});

describe('offsets', () => {
  test('are the travel times from the first intersection on, so that a platoon finds green', () => {
    const state = stateOf([
      member(crossroads('x'), [link('x', 'y', 12), link('y', 'x', 12)]),
      member(crossroads('y'), [link('y', 'z', 10)]),
      member(crossroads('z')),
    ]);
    expect(greenWave(state, 'p').intersections.map(({ offsetS }) => offsetS)).toEqual([0, 12, 22]);
  });

  test('begin again after a cycle', () => {
    const state = stateOf([
      member(crossroads('x', [15, 15]), [link('x', 'y', 95)]),
      member(crossroads('y', [15, 15])),
    ]);
    const plan = greenWave(state, 'p');
    expect(plan.cycleS).toBe(40);
    expect(plan.intersections[1]?.offsetS).toBe(15);
  });

  test('do not follow links to intersections that nobody serves', () => {
    const state = stateOf([member(crossroads('x'), [link('x', 'nowhere', 12)])]);
    expect(greenWave(state, 'p').intersections).toMatchObject([{ id: 'x', offsetS: 0 }]);
  });
});

test('a district without intersections gets a plan that plans nothing', () => {
  expect(greenWave(stateOf([]), 'p').intersections).toEqual([]);
});
