/**
 * The replicated state, sentence by sentence: what a command changes, and why it may not be applied.
 */
import { describe, expect, test } from 'vitest';
import { apply, initialState, intersectionsOf, problemsOf } from '../../machines/district-state.ts';
import { type Command, PREEMPTIONS_MAX, type State } from '../../protocol/command.ts';
import { crossroad } from '../e2e/crossroads.ts';
import { admitting, changing, opening, voter, voters } from './log-words.ts';

const admit = (place: number, rest: Partial<ReturnType<typeof crossroad>> = {}): Command => ({
  kind: 'district.admit',
  node: `n${place}`,
  store: `sn${place}`,
  intersection: { ...crossroad(place), ...rest },
  links: [],
});
const dismiss = (node: string): Command => ({ kind: 'district.dismiss', node });
const reached = (...commands: Command[]): State => commands.reduce(apply, initialState(voters));
const plan = (...places: number[]): Command => ({
  kind: 'plan.adopt',
  plan: {
    id: 'p',
    cycleS: 10,
    intersections: places.map((place) => ({
      id: `x${place}`,
      offsetS: 0,
      splits: [
        { stage: 'ns', splitS: 5 },
        { stage: 'ew', splitS: 5 },
      ],
    })),
  },
});

describe('the state', () => {
  test('is not changed by the opening of a term', () => {
    expect(reached(opening('a'))).toEqual(initialState(voters));
  });

  test('keeps its members sorted, whatever the order in which they came', () => {
    expect(reached(admit(2), admit(1))).toEqual(reached(admit(1), admit(2)));
  });

  test('takes a node with a new store in the place of the one that lost it', () => {
    const { members } = reached(admitting('c'), admitting('c', 'anew'));
    expect(members).toEqual([{ node: 'c', store: 'anew', links: [] }]);
  });

  test('loses the intersection, and its part of the plan, with the node that served it', () => {
    const state = reached(admit(1), admit(2), plan(1, 2), dismiss('n2'));
    expect(intersectionsOf(state).map(({ id }) => id)).toEqual(['x1']);
    expect(state.plan?.intersections.map(({ id }) => id)).toEqual(['x1']);
  });

  test('is changed by no command that may not be applied', () => {
    const state = reached(admit(1));
    for (const command of [dismiss('x'), changing([voter('b')]), plan(9)]) {
      expect(problemsOf(state, command)).not.toEqual([]);
      expect(apply(state, command)).toBe(state);
    }
  });
});

describe('a command is refused', () => {
  test.each<[string, State, Command, RegExp]>([
    ['that dismisses a stranger', reached(), dismiss('x'), /x is not a member/],
    [
      'that admits a node for an intersection of another',
      reached(),
      {
        ...admit(1),
        node: 'n2',
      } as Command,
      /x1 is not served by n2/,
    ],
    [
      'that describes an agreed intersection otherwise',
      reached(admit(1)),
      admit(1, {
        position: [9, 9],
      }),
      /x1 is described otherwise: position/,
    ],
    [
      'that moves a node to another intersection',
      reached(admit(1)),
      {
        ...admit(2, { node: 'n1' }),
        node: 'n1',
      } as Command,
      /n1 serves x1 in this district, not x2/,
    ],
    [
      'that brings a conflicting stage',
      reached(),
      admit(1, {
        stages: [{ id: 'all', green: ['NS', 'EW'] }],
      }),
      /NS.*EW|EW.*NS/,
    ],
    ['that adopts a plan for what is not there', reached(), plan(1), /x1/],
  ])('%s', (_, state, command, problem) => {
    expect(problemsOf(state, command).join('; ')).toMatch(problem);
  });
});

describe('voters', () => {
  const state = reached(...['a', 'b', 'c', 'd'].map((node) => admitting(node)));
  const problems = (...next: ReturnType<typeof voter>[]) => problemsOf(state, changing(next));
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((node) => voter(node)) as [
    ReturnType<typeof voter>,
    ReturnType<typeof voter>,
    ReturnType<typeof voter>,
    ReturnType<typeof voter>,
  ];

  test('change by exactly one (thesis 4.1)', () => {
    expect(problems(a, b, c, d)).toEqual([]);
    expect(problems(a, b)).toEqual([]);
    const exactly = ['voters must change by exactly one'];
    expect(problems(a)).toEqual(exactly);
    expect(problems(a, b, d)).toEqual(exactly);
    expect(problems(a, b, c)).toEqual(exactly);
  });

  test('are members, node and store', () => {
    expect(problems(a, b, c, voter('x'))).toEqual(['x with store sx is not a member']);
    expect(problems(a, b, c, voter('d', 'anew'))).toEqual(['d with store anew is not a member']);
  });

  test('are named once, because a majority counts each of them once', () => {
    expect(problems(a, a, b, c, d)).toEqual(['a voter is named twice']);
    expect(problems(a, a, b)).toContain('a voter is named twice');
  });

  test('may be two of one node while the store it lost is not retired yet', () => {
    const anew = apply(state, admitting('c', 'anew'));
    expect(problemsOf(anew, changing([a, b, c, voter('c', 'anew')]))).toEqual([]);
  });

  test('are kept sorted', () => {
    expect(apply(state, changing([d, c, b, a])).voters).toEqual([a, b, c, d]);
  });
});

describe('preemptions', () => {
  const call = (id: string, rest: object = {}): Command => ({
    ...{ kind: 'preempt.call', id, intersection: 'x1', group: 'NS', forS: 60 },
    ...rest,
  });
  const clear = (id: string): Command => ({ kind: 'preempt.clear', id });
  const idsOf = (state: State) => state.preemptions?.map(({ id }) => id);

  test('stand in the order of their calls; one that is called again goes last', () => {
    const state = reached(admit(1), call('b'), call('a'), call('b'));
    expect(idsOf(state)).toEqual(['a', 'b']);
  });

  test('that are cleared leave no trace', () => {
    expect(reached(admit(1), call('a'), clear('a'))).toEqual(reached(admit(1)));
  });

  test('are bounded: the oldest gives way', () => {
    const calls = Array.from({ length: PREEMPTIONS_MAX + 1 }, (_, k) => call(`c${k}`));
    const ids = idsOf(reached(admit(1), ...calls));
    expect(ids).toHaveLength(PREEMPTIONS_MAX);
    expect(ids?.[0]).toBe('c1');
  });

  test('go with the intersection', () => {
    const away = call('a', { intersection: 'x2' });
    expect(idsOf(reached(admit(1), admit(2), call('b'), away, dismiss('n2')))).toEqual(['b']);
  });

  test('are left alone by a priority call, which changes nothing', () => {
    const state = reached(admit(1), call('a'));
    const favour = { id: 't', intersection: 'x1', group: 'EW', forS: 30 };
    expect(apply(state, { kind: 'priority.call', ...favour })).toBe(state);
  });

  test.each<[Command, RegExp]>([
    [call('a', { group: 'up' }), /^no group up at x1; it has NS, EW$/],
    [call('a', { intersection: 'x9' }), /^no intersection x9 in this district; it has x1$/],
    [
      { kind: 'priority.call', id: 't', intersection: 'x1', group: 'up', forS: 9 },
      /^no group up at x1; it has NS, EW$/,
    ],
    [clear('a'), /^no preemption a stands$/],
  ])('%j is refused', (command, reason) => {
    const state = reached(admit(1));
    const problems = problemsOf(state, command);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(reason);
    expect(apply(state, command)).toBe(state);
  });
});
