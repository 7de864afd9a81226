/**
 * The conflict table over all lamp values, written out: which two lamps may be lit together, for each
 * way in which two groups may be related. The gate, the judge and `isLit` keep tables of their own;
 * none may say that it is safe what this one calls unsafe.
 */
import { describe, expect, test } from 'vitest';
import { type Claim, claimOf, createTable } from '../../cabinet/gate.ts';
import type { Intersection } from '../../protocol/district.ts';
import { createJudge } from '../../protocol/judge.ts';
import { isLit, type Lamp } from '../../protocol/lamp.ts';
import { crossing } from './crossing.ts';

const LAMPS: readonly Lamp[] = [
  ...(['red', 'redAmber', 'green', 'greenPermissive'] as const),
  ...(['amber', 'flashingAmber', 'flashingRed', 'dark'] as const),
];

/** `x`: must not be lit together. Rows are a's lamps, columns b's, in the order of `LAMPS`. */
const TABLES: Record<string, readonly string[]> = {
  'that conflict': [
    '. . . . . . . .',
    '. x x x x x . .',
    '. x x x x x . .',
    '. x x x x x . .',
    '. x x x x x . .',
    '. x x x x x . .',
    '. . . . . . . .',
    '. . . . . . . .',
  ],
  'of which a yields to b': [
    '. . . . . . . .',
    '. . . . . . . .',
    '. x x x x x . .',
    '. . . . . . . .',
    '. x x x x x . .',
    '. x x x x x . .',
    '. . . . . . . .',
    '. . . . . . . .',
  ],
  'of which b yields to a': [
    '. . . . . . . .',
    '. . x . x x . .',
    '. . x . x x . .',
    '. . x . x x . .',
    '. . x . x x . .',
    '. . x . x x . .',
    '. . . . . . . .',
    '. . . . . . . .',
  ],
  'that yield to each other': [
    '. . . . . . . .',
    '. . . . . . . .',
    '. . x . x x . .',
    '. . . . . . . .',
    '. . x . x x . .',
    '. . x . x x . .',
    '. . . . . . . .',
    '. . . . . . . .',
  ],
  'without relation': Array.from({ length: 8 }, () => '. . . . . . . .'),
};

type Pairs = Intersection['conflicts'];
const RELATIONS: Record<string, { conflicts: Pairs; yields: Pairs }> = {
  'that conflict': { conflicts: [['a', 'b']], yields: [] },
  'of which a yields to b': { conflicts: [['a', 'b']], yields: [['a', 'b']] },
  'of which b yields to a': { conflicts: [], yields: [['b', 'a']] },
  'that yield to each other': {
    conflicts: [['b', 'a']],
    yields: [
      ['a', 'b'],
      ['b', 'a'],
    ],
  },
  'without relation': { conflicts: [], yields: [] },
};

const place = (relation: string): Intersection => {
  const [first, second] = crossing().groups;
  const { conflicts, yields } = RELATIONS[relation] ?? { conflicts: [], yields: [] };
  const groups = [
    { ...first!, id: 'a' },
    { ...second!, id: 'b' },
  ];
  return { ...crossing(), groups, conflicts, yields };
};

const tableOf = (clash: (a: Lamp, b: Lamp) => boolean): string[] =>
  LAMPS.map((a) => LAMPS.map((b) => (clash(a, b) ? 'x' : '.')).join(' '));

describe.each(Object.keys(TABLES))('two groups %s', (relation) => {
  const expected = TABLES[relation] ?? [];

  test('are kept apart by the gate as the table says, whichever is named first', () => {
    const { clash } = createTable(place(relation));
    const one = (group: string, lamp: Lamp) => ({ group, claim: claimOf(lamp) });
    expect(tableOf((a, b) => clash(one('a', a), one('b', b)))).toEqual(expected);
    expect(tableOf((a, b) => clash(one('b', b), one('a', a)))).toEqual(expected);
  });

  test('are found by the judge wherever the table says so', () => {
    const sees = (a: Lamp, b: Lamp) => {
      const judge = createJudge([place(relation)]);
      judge.see({ t: 0, intersection: 'crossing', lamps: { a, b } });
      return judge.verdict().unsafe.length > 0;
    };
    expect(tableOf(sees)).toEqual(expected);
  });

  test('count amber after a permissive green as yielding still', () => {
    const { clash } = createTable(place(relation));
    const claims = (lamp: Lamp, before: Claim) => ({ group: 'a', claim: claimOf(lamp, before) });
    for (const b of LAMPS) {
      const other = { group: 'b', claim: claimOf(b) };
      const permissive = clash({ group: 'a', claim: 'yielding' }, other);
      expect(clash(claims('amber', 'yielding'), other)).toBe(permissive);
      expect(clash(claims('amber', 'protected'), other)).toBe(
        clash(claims('green', 'none'), other),
      );
    }
  });
});

test('a lamp counts as lit for plans exactly when the gate lets it claim the road', () => {
  expect(LAMPS.filter((lamp) => isLit(lamp))).toEqual(
    LAMPS.filter((lamp) => claimOf(lamp) !== 'none'),
  );
  expect(LAMPS.filter((lamp) => isLit(lamp))).toEqual([
    ...['redAmber', 'green', 'greenPermissive', 'amber', 'flashingAmber'],
  ]);
});

test('a group is never kept apart from itself', () => {
  const { clash } = createTable(place('that conflict'));
  expect(clash({ group: 'a', claim: 'protected' }, { group: 'a', claim: 'protected' })).toBe(false);
});
