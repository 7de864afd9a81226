/**
 * Genesis, sentence by sentence: how a node comes by its group. Sections are those of Lamport,
 * "Paxos Made Simple" (2001).
 */
import { describe, expect, test } from 'vitest';
import type { genesisMachine } from '../../machines/genesis.ts';
import { ALL } from '../../protocol/event.ts';
import {
  ballot,
  joins,
  notes,
  play,
  prepare,
  promise,
  proposal,
  propose,
  settled,
  sighted,
  timing,
  written,
} from './genesis-words.ts';
import { voter } from './log-words.ts';
import { only } from './play.ts';
import { prove, type Row, sends, take, takeAll } from './table.ts';

const rows = (...table: Row<typeof genesisMachine>[]) => prove(() => play(), table);
const ours = ballot(1, 'b');
const ofA = proposal(ballot(1, 'a'), ['a', 'b', 'c']);
const { discoveryMs, retryMs } = timing;

/** The ballot of this node is numbered, promised on its own disk, and asked for. */
const asking = [settled, sighted('c'), sighted('d'), discoveryMs, written(1)];

describe('a node without a group', () => {
  rows(
    {
      proves: 'promises nothing before it is sure that nobody else goes by its id',
      given: [sighted('c', 'g')],
      when: prepare(ballot(1, 'a')),
      says: [],
      state: 'unsettled',
    },
    {
      proves: 'begins no ballot before it has met a majority of the nodes expected',
      given: [settled],
      when: discoveryMs * 9,
      says: [],
      state: { groupless: 'seeking' },
    },
    {
      proves: 'leaves it to the least id to propose',
      given: [settled, sighted('a'), sighted('c')],
      when: discoveryMs,
      says: [],
      state: { groupless: 'seeking' },
    },
    {
      proves: 'takes the turn of the one before it, when that does nothing for a window more',
      given: [settled, sighted('a'), sighted('c'), discoveryMs],
      when: discoveryMs,
      says: [notes(ours)],
    },
    {
      proves: 'joins the group that it meets, as a learner',
      given: [settled, sighted('a'), sighted('c')],
      when: sighted('a', 'there'),
      says: [joins('there')],
      state: 'joining',
    },
    {
      proves: 'has that group when that is written, and not before',
      given: [settled, sighted('c', 'there'), { ...written(1), owner: 'election' }],
      when: written(1),
      says: [{ type: 'genesis.formed', group: 'there' }],
      state: 'formed',
    },
    {
      proves: 'counts no observers',
      given: [settled, sighted('c', '', 'observer')],
      when: discoveryMs,
      says: [],
      state: { groupless: 'seeking' },
    },
  );

  test('that joined a group does not know its voters', () => {
    const said = takeAll(play(), [settled, sighted('c', 'g'), written(1)]);
    expect(only(said, 'genesis.formed')[0]).not.toHaveProperty('voters');
  });

  test('that only observes takes part in no ballot, and joins', () => {
    const observer = play({ isObserver: true, expect: 1 });
    expect(takeAll(observer, [settled, discoveryMs * 3])).toEqual([]);
    expect(take(observer, prepare(ballot(1, 'a')))).toEqual([]);
    expect(take(observer, propose(ofA))).toEqual([]);
    expect(take(observer, sighted('c', 'g'))).toMatchObject([joins('g')]);
  });

  test('that is alone and expects nobody founds a group of one', () => {
    const alone = play({ expect: 1 });
    const said = takeAll(alone, [settled, discoveryMs, written(1), written(2), written(3)]);
    expect(said).toEqual([
      {
        type: 'genesis.formed',
        group: expect.stringMatching(/^1\.1\.b\.[0-9a-f]{8}$/),
        voters: [voter('b')],
      },
    ]);
  });

  test('does not wait for ever for nodes that were met and are gone', () => {
    const node = play({ expect: 1 });
    const { told } = node;
    takeAll(node, [settled, sighted('a'), sighted('c')]);
    for (let step = 0; step < 40 && node.value !== 'formed'; step += 1) {
      take(node, retryMs);
      const write = only(
        told.map(({ event }) => event),
        'storage.write',
      ).at(-1);
      if (write) take(node, written(write.ticket));
    }
    expect(told.at(-1)?.event).toMatchObject({ type: 'genesis.formed', voters: [voter('b')] });
  });
});

