/**
 * What may be granted, sentence by sentence, and why something else may not.
 */
import { describe, expect, test } from 'vitest';
import { apply } from '../../machines/district-state.ts';
import { clearOf, rightOf } from '../../machines/rights.ts';
import type { Command, State } from '../../protocol/command.ts';
import type { Interval } from '../../protocol/right.ts';
import { admissions } from './rights-place.ts';
import {
  dismiss,
  enter,
  GAP,
  grantAt,
  H,
  LIT,
  NODES,
  open,
  type Rest,
  reached,
  release,
  spans,
  UP,
  verdict,
} from './rights-words.ts';

describe('a grant', () => {
  const far = (n: number): Rest => ({
    present: NODES.slice(0, n).map((node) => ({ node, sinceMs: 1000 })),
  });

  test.each<[string, State, Command, string]>([
    [
      'of an intersection that nobody serves',
      reached(...UP),
      grantAt(1000, [['a', 1000, 2000]], { intersection: 'y' }),
      'no shared intersection y',
    ],
    [
      'on a timescale that is not the newest',
      reached(...UP, open(2, 2000, [1, 7])),
      grantAt(3000, [['a', 3000, 4000]]),
      'timescale 1 is not the newest',
    ],
    [
      'before there is a timescale',
      reached(...admissions),
      grantAt(1000, [['a', 1000, 2000]]),
      'timescale 1 is not the newest',
    ],
    [
      'of a time before its timescale',
      reached(...UP),
      grantAt(999, [['a', 1000, 2000]]),
      'is of 999 ms, before its timescale was opened',
    ],
    ['of no such group', reached(...UP), grantAt(1000, [['z', 1000, 2000]]), 'no group z'],
    [
      'that ends before it begins',
      reached(...UP),
      grantAt(1000, [['a', 2000, 2000]]),
      'a: ends before it begins',
    ],
    [
      'of the past',
      reached(...UP),
      grantAt(5000, [['a', 4999, 6000]]),
      'a: begins before it is granted',
    ],
    [
      'of one group twice',
      reached(...UP),
      grantAt(1000, [
        ['a', 1000, 2000],
        ['a', 3000, 4000],
      ]),
      'a is granted twice',
    ],
    [
      'of two groups that conflict',
      reached(...UP),
      grantAt(1000, [
        ['a', 1000, 2000],
        ['b', 1999 + GAP, 4000],
      ]),
      'b and a conflict',
    ],
    [
      'too soon after another group',
      reached(...LIT),
      grantAt(2000, [['b', 9999 + GAP, 12_000]]),
      'b: is too close to the right of a',
    ],
    [
      'too soon before another group',
      reached(...UP, grantAt(1000, [['a', 6000, 10_000]])),
      grantAt(2000, [['b', 2000, 6001 - GAP]]),
      'b: is too close to the right of a',
    ],
    [
      'of a green that yields, as if it did not',
      reached(...LIT),
      grantAt(2000, [['c', 2000, 9000]]),
      'c: is too close to the right of a',
    ],
    [
      'of a group before its own last right ends',
      reached(...LIT),
      grantAt(2000, [['a', 9999, 12_000]]),
      'a: begins before its last right ends',
    ],
    [
      'that shortens a right',
      reached(...LIT),
      grantAt(2000, [['a', 1000, 9999]]),
      'a: would be shortened',
    ],
    [
      'that extends a right otherwise lit',
      reached(...LIT),
      grantAt(2000, [['a', 1000, 12_000, 'permissive']]),
      'a: would be lit otherwise',
    ],
    [
      'that extends what was given up',
      reached(...LIT, release()),
      grantAt(2000, [['a', 1000, 12_000]]),
      'a: was given up',
    ],
    [
      'that extends what has ended',
      reached(...LIT),
      grantAt(10_001, [['a', 1000, 12_000]]),
      'a: has ended',
    ],
    [
      'that extends over the right of another group',
      reached(...LIT, grantAt(2000, [['b', 11_000, 12_000]])),
      grantAt(3000, [['a', 1000, 10_601]]),
      'a: is too close to the right of b',
    ],
  ])('%s is refused', (_, state, command, problem) => {
    expect(verdict(state, command)).toBe(problem);
    expect(apply(state, command)).toBe(state);
  });

  test.each<[string, State, Command]>([
    [
      'twice the bound after another group',
      reached(...LIT),
      grantAt(2000, [['b', 10_000 + GAP, 12_000]]),
    ],
    [
      'twice the bound before another group',
      reached(...UP, grantAt(1000, [['a', 6000, 10_000]])),
      grantAt(2000, [['b', 2000, 6000 - GAP]]),
    ],
    [
      'together with a group that does not conflict',
      reached(...LIT),
      grantAt(2000, [['d', 2000, 9000]]),
    ],
    [
      'together with what it yields to',
      reached(...LIT),
      grantAt(2000, [['c', 2000, 9000, 'permissive']]),
    ],
    [
      'of two groups that conflict, one after the other',
      reached(...UP),
      grantAt(1000, [
        ['a', 1000, 2000],
        ['b', 2000 + GAP, 4000],
      ]),
    ],
    [
      'that touches the last right of the group',
      reached(...LIT),
      grantAt(2000, [['a', 10_000, 12_000]]),
    ],
    [
      'that extends a right at its very end',
      reached(...LIT),
      grantAt(10_000, [['a', 1000, 12_000]]),
    ],
    [
      'of the same group at once, on another timescale',
      reached(...LIT, open(2, 2000)),
      grantAt(3000, [['a', 3000, 12_000]], { term: 2 }),
    ],
  ])('%s is accepted', (_, state, command) => {
    expect(verdict(state, command)).toBe('');
  });

  test('extends the right that begins when it says', () => {
    expect(spans(reached(...LIT, grantAt(2000, [['a', 1000, 12_000]])))).toEqual(['a1 1000–12000']);
  });

  test('remembers who holds the right', () => {
    expect(rightOf(reached(...LIT), 'x')?.intervals).toEqual<Interval[]>([
      {
        group: 'a',
        node: 'n1',
        term: 1,
        fromMs: 1000,
        untilMs: 10_000,
        permissive: false,
        released: false,
      },
    ]);
  });

  test('judges those on an older timescale by their own, and by the horizon if it must', () => {
    const related = reached(...LIT, open(2, 5000, [1, 7]));
    const clearMs = clearOf(related, { term: 1, untilMs: 10_000 });
    const at = (fromMs: number) => grantAt(6000, [['b', fromMs, 20_000]], { term: 2 });
    expect(verdict(related, at(clearMs - 0.01))).toBe('b: is too close to the right of a');
    expect(verdict(related, at(clearMs))).toBe('');
    const unrelated = reached(...LIT, open(2, 5000));
    expect(verdict(unrelated, at(clearMs))).toBe('b: is too close to the right of a');
  });

  test('forgets the rights that have stood apart from then on, and no others', () => {
    const atClear = (nowMs: number) => grantAt(nowMs, [['d', nowMs, nowMs + 1000]]);
    expect(spans(reached(...LIT, atClear(9999 + GAP)))).toContain('a1 1000–10000');
    expect(spans(reached(...LIT, atClear(10_000 + GAP)))).toEqual(['d1 10400–11400']);
  });

  describe('reaches no further than the horizon', () => {
    const at = (untilMs: number, present: { node: string; sinceMs: number }[]) =>
      grantAt(5000, [['a', 5000, untilMs]], { present });
    const seen = (...sinceMs: number[]) =>
      sinceMs.map((ms, k) => ({ node: `n${k + 1}`, sinceMs: ms }));

    test.each<[string, { node: string; sinceMs: number }[], number]>([
      ['from when the third of four was known here', seen(5000, 4000, 3000, 1000), 3000 + H],
      ['whichever of them those are', seen(1000, 4000, 5000, 3000), 3000 + H],
      ['from now, whatever is said of later', seen(9000, 9000, 9000), 5000 + H],
    ])('%s', (_, present, mostMs) => {
      expect(verdict(reached(...UP), at(mostMs, present))).toBe('');
      expect(verdict(reached(...UP), at(mostMs + 1, present))).toMatch(/^\d+ ms is later than/);
    });

    test.each<[string, readonly Command[], { node: string; sinceMs: number }[]]>([
      ['half of the nodes', UP, seen(5000, 5000)],
      [
        'nodes of other intersections',
        UP,
        [...seen(5000, 5000), { node: 'n9', sinceMs: 5000 }, { node: 'n8', sinceMs: 5000 }],
      ],
      ['one node, named thrice', UP, [1, 2, 3].map(() => ({ node: 'n1', sinceMs: 5000 }))],
      [
        'nodes that have not entered',
        [...admissions, enter('n1'), enter('n2'), open(1, 1000)],
        seen(5000, 5000, 5000),
      ],
      ['nodes that were dismissed', [...UP, dismiss('n3')], seen(5000, 5000, 5000)],
    ])('and is nothing for %s', (_, given, present) => {
      expect(verdict(reached(...given), at(6000, present))).toBe(
        '6000 ms is later than most of n1, n2, n3, n4 are known to be here for',
      );
    });

    test('when it extends a right, too', () => {
      const extension = grantAt(2000, [['a', 1000, 1001 + H]], far(3));
      expect(verdict(reached(...LIT), extension)).toMatch(/^46001 ms is later than/);
    });
  });
});
