/**
 * Genesis, sentence by sentence: how a node comes by its group, and that it promises itself once.
 */
import { describe, expect, test } from 'vitest';
import { firstVoters, type GenesisInput, genesisMachine } from '../../machines/genesis.ts';
import { ALL } from '../../protocol/event.ts';
import { lan } from '../../protocol/timing.ts';
import { voter } from './log-words.ts';
import { heard, only, Play } from './play.ts';
import { isPlain, prove, type Row, sends, take, takeAll } from './table.ts';

const timing = lan();
const input: GenesisInput = {
  id: 'b',
  store: 'sb',
  incarnation: 7,
  district: 'town',
  timing,
  expect: 3,
  isObserver: false,
  stored: null,
};
const settled = { type: 'membership.settled' as const };
const written = { type: 'storage.written' as const, owner: 'genesis', ticket: 1 };
const sighted = (peer: string, group = '', phase = 'member') => ({
  type: 'membership.sighted' as const,
  ...{ peer, store: `s${peer}`, group, phase, host: 'h', port: 1 },
});
const propose = (from: string, members: readonly string[], district = 'town') =>
  heard(from, {
    type: 'genesis.propose',
    district,
    genesis: `g-${from}`,
    members: members.map((node) => voter(node)),
  });
const play = (rest: Partial<GenesisInput> = {}) => new Play(genesisMachine, { ...input, ...rest });
const promised = (group: string, voters: readonly string[]) => ({
  type: 'storage.write',
  owner: 'genesis',
  puts: [{ key: 'group', value: { group, voters: voters.map((node) => voter(node)) } }],
});
const OURS = 'b.sb.7';

const rows = (...table: Row<typeof genesisMachine>[]) => prove(() => play(), table);