describe('a proposer (section 2.2, phases 1a and 2a)', () => {
  rows(
    {
      proves: 'numbers its ballot on disk before it says a word',
      given: [sighted('c'), settled, sighted('d')],
      when: discoveryMs,
      says: [notes(ours)],
      state: { groupless: 'promising' },
    },
    {
      proves: 'asks everybody for promises when that is written',
      given: asking.slice(0, -1),
      when: written(1),
      says: [sends(ALL, { type: 'genesis.prepare', ballot: ours })],
      state: { groupless: 'preparing' },
    },
    {
      proves: 'asks again when it was not answered',
      given: asking,
      when: retryMs,
      says: [sends(ALL, { type: 'genesis.prepare', ballot: ours })],
    },
    {
      proves: 'accepts its own proposal on disk, when everybody met has promised',
      given: [...asking, promise('c', ours)],
      when: promise('d', ours),
      says: [
        notes(ours, {
          ...proposal(ours, ['b', 'c', 'd']),
          genesis: expect.stringMatching(/^1\.3\.b\./) as unknown as string,
        }),
      ],
      state: { groupless: 'accepting' },
    },
    {
      proves: 'waits a little for the rest, then goes on with a majority: they alone vote first',
      given: [...asking, promise('c', ours)],
      when: retryMs,
      says: [{ puts: [{ value: { accepted: { voters: [voter('b')], quorum: 2 } } }] }],
    },
    {
      proves: 'goes on with no less than a majority',
      given: asking,
      when: retryMs * 2,
      state: { groupless: 'preparing' },
    },
    {
      proves: 'counts a promise of another ballot for nothing',
      given: [...asking, promise('c', ballot(0, 'b'))],
      when: promise('d', ballot(1, 'a')),
      says: [],
      context: { promises: [voter('b')] },
    },
    {
      proves: 'proposes when its own acceptance is written, and accepts as everybody does',
      given: [...asking, promise('c', ours), promise('d', ours)],
      when: written(2),
      says: [
        sends(ALL, { type: 'genesis.propose', ballot: ours }),
        sends(ALL, { type: 'genesis.accept', ballot: ours }),
      ],
      state: { groupless: 'proposing' },
    },
    {
      proves: 'proposes again when it was not answered',
      given: [...asking, promise('c', ours), promise('d', ours), written(2)],
      when: retryMs,
      says: [
        sends(ALL, { type: 'genesis.propose', ballot: ours }),
        sends(ALL, { type: 'genesis.accept', ballot: ours }),
      ],
    },
    {
      proves: 'takes up what was accepted in the greatest ballot that any promise tells of',
      given: [
        ...asking,
        promise('c', ours, proposal(ballot(0, 'x'), ['x'])),
        promise('d', ours, proposal(ballot(0, 'y'), ['c', 'd', 'y'])),
      ],
      when: written(2),
      says: [
        sends(ALL, {
          type: 'genesis.propose',
          ...proposal(ours, ['c', 'd', 'y'], { genesis: 'g-0y' }),
        }),
        sends(ALL, { type: 'genesis.accept' }),
      ],
    },
    {
      proves: 'takes up nothing that can never live: most of its voters have other stores now',
      given: [
        ...asking,
        promise('c', ours, proposal(ballot(0, 'y'), ['c', 'd', 'y']), 'new'),
        promise('d', ours, undefined, 'new'),
      ],
      when: written(2),
      says: [
        sends(ALL, {
          type: 'genesis.propose',
          genesis: expect.stringMatching(/^1\.3\.b\./),
          voters: [voter('b'), voter('c', 'new'), voter('d', 'new')],
        }),
        sends(ALL, { type: 'genesis.accept' }),
      ],
    },
    {
      proves: 'gives way to a greater ballot, and promises that',
      given: [...asking, promise('c', ours)],
      when: prepare(ballot(2, 'a')),
      says: [notes(ballot(2, 'a'))],
    },
    {
      proves: 'gives up when it hears that others promised a greater ballot',
      given: asking,
      when: promise('c', ballot(4, 'a')),
      says: [],
      state: { groupless: 'seeking' },
    },
    {
      proves: 'numbers its next ballot above all that it heard of',
      given: [...asking, promise('c', ballot(4, 'a')), discoveryMs],
      when: discoveryMs,
      context: { promised: ballot(5, 'b') },
    },
    {
      proves: 'that nobody answers looks again who is there, from the end of the line',
      given: [...asking, retryMs * 3],
      when: retryMs,
      says: [],
      state: { groupless: 'seeking' },
      context: { waited: -3 },
    },
  );
});

