/**
 * Rights of way, sentence by sentence: what each command changes, and why it may not be applied.
 */
import { describe, expect, test } from 'vitest';
import { apply } from '../../machines/district-state.ts';
import { clearOf, driftMs, settlingMs } from '../../machines/rights.ts';
import type { Command } from '../../protocol/command.ts';
import { RIGHT_KEYS } from '../../protocol/contract.ts';
import type { Timescale } from '../../protocol/right.ts';
import { lan, type Timing } from '../../protocol/timing.ts';
import { admissions, admit } from './rights-place.ts';
import {
  dismiss,
  enter,
  GAP,
  grantAt,
  H,
  type Kind,
  LIT,
  NODES,
  open,
  PPM,
  reached,
  release,
  spans,
  UP,
  verdict,
} from './rights-words.ts';

describe('a node', () => {
  test('enters in each life anew, and never in an earlier one again', () => {
    const state = reached(...admissions, enter('n1', 3), enter('n1', 3), enter('n1', 4));
    expect(state.entered).toEqual([{ node: 'n1', incarnation: 4 }]);
    expect(verdict(state, enter('n1', 3))).toBe('n1 has entered in a later life (4)');
  });

  test('that shares no intersection does not enter', () => {
    expect(verdict(reached(...admissions), enter('n9'))).toBe('n9 shares no intersection');
  });

  test('that is dismissed is not up any more', () => {
    expect(reached(...UP, dismiss('n2')).entered?.map(({ node }) => node)).toEqual([
      ...['n1', 'n3', 'n4'],
    ]);
  });

  test('that holds rights is remembered when it is dismissed, or an earlier life could return', () => {
    const state = reached(...LIT, enter('n1', 2), dismiss('n1'), admit('n1'));
    expect(verdict(state, enter('n1', 1))).toBe('n1 has entered in a later life (2)');
    expect(verdict(state, release())).toBe('n1 has not entered in this life');
  });
});

describe('a timescale', () => {
  const chain = (...opens: Command[]) => reached(...LIT, ...opens).timescales?.at(-1)?.related;
  const grown = (ms: number) => driftMs(ms, PPM);

  test('must be newer than all before', () => {
    expect(verdict(reached(...UP), open(1, 2000))).toBe('timescale 1 is newer');
  });

  test('carries what the contract in force says, once that was changed', () => {
    const state = reached(...UP);
    const [scale] = state.timescales as [Timescale];
    const { horizonMs, clockBoundMs, driftPpm } = scale;
    const inForce = {
      ...lan(),
      rightHorizonMs: horizonMs,
      clockBoundMsMax: clockBoundMs,
      clockDriftPpmMax: driftPpm,
    };
    const judged = (timing: Timing) => {
      const contract = { version: 2, timing, former: [], longest: timing };
      return verdict({ ...state, contract }, open(2, 2000));
    };
    const others = 'horizon, bound and drift are not those of the contract in force';
    expect(judged(inForce)).toBe('');
    for (const key of RIGHT_KEYS) expect(judged({ ...inForce, [key]: 1 })).toBe(others);
  });

  test('is related to none that nobody knows', () => {
    expect(verdict(reached(...UP), open(3, 2000, [2, 5]))).toBe('no timescale 2');
  });

  test.each<[string, Command[], Kind<'timescale.open'>['to'][]]>([
    ['none, if its leader knows none', [open(2, 5000)], []],
    [
      'the one that its leader knows, by the bound it says',
      [open(2, 5000, [1, 7])],
      [{ term: 1, boundMs: 7 }],
    ],
    [
      'those before it by bounds that add up, and grow meanwhile',
      [open(2, 5000, [1, 7]), open(3, 9000, [2, 11])],
      [{ term: 1, boundMs: 18 + grown(4000) }],
    ],
    [
      'those that the one it knows is related to, and no others',
      [open(2, 5000), open(3, 9000, [2, 11])],
      [],
    ],
    [
      'an older one, if its leader knows that one',
      [open(2, 5000), open(3, 9000, [1, 13])],
      [{ term: 1, boundMs: 13 }],
    ],
  ])('is related to %s', (_, opens, related) => {
    expect(chain(...opens)).toEqual(related);
  });

  test('grows by the worse of what is said of drift', () => {
    const better = { ...open(3, 9000, [2, 11]), driftPpm: 10 } as Command;
    expect(chain(open(2, 5000, [1, 7]), better)).toEqual([{ term: 1, boundMs: 18 + grown(4000) }]);
  });

  test('is forgotten when no right is on it and there is a newer one', () => {
    const state = reached(...UP, open(2, 5000, [1, 7]));
    expect(state.timescales?.map(({ term }) => term)).toEqual([2]);
    const lit = reached(...LIT, open(2, 5000, [1, 7]), open(3, 6000, [2, 7]));
    expect(lit.timescales?.map(({ term }) => term)).toEqual([1, 3]);
  });
});

