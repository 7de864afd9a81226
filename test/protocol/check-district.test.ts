/**
 * The check of district files: it never throws, names every problem with its place, and what passes
 * can be run safely.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pathText } from '../../protocol/assert.ts';
import { checkDistrict, conflictsOf, stageSecondsMin } from '../../protocol/check-district.ts';
import { type DistrictFile, districtSchema, type Intersection } from '../../protocol/district.ts';
import { litBy } from '../../protocol/stage.ts';
import { discoveryDefault, lan } from '../../protocol/timing.ts';
import { seeded } from '../transport/seeded.ts';
import { example, mutated } from './examples.ts';

const group = (id: string): Intersection['groups'][number] => ({
  id,
  kind: 'vehicle',
  minGreenS: 5,
  maxGreenS: 30,
  amberS: 3,
  redClearanceS: 2,
});

const crossroads: Intersection = {
  id: 'x',
  node: 'n1',
  position: [0, 0],
  groups: [group('a'), group('b'), group('left')],
  conflicts: [
    ['a', 'b'],
    ['left', 'b'],
    ['left', 'a'],
  ],
  yields: [['left', 'a']],
  stages: [
    { id: 'A', green: ['a'], permissive: ['left'] },
    { id: 'B', green: ['b'] },
  ],
};
const file = (rest: Partial<Intersection> = {}): DistrictFile => ({
  name: 'town',
  intersections: [{ ...crossroads, ...rest }],
});

const problemsOf = (value: unknown): string[] => {
  const checked = checkDistrict(value);
  return 'problems' in checked
    ? checked.problems.map(({ path, message }) => `${pathText(path)}: ${message}`)
    : [];
};

test('a sound file passes, with its contract filled in', () => {
  expect(checkDistrict({ ...file(), timing: { beatMs: 300 } })).toMatchObject({
    district: {
      name: 'town',
      links: [],
      plans: [],
      timing: { ...lan(), beatMs: 300 },
      discovery: discoveryDefault,
    },
  });
});

describe('is a problem, with its place', () => {
  const [a, b, left] = crossroads.groups;
  test.each<[string, Partial<Intersection>, string]>([
    [
      'two conflicting greens in one stage',
      { stages: [{ id: 'A', green: ['a', 'b'] }] },
      'intersections[0].stages[0].green[1]: b conflicts with a of the same stage',
    ],
    [
      'a protected green that should yield',
      { stages: [{ id: 'A', green: ['a', 'left'] }] },
      'intersections[0].stages[0].green[1]: left conflicts with a of the same stage',
    ],
    [
      'a permissive green for a group that yields to nobody',
      { stages: [{ id: 'A', green: ['a'], permissive: ['b'] }] },
      'intersections[0].stages[0].permissive[0]: b conflicts with a of the same stage',
    ],
    [
      'a stage of no group',
      { stages: [{ id: 'A', green: [] }] },
      'intersections[0].stages[0]: lights no group',
    ],
    [
      'a stage of an unknown group',
      { stages: [{ id: 'A', green: ['c'] }] },
      'intersections[0].stages[0].green[0]: no group c',
    ],
    [
      'a group lit twice in one stage',
      { stages: [{ id: 'A', green: ['a'], permissive: ['a'] }] },
      'intersections[0].stages[0].permissive[0]: a is there twice',
    ],
    [
      'two stages of one name',
      { stages: [crossroads.stages[1], crossroads.stages[1]] as Intersection['stages'] },
      'intersections[0].stages[1].id: B is there twice',
    ],
    [
      'two groups of one name',
      { groups: [a, b, left, a] as Intersection['groups'] },
      'intersections[0].groups[3].id: a is there twice',
    ],
    [
      'a conflict with itself',
      { conflicts: [['a', 'a']] },
      'intersections[0].conflicts[0]: a with itself',
    ],
    [
      'a conflict with an unknown group',
      { conflicts: [['a', 'c']] },
      'intersections[0].conflicts[0][1]: no group c',
    ],
    [
      'conflicting groups that both flash amber',
      { groups: crossroads.groups.map((one) => ({ ...one, flash: 'amber' as const })) },
      'intersections[0].groups[1].flash: amber, but so does a, which conflicts',
    ],
    [
      'more minimum than maximum green',
      { groups: crossroads.groups.map((one) => ({ ...one, maxGreenS: 4 })) },
      'intersections[0].groups[0].minGreenS: 5 s is more than maxGreenS (4 s)',
    ],
    [
      'a recall of who is served on call',
      { groups: crossroads.groups.map((one) => ({ ...one, onCall: true, recall: 'minimum' })) },
      'intersections[0].groups[0].recall: contradicts onCall: leave one out',
    ],
    [
      'a maximum recall of pedestrians',
      {
        groups: crossroads.groups.map((one) => ({ ...one, kind: 'pedestrian', recall: 'maximum' })),
      },
      'intersections[0].groups[0].recall: must be minimum for pedestrians: that is their recall',
    ],
    [
      'node and nodes at once',
      { nodes: { a: 'n1', b: 'n1', left: 'n1' } },
      'intersections[0]: needs either node (one serves all groups) or nodes (one for each group)',
    ],
    [
      'a program of unknown stages',
      { programs: [{ id: 'p', offsetS: 0, steps: [{ stage: 'C', greenS: 5 }] }] },
      'intersections[0].programs[0].steps[0].stage: no stage C',
    ],
  ])('%s', (_, rest, problem) => {
    expect(problemsOf(file(rest))).toContain(problem);
  });

  test('one node for two intersections, and one name for two', () => {
    const intersections = [crossroads, crossroads, { ...crossroads, id: 'y' }];
    expect(problemsOf({ name: 'town', intersections })).toEqual([
      'intersections[1].id: x is there twice',
      'intersections[2]: node n1 already serves x',
    ]);
  });

  test('a link between two places that nobody knows, or from a group that is not there', () => {
    const links = [
      { from: 'p', to: 'q', lengthM: 1, speedMps: 1 },
      { from: 'x', to: 'q', lengthM: 1, speedMps: 1, fromGroups: ['c'] },
    ];
    expect(problemsOf({ ...file(), links })).toEqual([
      'links[0]: neither p nor q is an intersection',
      'links[1].fromGroups[0]: x has no group c',
    ]);
  });

  test('plans whose hours are none, no time, another’s, or of a part of the district', () => {
    const split = [
      { stage: 'A', splitS: 30 },
      { stage: 'B', splitS: 30 },
    ];
    const plan = (id: string, from: string, to: string, intersections = ['x']) => ({
      ...{ id, cycleS: 60, hours: { from, to } },
      intersections: intersections.map((one) => ({ id: one, offsetS: 0, splits: split })),
    });
    const withPlans = (...plans: unknown[]) => problemsOf({ ...file(), plans });
    expect(withPlans(plan('a', '07:00', '09:30'), plan('b', '22:00', '06:30'))).toEqual([]);
    expect(withPlans(plan('a', '7:00', '24:00'))).toEqual([
      'plans[0].hours.from: must be a time of day, such as 07:30',
      'plans[0].hours.to: must be a time of day, such as 07:30',
    ]);
    expect(withPlans(plan('a', '07:00', '07:00'), plan('b', '08:00', '09:00', []))).toEqual([
      'plans[0].hours: end when they begin; leave hours out for the whole day',
      'plans[1].intersections: lacks x; a plan with hours is for all',
    ]);
    expect(withPlans(plan('a', '22:00', '02:00'), plan('b', '01:59', '05:00'))).toEqual([
      'plans[1].hours: overlap with those of a; one plan at a time',
    ]);
  });

  test('a timing whose relations are broken', () => {
    expect(problemsOf({ ...file(), timing: { beatMs: 900 } })).toContain(
      'timing.beatMs: at least 4 beats must fit into heartbeatTimeoutMs (is 900)',
    );
  });

  test('a key of the contract that there is not', () => {
    const problems = problemsOf({ ...file(), timing: { beat: 300 }, discovery: { ports: 1 } });
    expect(problems.sort()).toEqual(['discovery.ports: unknown key', 'timing.beat: unknown key']);
  });

  test('every unknown key, every lack and every wrong type at once', () => {
    const { amberS: _, ...lacking } = group('a');
    const problems = problemsOf({
      ...file({ groups: [lacking as typeof lacking & { amberS: number }, group('b')] }),
      nmae: 'town',
      expect: 'three',
    });
    expect(problems).toContain('nmae: unknown key');
    expect(problems.join('\n')).toMatch(/intersections\[0\]\.groups\[0\].*: lacks amberS/);
    expect(problems.join('\n')).toMatch(/expect: must be integer/);
  });
});

describe('whatever the file says', () => {
  const known = [
    JSON.parse(readFileSync(new URL('../../districts/arterial.json', import.meta.url), 'utf8')),
    file(),
  ];

  test('it never throws, and gives problems or a district', () => {
    let passed = 0;
    for (let round = 0; round < 1500; round += 1) {
      const random = seeded(round);
      const base = round % 50 === 0 ? known[0] : known[1];
      let value = round % 7 === 0 ? example(random, districtSchema) : base;
      for (let change = 0; change <= random() * 3; change += 1) value = mutated(random, value);
      const checked = checkDistrict(value);
      if ('district' in checked) passed += 1;
      else expect(checked.problems.length).toBeGreaterThan(0);
    }
    expect(passed).toBeGreaterThan(5);
  });

  test.each([undefined, null, 7, 'town', [], {}, { intersections: {} }, { intersections: [null] }])(
    '%j is a problem',
    (value) => {
      expect(problemsOf(value).length).toBeGreaterThan(0);
    },
  );
});

describe('the table of conflicts', () => {
  const table = conflictsOf(crossroads);

  test.each([
    ['a', false, 'b', false, false],
    ['b', true, 'a', true, false],
    ['left', true, 'a', false, true],
    ['left', false, 'a', false, false],
    ['left', false, 'a', true, false],
    ['left', true, 'b', false, false],
  ])('%s (permissive: %j) with %s (%j): %j, from both sides', (a, aPerm, b, bPerm, may) => {
    expect(table.allows(a, aPerm, b, bPerm)).toBe(may);
    expect(table.allows(b, bPerm, a, aPerm)).toBe(may);
  });

  test('forbids what no yielding can mend', () => {
    expect(table.forbids('a', 'b')).toBe(true);
    expect(table.forbids('left', 'a')).toBe(false);
    expect(table.yields('left', 'a')).toBe(true);
    expect(table.yields('a', 'left')).toBe(false);
  });
});

test('a stage lasts at least the longest minimum, and the longest amber and clearance, of it', () => {
  const groups = [
    { ...group('a'), minGreenS: 9 },
    { ...group('b'), amberS: 7, redClearanceS: 0 },
    { ...group('left'), amberS: 1, redClearanceS: 6.5, minGreenS: 99, maxGreenS: 99 },
  ];
  const stage = { id: 'A', green: ['a'], permissive: ['b'] };
  expect(litBy(stage)).toEqual(['a', 'b']);
  expect(stageSecondsMin({ ...crossroads, groups }, stage)).toBe(16);
});