describe('an acceptor (section 2.2, phases 1b and 2b)', () => {
  rows(
    {
      proves: 'writes what it promises',
      given: [settled],
      when: prepare(ballot(1, 'a')),
      says: [notes(ballot(1, 'a'))],
      state: { groupless: 'promising' },
    },
    {
      proves: 'says so when it is written',
      given: [settled, prepare(ballot(1, 'a'))],
      when: written(1),
      says: [sends(ALL, { type: 'genesis.promise', store: 'sb', ballot: ballot(1, 'a') })],
      state: { groupless: 'seeking' },
    },
    {
      proves: 'does not take another’s write for its own',
      given: [settled, prepare(ballot(1, 'a'))],
      when: { ...written(1), owner: 'election' },
      says: [],
      state: { groupless: 'promising' },
    },
    {
      proves: 'says no promise that a greater one has overtaken on its way to the disk',
      given: [settled, prepare(ballot(1, 'a')), prepare(ballot(1, 'c'))],
      when: written(1),
      says: [],
    },
    {
      proves: 'promises again what it promised, when it is asked again',
      given: [settled, prepare(ballot(1, 'a')), written(1)],
      when: prepare(ballot(1, 'a')),
      says: [sends(ALL, { type: 'genesis.promise', ballot: ballot(1, 'a') })],
    },
    {
      proves: 'answers a lesser ballot with the one it is bound to',
      given: [settled, prepare(ballot(2, 'a')), written(1)],
      when: prepare(ballot(1, 'c')),
      says: [sends(ALL, { type: 'genesis.promise', ballot: ballot(2, 'a') })],
    },
    {
      proves: 'tells with its promise what it accepted before',
      given: [settled, propose(ofA), written(1), prepare(ballot(2, 'c'))],
      when: written(2),
      says: [sends(ALL, { type: 'genesis.promise', ballot: ballot(2, 'c'), accepted: { ...ofA } })],
    },
    {
      proves: 'accepts in the ballot that it promised: on disk first',
      given: [settled, prepare(ballot(1, 'a')), written(1)],
      when: propose(ofA),
      says: [notes(ofA.ballot, ofA)],
      state: { groupless: 'accepting' },
    },
    {
      proves: 'says so when that is written',
      given: [settled, propose(ofA)],
      when: written(1),
      says: [sends(ALL, { type: 'genesis.accept', store: 'sb', ballot: ofA.ballot })],
      state: { groupless: 'seeking' },
    },
    {
      proves: 'accepts nothing of a lesser ballot than the one it promised',
      given: [settled, prepare(ballot(2, 'c')), written(1)],
      when: propose(ofA),
      says: [sends(ALL, { type: 'genesis.promise', ballot: ballot(2, 'c') })],
      context: { accepted: null },
    },
    {
      proves: 'says again what it accepted, when it is proposed again',
      given: [settled, propose(ofA), written(1)],
      when: propose(ofA),
      says: [sends(ALL, { type: 'genesis.accept', ballot: ofA.ballot })],
    },
  );

  test('that comes back is bound by what its store remembers', () => {
    const back = play({ ballot: { promised: ballot(3, 'a'), accepted: ofA } });
    take(back, settled);
    expect(take(back, prepare(ballot(2, 'c')))).toMatchObject([
      sends(ALL, { type: 'genesis.promise', ballot: ballot(3, 'a'), accepted: { ...ofA } }),
    ]);
  });
});
