/** Proves how signals become groups where the programs make it hard. */
import { expect, test } from 'vitest';
import { checkDistrict, conflictsOf } from '../../protocol/check-district.ts';
import { approachNames, numbered } from '../../traffic/approach-names.ts';
import { groupSignals, pairGroups } from '../../traffic/sumo-groups.ts';
import type { Light } from '../../traffic/sumo-lights.ts';
import { judgePhases } from '../../traffic/sumo-phases.ts';
import { importText, twoLights } from './read-fixture.ts';

/** Links 0 and 1 come from one street, 2 and 3 from another; 0 meets 2, and 1 meets 3. */
const light = (yields: readonly string[], states: readonly string[]): Light => ({
  id: 'here',
  position: [0, 0],
  signals: [0, 1, 2, 3].map((link) => ({
    link,
    kind: 'vehicle',
    movements: [
      {
        from: link < 2 ? 'main' : 'side',
        fromLane: link % 2,
        to: `out${link}`,
        toLane: 0,
        signal: { light: 'here', link },
        direction: 's',
        hasPriority: true,
      },
    ],
  })),
  programs: [
    {
      light: 'here',
      id: '0',
      type: 'static',
      offsetS: 0,
      phases: states.map((state) => ({ durationS: 10, state })),
    },
  ],
  relation: (a, b) => ({
    isFoe: Math.abs(a - b) === 2,
    isMerge: false,
    mustYield: yields.includes(`${a} ${b}`),
  }),
});

const grouped = (given: Light) => {
  const { phases } = judgePhases(given);
  const groups = groupSignals(given, phases, new Map());
  const links = groups.map(({ signals }) => signals.map(({ link }) => link));
  return { links, groups, pairs: pairGroups(given, groups, phases), phases };
};

test('two streets of which one yields wherever they meet are two groups', () => {
  const { links, pairs } = grouped(light(['0 2', '1 3'], ['ggGG']));
  expect(links).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(pairs.yields).toHaveLength(1);
});

test('signals that yield crosswise are split, so that their sound stage survives', () => {
  const { links, groups, pairs, phases } = grouped(light(['0 2', '3 1'], ['gggg']));
  expect(phases.every(({ isSound }) => isSound)).toBe(true);
  expect(links).toEqual([[0], [1], [2], [3]]);
  const [a0, a1, b0, b1] = groups.map(({ id }) => id);
  expect(pairs.yields).toEqual([
    [a0, b0],
    [b1, a1],
  ]);
});

test('no yield is made that would let a green stand against a foe that need not stop', () => {
  // The phase is sound because 0 yields to 2, and 1 is red; the whole street would not yield.
  const { groups, pairs } = grouped(light(['0 2'], ['grGG', 'Grrr', 'GGrr']));
  const ids = groups.map(({ id }) => id);
  const table = conflictsOf(pairs);
  expect(table.allows(ids[0] ?? '', true, ids[2] ?? '', false)).toBe(true);
  expect(table.allows(ids[1] ?? '', true, ids[2] ?? '', true)).toBe(false);
});

test('both permissive stand together when one of them yields', () => {
  const { pairs, groups } = grouped(light(['0 2', '1 3'], ['gggg']));
  expect(pairs.yields).toEqual([[groups[0]?.id, groups[1]?.id]]);
});

test('an index whose own movements cross is never lit', async () => {
  const crossing = twoLights.replace('linkIndex="3" dir="l"', 'linkIndex="5" dir="l"');
  const { district, warnings } = await importText(crossing);
  const [west] = district.intersections;
  const dark = west?.groups.find(({ movements = [] }) => movements.some(({ link }) => link === 5));
  const lit = west?.stages.flatMap(({ green, permissive = [] }) => [...green, ...permissive]);
  expect(lit).not.toContain(dark?.id);
  expect(warnings.map(({ message }) => message)).toContain(
    `${dark?.id} controls movements that cross; it stays red`,
  );
  expect(checkDistrict(district)).toHaveProperty('district');
});

test('approaches are named by four points where those tell them apart, else by eight', () => {
  const named = (...bearings: number[]) => [
    ...approachNames(bearings.map((bearing, k) => ({ edge: `e${k}`, bearing }))).values(),
  ];
  expect(named(10, 95, 200, 280)).toEqual(['N', 'E', 'S', 'W']);
  expect(named(350, 40)).toEqual(['NE', 'N']);
  expect(named(0, 5, 180)).toEqual(['N1', 'N2', 'S']);
  expect(numbered(['a', 'b', 'a'])).toEqual(['a1', 'b', 'a2']);
});
