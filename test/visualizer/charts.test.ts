/** Charts are read off the machines that run, and lit by what a journal says of them. */
import { describe, expect, test } from 'vitest';
import { and, assign, emit, not, setup, stateIn } from 'xstate';
import { concerns } from '../../machines/node.ts';
import type { JournalLine } from '../../protocol/journal.ts';
import { activeIn, takenBetween } from '../../visualizer/views/statecharts/activity.ts';
import { type Chart, eventsOf, statesIn } from '../../visualizer/views/statecharts/chart.ts';
import { chartOf } from '../../visualizer/views/statecharts/define.ts';
import { charts } from '../../visualizer/views/statecharts/definitions.ts';
import { valueText } from '../../visualizer/views/statecharts/implementation-names.ts';
import { causeIn } from '../../visualizer/views/statecharts/last-step.ts';

const chartNamed = (name: string): Chart => charts.find((one) => one.name === name) as Chart;

/** One of everything that a chart can say. */
const everything = setup({
  types: {} as { context: { count: number }; events: { type: 'go' | 'stay' | 'end' } },
  delays: { patience: 1000 },
  guards: { isReady: () => true, isOpen: () => true },
  actions: { greet: () => {} },
}).createMachine({
  id: 'everything',
  context: { count: 0 },
  initial: 'first',
  on: { end: '.last' },
  states: {
    first: {
      entry: 'greet',
      after: { patience: 'both', 20: { target: 'first', reenter: true } },
      on: {
        go: { guard: and(['isReady', not(and(['isOpen', stateIn('last')]))]), target: 'both' },
        stay: { actions: [assign({ count: 1 }), emit({ type: 'told' })] },
      },
    },
    both: {
      type: 'parallel',
      states: {
        left: {
          initial: 'idle',
          states: { idle: { always: { guard: 'isReady', target: 'done' } }, done: {} },
        },
        right: {},
      },
    },
    last: { type: 'final' },
  },
});

describe('a chart', () => {
  const chart = chartOf('everything', everything);

  test('names guards, actions, delays and always as the machine does', () => {
    const told = chart.transitions.map(({ from, to, trigger, guard, actions }) =>
      [from, to ?? '–', trigger, guard ?? '', ...actions].join(' | '),
    );
    expect(told).toContain('first | both | go | isReady and not (isOpen and in last)');
    expect(told).toContain('first | – | stay |  | assign count | emit told');
    expect(told).toContain('first | both | patience | ');
    expect(told).toContain('first | first | 20 ms | ');
    expect(told).toContain('both.left.idle | both.left.done | always | isReady');
    expect(told).toContain(' | last | end | ');
    expect(told).toHaveLength(6);
  });

  test('has each state inside the one that it is inside, and knows which is entered first', () => {
    const told = statesIn(chart.root).map(({ path, kind, initial = '' }) => [path, kind, initial]);
    expect(told).toEqual([
      ['', 'compound', 'first'],
      ['first', 'atomic', ''],
      ['both', 'parallel', ''],
      ['both.left', 'compound', 'both.left.idle'],
      ['both.left.idle', 'atomic', ''],
      ['both.left.done', 'atomic', ''],
      ['both.right', 'atomic', ''],
      ['last', 'final', ''],
    ]);
    // Delays are raised on entry, which the transition says already.
    expect(chart.root.states[0]?.entry).toEqual(['greet']);
  });

  test('is there for every machine of a node and for the node itself, and is plain JSON', () => {
    expect(charts.map(({ name }) => name)).toEqual([...Object.keys(concerns), 'node']);
    expect(JSON.parse(JSON.stringify(charts))).toEqual(charts);
  });

  test.each(Object.entries(concerns))('of %s hears what the machine hears', (name, machine) => {
    const heard = machine.events.filter((type) => !type.startsWith('xstate.'));
    expect(eventsOf(chartNamed(name))).toEqual([...heard].sort());
  });
});