describe('clear of a right until 10,000', () => {
  const right = { term: 1, untilMs: 10_000 };
  test.each<[string, Command[], number]>([
    ['on its own timescale', [], 10_000 + GAP],
    [
      'on the next, whose leader was off by 7 at most',
      [open(2, 5000, [1, 7])],
      5000 + (5000 + GAP + 7) / (1 - driftMs(1, PPM)),
    ],
    ['on a timescale opened when it was over', [open(2, 20_000, [1, 7])], 20_000],
    [
      'on one that is not related, by the horizon',
      [open(2, -70_000)],
      -70_000 + H + driftMs(H, 1.5 * PPM) + GAP,
    ],
    [
      'on the second of a chain',
      [open(2, 5000, [1, 7]), open(3, 9000, [2, 11])],
      9000 + (1000 + GAP + 18 + driftMs(4000, PPM)) / (1 - driftMs(1, PPM)),
    ],
  ])('%s', (_, opens, clearMs) => {
    expect(clearOf(reached(...LIT, ...opens), right)).toBeCloseTo(clearMs, 6);
  });

  test('is nobody, when its timescale is not known', () => {
    expect(clearOf(reached(...LIT), { term: 9, untilMs: 0 })).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a release', () => {
  const released = (...commands: Command[]) => spans(reached(...LIT, ...commands));

  test.each<[string, Command[], string]>([
    ['shortens the right', [release()], 'a1 1000–5000'],
    ['never lengthens it', [release({ untilMs: 20_000 })], 'a1 1000–10000'],
    ['leaves nothing of a right that has not begun', [release({ untilMs: 0 })], 'a1 1000–1000'],
    ['counts once, when it comes twice', [release(), release()], 'a1 1000–5000'],
    ['never undoes a shorter one', [release({ untilMs: 3000 }), release()], 'a1 1000–3000'],
    ['names its right by its beginning', [release({ fromMs: 1001 })], 'a1 1000–10000'],
    ['names its right by its timescale', [release({ term: 0 })], 'a1 1000–10000'],
    [
      'shortens what was extended while it was on its way',
      [grantAt(2000, [['a', 1000, 12_000]]), release()],
      'a1 1000–5000',
    ],
    ['counts on an older timescale', [open(2, 2000), release()], 'a1 1000–5000'],
  ])('%s', (_, commands, span) => {
    expect(released(...commands)).toEqual([span]);
  });

  test('gives its time to others', () => {
    expect(released(release(), grantAt(2000, [['b', 5000 + GAP, 9000]]))).toEqual([
      ...['a1 1000–5000', 'b1 5400–9000'],
    ]);
  });

  test.each<[string, readonly Command[], Command, string]>([
    [
      'of a node that has not entered',
      [...admissions, open(1, 1000)],
      release(),
      'n1 has not entered in this life',
    ],
    ['of a former life', [...LIT, enter('n1', 2)], release(), 'n1 has not entered in this life'],
    ['of a life to come', LIT, release({ incarnation: 2 }), 'n1 has not entered in this life'],
    ['of what another node holds', LIT, release({ node: 'n2' }), "a is not n2's"],
    ['of what nobody holds', LIT, release({ group: 'z' }), "z is not n1's"],
  ])('%s is refused', (_, given, command, problem) => {
    const state = reached(...given);
    expect(verdict(state, command)).toBe(problem);
    expect(apply(state, command)).toBe(state);
  });

  test('before its node enters anew is known to the new life', () => {
    expect(released(release(), enter('n1', 2))).toEqual(['a1 1000–5000']);
  });

  test('is for the holder alone, also when another node commands the group by now', () => {
    const [first] = admissions as [Kind<'district.admit'>];
    const { intersection } = first;
    if (!intersection) throw new Error('is described');
    const nodes = { a: 'n2', b: 'n1', c: 'n3', d: 'n4' };
    const described = { intersection: { ...intersection, nodes } };
    const anew = NODES.map((node): Command => ({ ...first, node, store: node, ...described }));
    const state = reached(...LIT, ...NODES.map(dismiss), ...anew, ...NODES.map((n) => enter(n, 2)));
    expect(verdict(state, release({ node: 'n2', incarnation: 2 }))).toBe("a is not n2's");
    expect(verdict(state, grantAt(2000, [['a', 1000, 12_000]]))).toBe("a: is n1's");
    expect(verdict(state, release({ incarnation: 2 }))).toBe('');
  });
});

describe('settling', () => {
  test('lasts the horizon and the bound, by clocks that run apart', () => {
    const settleMs = settlingMs(lan());
    const drift = lan().clockDriftPpmMax / 1e6;
    const litMs = lan().rightHorizonMs + lan().clockBoundMsMax;
    // The node's clock is as fast as it may be, the timescale as slow.
    expect(settleMs / (1 + drift)).toBeGreaterThanOrEqual(litMs / (1 - drift));
  });
});
