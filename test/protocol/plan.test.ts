/** Plans: what keeps one from being run is said with its place, and what passes can be run. */
import { describe, expect, test } from 'vitest';
import { checkPlan } from '../../protocol/check-district.ts';
import type { Intersection } from '../../protocol/district.ts';
import type { Plan } from '../../protocol/plan.ts';

const crossroads: Intersection = {
  id: 'x',
  node: 'n1',
  position: [0, 0],
  groups: ['a', 'b'].map((id) => ({
    id,
    kind: 'vehicle',
    minGreenS: 5,
    maxGreenS: 30,
    amberS: 3,
    redClearanceS: 2,
  })),
  conflicts: [['a', 'b']],
  yields: [],
  stages: [
    { id: 'A', green: ['a'] },
    { id: 'B', green: ['b'] },
  ],
};

type Splits = readonly (readonly [stage: string, splitS: number])[];

const plan = (
  splits: Splits,
  rest: { cycleS?: number; offsetS?: number; id?: string } = {},
): Plan => ({
  id: 'p',
  cycleS: rest.cycleS ?? 40,
  intersections: [
    {
      id: rest.id ?? 'x',
      offsetS: rest.offsetS ?? 0,
      splits: splits.map(([stage, splitS]) => ({ stage, splitS })),
    },
  ],
});

describe('a plan can be run', () => {
  test.each<[string, Plan]>([
    [
      'whose splits add up to the cycle',
      plan([
        ['A', 25],
        ['B', 15],
      ]),
    ],
    [
      'that gives every stage just what it needs',
      plan(
        [
          ['A', 10],
          ['B', 10],
        ],
        { cycleS: 20 },
      ),
    ],
    ['that leaves a stage out', plan([['A', 40]])],
    [
      'whose splits are tenths that no binary number meets',
      plan([
        ['A', 19.9],
        ['B', 20.1],
      ]),
    ],
    ['of nothing', { id: 'p', cycleS: 40, intersections: [] }],
  ])('%s', (_, given) => {
    expect(checkPlan(given, [crossroads])).toEqual([]);
  });
});

describe('a plan cannot be run', () => {
  test.each<[string, Plan, (string | number)[], RegExp]>([
    [
      'whose splits do not add up to the cycle',
      plan([
        ['A', 25],
        ['B', 16],
      ]),
      ['splits'],
      /add up to 41 s, but the cycle is 40 s/,
    ],
    [
      'that gives a stage less than minimum green, amber and red clearance',
      plan([
        ['A', 30.1],
        ['B', 9.9],
      ]),
      ['splits', 1, 'splitS'],
      /9.9 s is less than .* \(10 s\)/,
    ],
    [
      'of unknown stages',
      plan([
        ['A', 20],
        ['C', 20],
      ]),
      ['splits', 1, 'stage'],
      /no stage C/,
    ],
    [
      'with a stage twice',
      plan([
        ['A', 20],
        ['A', 20],
      ]),
      ['splits', 1, 'stage'],
      /is planned twice/,
    ],
    ['of unknown intersections', plan([['A', 40]], { id: 'y' }), ['id'], /no intersection y/],
    [
      'whose offset is no part of the cycle',
      plan([['A', 40]], { offsetS: 40 }),
      ['offsetS'],
      /not within/,
    ],
  ])('%s', (_, given, path, message) => {
    expect(checkPlan(given, [crossroads])).toContainEqual({
      path: ['intersections', 0, ...path],
      message: expect.stringMatching(message),
    });
  });

  test('that plans an intersection twice', () => {
    const { intersections, ...rest } = plan([['A', 40]]);
    const twice = { ...rest, intersections: [...intersections, ...intersections] };
    expect(checkPlan(twice, [crossroads])).toEqual([
      { path: ['intersections', 1, 'id'], message: 'is planned twice' },
    ]);
  });
});