describe('what is active', () => {
  test.each([
    ['leader', ['', 'leader']],
    [{ follower: 'waiting' }, ['', 'follower', 'follower.waiting']],
    [
      { both: { left: 'idle', right: {} } },
      ['', 'both', 'both.left', 'both.left.idle', 'both.right'],
    ],
    [undefined, []],
  ])('%j', (value, paths) => {
    expect([...activeIn(value)]).toEqual(paths);
  });

  test.each([
    ['leader', 'leader'],
    [{ follower: 'waiting' }, 'follower.waiting'],
    [{ both: { left: 'idle', right: {} } }, 'both(left.idle right)'],
    [undefined, ''],
  ])('of %j is written %s', (value, text) => {
    expect(valueText(value)).toBe(text);
  });
});

describe('the last step', () => {
  const follower = (name: string) => ({ follower: name });
  const driver = (name: string) => ({
    shared: { knowledge: {}, driver: name, words: 'none', preempts: 'none' },
  });
  test.each([
    ['election', { candidate: 'asking' }, 'leader', undefined, ['candidate.asking always leader']],
    [
      'election',
      follower('following'),
      follower('leaderless'),
      'detector.suspected',
      ['follower.following detector.suspected follower.leaderless'],
    ],
    [
      'election',
      follower('following'),
      follower('leaderless'),
      undefined,
      ['follower.following leaderSilence follower.leaderless'],
    ],
    [
      'election',
      follower('leaderless'),
      'prospective',
      undefined,
      ['follower.leaderless place prospective'],
    ],
    [
      'demand',
      driver('absent'),
      driver('present'),
      'lamps.ready',
      ['shared.driver.absent lamps.ready shared.driver.present'],
    ],
    ['demand', undefined, 'alone', undefined, []],
    ['demand', 'alone', 'alone', undefined, []],
  ])('of %s from %j to %j after %s', (name, before, after, heard, expected) => {
    const taken = takenBetween(chartNamed(name), before, after, heard);
    expect(taken.map(({ from, trigger, to }) => `${from} ${trigger} ${to}`)).toEqual(expected);
  });

  test('goes on by always through a state that no journal has', () => {
    const chart: Chart = {
      name: 'chain',
      root: chartOf('everything', everything).root,
      transitions: [
        { from: 'first', to: 'both', kind: 'event', trigger: 'go', actions: [], isReentry: false },
        { from: 'first', to: 'last', kind: 'event', trigger: 'end', actions: [], isReentry: false },
        {
          ...{ from: 'both.left.idle', to: 'both.left.done', kind: 'always', trigger: 'always' },
          ...{ actions: [], isReentry: false },
        } as const,
        {
          ...{ from: 'both.left.done', to: 'last', kind: 'always', trigger: 'always' },
          ...{ actions: [], isReentry: false },
        } as const,
      ],
    };
    const steps = (after: unknown, heard: string) =>
      takenBetween(chart, 'first', after, heard).map(({ trigger }) => trigger);
    expect(steps({ both: { left: 'done', right: {} } }, 'go')).toEqual(['go', 'always']);
    expect(steps('last', 'end')).toEqual(['end']);
  });

  test('was caused by the last event before it that the node heard and the machine hears', () => {
    const heard = (node: string, type: string): JournalLine =>
      ({
        ...{ t: 1, node, kind: 'heard', type, peer: 'n9', id: '1.1', bytes: 1 },
      }) as const;
    const state = (machine: string, value: string): JournalLine =>
      ({
        ...{ t: 1, node: 'n1', kind: 'state', machine, value },
      }) as const;
    const chart = chartNamed('election');
    const lines = [
      heard('n1', 'election.poll'),
      heard('n1', 'election.claim'),
      heard('n2', 'election.vote'),
      heard('n1', 'demand.tell'),
      state('replica', 'backup'),
      state('election', 'leader'),
      heard('n1', 'election.lean'),
    ];
    expect(causeIn(lines, chart, 'n1')).toBe('election.claim');
    expect(causeIn([state('election', 'leader')], chart, 'n1')).toBeUndefined();
  });
});
