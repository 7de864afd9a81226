/** How much green is used, step by step. */
import { describe, expect, test } from 'vitest';
import type { Expected } from '../../machines/expectation.ts';
import { nothingUsed, useAfter, usedBy } from '../../machines/green-use.ts';
import type { Intersection } from '../../protocol/district.ts';
import type { Lamps } from '../../protocol/lamp.ts';
import { crossroads } from './phases-words.ts';

const movement = (from: string) => ({ link: 0, from, to: 'away' });
const [a, b] = crossroads.groups.map((group) => ({ ...group }));
const place: Intersection = {
  ...crossroads,
  groups: [
    ...(a && b ? [{ ...a, movements: [movement('W_0'), movement('W_1')] }, b] : []),
    ...(b ? [{ ...b, id: 'turn', movements: [movement('W_2')] }] : []),
  ],
  stages: [
    { id: 'A', green: ['a'], permissive: ['turn'] },
    { id: 'T', green: ['turn'] },
    { id: 'B', green: ['b'] },
  ],
};

/** Who is first on each lane, and when he could be at the stop line. */
type Firsts = readonly (readonly [lane: string, group: string, etaS: number])[];

const used = (group: string, steps: readonly (readonly [Lamps, Firsts])[]) => {
  const after = steps.reduce(
    (use, [lamps, firsts]) =>
      useAfter(place, use, {
        lamps,
        expected: {
          ...({ sensing: 'vehicles', stepS: 1, flows: [], inside: 0 } as const),
          ...{ stuck: [], barred: [], overdue: [] },
          lanes: firsts.map(([lane, of, etaS]) => ({
            lane,
            vehicles: [{ groups: [of], etaS, waitedS: 0 }],
          })),
        } satisfies Expected,
      }),
    nothingUsed(place),
  );
  return usedBy(after, group);
};
const green: Lamps = { a: 'green', turn: 'greenPermissive', b: 'red' };
const red: Lamps = { a: 'red', turn: 'red', b: 'green' };

describe('green is used', () => {
  test('while somebody is at the stop line: the part of all time, red included', () => {
    const queue: Firsts = [['W_0', 'a', 0]];
    const steps = [
      [green, queue],
      [green, queue],
      [green, []],
      [red, queue],
    ] as const;
    expect(used('a', steps)).toBeCloseTo(0.5, 9);
  });

  test('as much as at the lane where most is used', () => {
    const steps = [
      [green, [['W_0', 'a', 0]]],
      [
        green,
        [
          ['W_0', 'a', 0],
          ['W_1', 'a', 1],
        ],
      ],
    ] as const;
    expect(used('a', steps)).toBe(1);
  });

  test('by nobody who is still far away', () => {
    expect(used('a', [[green, [['W_0', 'a', 6]]]])).toBe(0);
  });

  test('for a third where it yields, and another green of theirs does not', () => {
    expect(used('turn', [[green, [['W_2', 'turn', 0]]]])).toBeCloseTo(1 / 3, 9);
    expect(used('turn', [[{ ...red, turn: 'green' }, [['W_2', 'turn', 0]]]])).toBe(1);
  });
});