describe('a node without a group', () => {
  rows(
    {
      proves: 'promises nothing before it is sure that nobody else goes by its id',
      given: [sighted('c', 'g')],
      when: propose('a', ['a', 'b', 'c']),
      says: [],
      state: 'unsettled',
    },
    {
      proves: 'founds no group before it has met a majority of the nodes expected',
      given: [settled],
      when: timing.discoveryMs * 3,
      says: [],
      state: 'seeking',
    },
    {
      proves: 'proposes a group when it has the least id of a majority, and writes its promise',
      given: [sighted('c'), settled, sighted('d')],
      when: timing.discoveryMs,
      says: [
        sends(ALL, {
          type: 'genesis.propose',
          genesis: OURS,
          members: ['b', 'c', 'd'].map((node) => voter(node)),
        }),
        promised(OURS, ['b', 'c', 'd']),
      ],
      state: 'promising',
    },
    {
      proves: 'leaves it to the least id to propose',
      given: [settled, sighted('a'), sighted('c')],
      when: timing.discoveryMs * 3,
      says: [],
      state: 'seeking',
    },
    {
      proves: 'joins the least id when that has a group meanwhile',
      given: [settled, sighted('a'), sighted('c'), sighted('d')],
      when: sighted('a', 'another'),
      says: [promised('another', [])],
      state: 'promising',
    },
    {
      proves: 'counts no observers',
      given: [settled, sighted('c', '', 'observer')],
      when: timing.discoveryMs,
      says: [],
      state: 'seeking',
    },
    {
      proves: 'promises itself to who proposes it, durably before it has the group',
      given: [settled],
      when: propose('a', ['a', 'b', 'c']),
      says: [promised('g-a', ['a', 'b', 'c'])],
      state: 'promising',
    },
    {
      proves: 'has the group when the promise is written, and tells its first voters',
      given: [settled, propose('a', ['a', 'b', 'c'])],
      when: written,
      says: [
        {
          type: 'genesis.formed',
          group: 'g-a',
          voters: ['a', 'b', 'c'].map((node) => voter(node)),
        },
      ],
      state: 'formed',
    },
    {
      proves: 'does not take another’s write for its promise',
      given: [settled, propose('a', ['a', 'b', 'c'])],
      when: { ...written, owner: 'election' },
      says: [],
      state: 'promising',
    },
    {
      proves: 'promises itself once',
      given: [settled, propose('a', ['a', 'b', 'c'])],
      when: propose('c', ['b', 'c']),
      says: [],
      context: { group: 'g-a' },
    },
    {
      proves: 'is not moved by a proposal once it has a group',
      given: [settled, propose('a', ['a', 'b', 'c']), written],
      when: propose('c', ['b', 'c']),
      says: [],
      context: { group: 'g-a' },
    },
    {
      proves: 'minds no proposal that does not name it',
      given: [settled],
      when: propose('a', ['a', 'c']),
      says: [],
      state: 'seeking',
    },
    {
      proves: 'minds no proposal that names another store of it',
      given: [settled],
      when: heard('a', {
        type: 'genesis.propose',
        ...{ district: 'town', genesis: 'g', members: [voter('a'), voter('b', 'old')] },
      }),
      says: [],
      state: 'seeking',
    },
    {
      proves: 'minds no proposal of another district',
      given: [settled],
      when: propose('a', ['a', 'b', 'c'], 'city'),
      says: [],
      state: 'seeking',
    },
    {
      proves: 'joins the group that it meets, as a learner',
      given: [settled, sighted('c', 'there')],
      when: written,
      says: [{ type: 'genesis.formed', group: 'there' }],
      state: 'formed',
    },
  );

  test('does not wait for ever for a node with a lesser id that was met and is gone', () => {
    const node = play();
    takeAll(node, [settled, sighted('a')]);
    for (let ms = 0; ms < 20_000; ms += 5000) takeAll(node, [sighted('c'), 5000]);
    expect(
      only(
        node.told.map(({ event }) => event),
        'storage.write',
      ),
    ).toMatchObject([promised(OURS, ['b'])]);
  });

  test('that joined a group does not know its voters', () => {
    const [formed] = only(takeAll(play(), [settled, sighted('c', 'g'), written]), 'genesis.formed');
    expect(formed).not.toHaveProperty('voters');
  });

  test('that only observes founds nothing, and joins', () => {
    const observer = play({ isObserver: true, expect: 1 });
    expect(takeAll(observer, [settled, timing.discoveryMs * 3])).toEqual([]);
    expect(take(observer, sighted('c', 'g'))).toMatchObject([promised('g', [])]);
  });

  test('that is expected alone founds a group of one', () => {
    const alone = play({ expect: 1 });
    expect(takeAll(alone, [settled, timing.discoveryMs])).toMatchObject([
      {},
      promised(OURS, ['b']),
    ]);
  });
});

describe('a node that comes back', () => {
  test('has the group that it promised itself to, and promises nothing else', () => {
    const stored = { group: 'g', voters: [voter('a'), voter('b')] };
    const back = play({ stored });
    expect(takeAll(back, [sighted('c', 'another'), settled])).toEqual([
      { type: 'genesis.formed', ...stored },
    ]);
    expect(takeAll(back, [propose('a', ['a', 'b']), sighted('c', 'another')])).toEqual([]);
  });
});

test.each([
  [1, 1],
  [2, 1],
  [3, 3],
  [4, 3],
  [6, 5],
  [7, 7],
  [8, 7],
  [500, 7],
])('of %i founders %i vote first: an odd number, at most seven', (founders, count) => {
  const nodes = Array.from({ length: founders }, (_, k) => voter(`n${String(k).padStart(3, '0')}`));
  expect(firstVoters(nodes)).toEqual(nodes.slice(0, count));
});

test('the context is plain JSON', () => {
  const node = play();
  for (const step of [sighted('c'), settled, sighted('d'), timing.discoveryMs, written]) {
    take(node, step);
    expect(isPlain(node.snapshot.context)).toBe(true);
  }
});
