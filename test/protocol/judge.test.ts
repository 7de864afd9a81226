/** The judge: it finds each kind of unsafe lamps, planted one by one, and nothing in what is safe. */
import { describe, expect, test } from 'vitest';
import type { Group, Intersection } from '../../protocol/district.ts';
import { createJudge } from '../../protocol/judge.ts';
import type { Lamp } from '../../protocol/lamp.ts';

const group = (id: string): Group => ({
  id,
  kind: 'vehicle',
  minGreenS: 5,
  maxGreenS: 60,
  amberS: 3,
  redClearanceS: 2,
});

/** `turn` yields to `main`; `side` crosses both. */
const junction: Intersection = {
  id: 'j',
  node: 'n1',
  position: [0, 0],
  groups: [group('main'), group('turn'), group('side')],
  conflicts: [
    ['main', 'side'],
    ['side', 'turn'],
    ['turn', 'main'],
  ],
  yields: [['turn', 'main']],
  stages: [{ id: 'a', green: ['main'] }],
};

/** `[second, main, turn, side]`. */
type Line = readonly [number, Lamp, Lamp, Lamp];

const judged = (lines: readonly Line[]) => {
  const judge = createJudge([junction]);
  for (const [second, main, turn, side] of lines) {
    judge.see({ t: second * 1000, intersection: 'j', lamps: { main, turn, side } });
  }
  return judge.verdict().unsafe.map(({ t, message }) => `${t / 1000}: ${message}`);
};

const dark: Line = [0, 'red', 'red', 'red'];

describe('safe', () => {
  test.each<[string, readonly Line[]]>([
    [
      'a whole cycle',
      [
        dark,
        [5, 'green', 'greenPermissive', 'red'],
        [15, 'amber', 'amber', 'red'],
        [18, 'red', 'red', 'red'],
        [20, 'red', 'red', 'green'],
        [30, 'red', 'red', 'amber'],
        [33, 'red', 'red', 'red'],
        [35, 'red', 'red', 'flashingRed'],
      ],
    ],
    [
      'a turn that goes on protected after those it yields to',
      [
        dark,
        [5, 'green', 'greenPermissive', 'red'],
        [15, 'amber', 'greenPermissive', 'red'],
        [18, 'red', 'greenPermissive', 'red'],
        [20, 'red', 'green', 'red'],
        [22, 'red', 'amber', 'red'],
        [25, 'red', 'red', 'red'],
      ],
    ],
    [
      'red with amber on both that are let go together',
      [dark, [5, 'redAmber', 'redAmber', 'red'], [6, 'green', 'greenPermissive', 'red']],
    ],
    [
      'a journal that begins in the middle of an amber',
      [
        [0, 'amber', 'red', 'red'],
        [1, 'red', 'red', 'red'],
        [4, 'red', 'red', 'green'],
      ],
    ],
    [
      'flashing amber on one street only',
      [dark, [5, 'flashingAmber', 'flashingRed', 'dark'], [60, 'red', 'red', 'red']],
    ],
    [
      'stamps a little off',
      [
        dark,
        [5, 'green', 'red', 'red'],
        [9.8, 'amber', 'red', 'red'],
        [12.76, 'red', 'red', 'red'],
        [14.72, 'red', 'red', 'green'],
      ],
    ],
  ])('%s', (_, lines) => {
    expect(judged(lines)).toEqual([]);
  });
});

describe('unsafe', () => {
  test.each<[string, readonly Line[], string]>([
    ['conflicting greens', [dark, [5, 'green', 'red', 'green']], '5: main green while side green'],
    [
      'green against amber',
      [
        dark,
        [5, 'green', 'red', 'red'],
        [15, 'amber', 'red', 'red'],
        [16, 'amber', 'red', 'green'],
      ],
      '16: main amber while side green',
    ],
    [
      'a protected turn against those it yields to',
      [dark, [5, 'green', 'greenPermissive', 'red'], [7, 'green', 'green', 'red']],
      '7: turn green while main green',
    ],
    [
      'those a turn yields to, against its protected amber',
      [
        dark,
        [5, 'red', 'green', 'red'],
        [10, 'red', 'amber', 'red'],
        [11, 'green', 'amber', 'red'],
      ],
      '11: turn amber while main green',
    ],
    [
      'permissive green against those it does not yield to',
      [dark, [5, 'red', 'greenPermissive', 'green']],
      '5: side green while turn greenPermissive',
    ],
    [
      'flashing amber across flashing amber',
      [dark, [5, 'flashingAmber', 'red', 'flashingAmber']],
      '5: main flashingAmber while side flashingAmber',
    ],
    [
      'green that turns red',
      [dark, [5, 'green', 'red', 'red'], [15, 'red', 'red', 'red']],
      '15: main: green turned red without amber',
    ],
    [
      'green that turns to flashing',
      [dark, [5, 'green', 'red', 'red'], [15, 'flashingRed', 'red', 'red']],
      '15: main: green turned flashingRed without amber',
    ],
    [
      'short amber',
      [dark, [5, 'green', 'red', 'red'], [15, 'amber', 'red', 'red'], [17.9, 'red', 'red', 'red']],
      '17.9: main: amber lasted 2900 ms, less than 3 s',
    ],
    [
      'amber that turns green',
      [dark, [5, 'green', 'red', 'red'], [15, 'amber', 'red', 'red'], [19, 'green', 'red', 'red']],
      '19: main: amber turned green without red',
    ],
    [
      'a minimum green cut short',
      [dark, [5, 'green', 'red', 'red'], [9, 'amber', 'red', 'red']],
      '9: main: green lasted 4000 ms, less than 5 s',
    ],
    [
      'short red clearance',
      [
        dark,
        [5, 'green', 'red', 'red'],
        [15, 'amber', 'red', 'red'],
        [18, 'red', 'red', 'red'],
        [19, 'red', 'red', 'green'],
      ],
      '19: side green 1000 ms after main ended, less than 2 s',
    ],
    [
      'green straight out of flashing',
      [dark, [5, 'flashingAmber', 'red', 'red'], [15, 'green', 'red', 'red']],
      '15: main: flashingAmber turned green without steady red',
    ],
  ])('%s', (_, lines, message) => {
    expect(judged(lines)).toEqual([message]);
  });

  test('groups and intersections that nobody described, and groups not shown', () => {
    const judge = createJudge([junction]);
    judge.see({ t: 0, intersection: 'j', lamps: { main: 'red', turn: 'red', other: 'green' } });
    judge.see({ t: 1, intersection: 'k', lamps: {} });
    expect(judge.verdict()).toEqual({
      lines: 2,
      unlisted: 0,
      unsafe: [
        { t: 0, intersection: 'j', message: 'other shows green, but there is no such group' },
        { t: 0, intersection: 'j', message: 'side is not shown' },
        { t: 1, intersection: 'k', message: 'nobody described k' },
      ],
    });
  });
});
