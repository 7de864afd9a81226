/**
 * Genesis, sentence by sentence: when a group is founded (Lamport, "Paxos Made Simple", 2001,
 * section 2.3), and what a node knows of it that comes back or comes late.
 */
import { describe, expect, test } from 'vitest';
import { firstVoters } from '../../machines/founding.ts';
import type { genesisMachine } from '../../machines/genesis.ts';
import {
  accept,
  ballot,
  joins,
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
import { isPlain, prove, type Row, take, takeAll } from './table.ts';

const rows = (...table: Row<typeof genesisMachine>[]) => prove(() => play(), table);
const ofA = proposal(ballot(1, 'a'), ['a', 'b', 'c']);
const accepted = [settled, propose(ofA), written(1)];

describe('a learner (section 2.3)', () => {
  rows(
    {
      proves: 'counts, and joins when a majority has accepted one ballot, itself among them',
      given: accepted,
      when: accept('c', ofA.ballot),
      says: [joins(ofA.genesis, ['a', 'b', 'c'])],
      state: 'joining',
    },
    {
      proves: 'has the group when that is written, and tells its first voters',
      given: [...accepted, accept('c', ofA.ballot)],
      when: written(2),
      says: [{ type: 'genesis.formed', group: ofA.genesis, voters: ofA.voters }],
      state: 'formed',
    },
    {
      proves: 'counts what it hears before it accepts itself',
      given: [settled, accept('c', ofA.ballot), propose(ofA)],
      when: written(1),
      says: [{ message: { type: 'genesis.accept' } }, joins(ofA.genesis, ['a', 'b', 'c'])],
    },
    {
      proves: 'does not count itself before its acceptance is on disk',
      given: [settled, propose(ofA)],
      when: accept('c', ofA.ballot),
      says: [],
      state: { groupless: 'accepting' },
    },
    {
      proves: 'counts each node once',
      given: [...accepted, accept('b', ofA.ballot), accept('b', ofA.ballot)],
      when: accept('b', ofA.ballot),
      says: [],
      state: { groupless: 'seeking' },
    },
    {
      proves: 'does not count acceptances of another ballot',
      given: accepted,
      when: accept('c', ballot(2, 'c')),
      says: [],
      state: { groupless: 'seeking' },
    },
    {
      proves: 'does not count a voter that accepted with another store',
      given: accepted,
      when: accept('c', ofA.ballot, 'new'),
      says: [],
      state: { groupless: 'seeking' },
    },
    {
      proves: 'holds no group founded before most of its voters have accepted it',
      given: [
        settled,
        propose(proposal(ballot(1, 'a'), ['a', 'c', 'd'])),
        written(1),
        accept('a', ofA.ballot),
        accept('x', ofA.ballot),
      ],
      when: accept('y', ofA.ballot),
      says: [],
      state: { groupless: 'seeking' },
    },
    {
      proves: 'that missed the count knows the voters of the group it accepted when it meets it',
      given: accepted,
      when: sighted('c', ofA.genesis),
      says: [joins(ofA.genesis, ['a', 'b', 'c'])],
    },
    {
      proves: 'that accepted another group joins the one that was founded, as a learner',
      given: accepted,
      when: sighted('c', 'another'),
      says: [joins('another')],
    },
    {
      proves: 'is moved by no ballot once it has a group',
      given: [...accepted, accept('c', ofA.ballot), written(2), prepare(ballot(8, 'c'))],
      when: propose(proposal(ballot(8, 'c'), ['c'])),
      says: [],
      state: 'formed',
    },
  );
});

test('a node that comes back has the group that it had, and takes part in no ballot', () => {
  const stored = { group: 'g', voters: [voter('a'), voter('b')] };
  const back = play({ stored });
  expect(takeAll(back, [sighted('c', 'another'), settled])).toEqual([
    { type: 'genesis.formed', ...stored },
  ]);
  expect(takeAll(back, [prepare(ballot(2, 'a')), sighted('c', 'another')])).toEqual([]);
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
  const [mine, { discoveryMs }] = [ballot(1, 'b'), timing];
  const steps = [sighted('c'), settled, sighted('d'), discoveryMs, written(1), promise('c', mine)];
  for (const step of [...steps, promise('d', mine, ofA), written(2), accept('c', mine)]) {
    take(node, step);
    expect(isPlain(node.snapshot.context)).toBe(true);
  }
});
