/**
 * Lists every model that is searched, in the order in which `greenwave check` goes through them. A
 * model names its bounds; `counts` says what its whole search comes to, so that a change of a
 * machine that opens or closes a way is seen, and not only one that breaks a law.
 */
import type { Model } from '../model.ts';
import { electionModel } from './election.ts';
import { electorate } from './electorate.ts';
import { genesisModel } from './genesis.ts';
import { lease } from './lease.ts';
import { admit, replicaModel } from './replica.ts';
import { votersModel } from './voters.ts';

const three = ['a', 'b', 'c'];

/** One new term: who may lead it, whoever crashes. */
const election = electionModel({
  name: 'election',
  title: 'three nodes, one new term',
  nodes: three,
  termMax: 2,
  bounds: {
    ...{ crashes: 1, drops: 1, duplicates: 1, timeouts: 3 },
    ...{ beats: 0, requests: 0, letters: 4 },
  },
  counts: { states: 234_055, transitions: 1_474_323, depth: 21 },
});

/** A second leader after a first: two places in line, or a place and two silences. */
const elections = electionModel({
  name: 'elections',
  title: 'three nodes, two new terms',
  nodes: three,
  termMax: 3,
  bounds: {
    ...{ crashes: 1, drops: 1, duplicates: 1, timeouts: 3 },
    ...{ beats: 0, requests: 0, letters: 4 },
  },
  counts: { states: 3_659_752, transitions: 21_016_132, depth: 31 },
});

/** Two may lose, so majorities meet in one node only. */
const electionOfFive = electionModel({
  name: 'election-of-five',
  title: 'five nodes, one new term',
  nodes: ['a', 'b', 'c', 'd', 'e'],
  termMax: 2,
  bounds: {
    ...{ crashes: 1, drops: 1, duplicates: 1, timeouts: 2 },
    ...{ beats: 0, requests: 0, letters: 4 },
  },
  counts: { states: 2_054_458, transitions: 11_472_144, depth: 31 },
});

/** A leader with an entry under way, and another after it. */
const replica = replicaModel({
  name: 'replica',
  title: 'three nodes, an entry under way, one change of leader',
  nodes: three,
  termMax: 2,
  entriesMax: 3,
  writesMax: 2,
  standing: ['b'],
  opening: [
    { node: 'a', fires: 'place' },
    { node: 'a', begins: admit },
  ],
  bounds: {
    ...{ crashes: 1, drops: 1, duplicates: 1, timeouts: 2 },
    ...{ beats: 0, requests: 0, letters: 5 },
  },
  counts: { states: 864_719, transitions: 4_432_799, depth: 35 },
});

/** Two leaders of two terms each take a voter out. */
const voters = votersModel({
  name: 'voters',
  title: 'four voters, two leaders that each take one out',
  standing: ['a'],
  bounds: {
    ...{ crashes: 1, drops: 1, duplicates: 1, timeouts: 2 },
    ...{ beats: 0, requests: 1, letters: 4 },
  },
  counts: { states: 1_621_104, transitions: 8_887_461, depth: 37 },
});

/** A ballot, and another that must take up what the first may have chosen. */
const genesis = genesisModel({
  name: 'genesis',
  title: 'three nodes without a group, three ballots',
  nodes: three,
  rounds: { a: 1, b: 2 },
  bounds: {
    ...{ crashes: 1, drops: 1, duplicates: 1, timeouts: 3 },
    ...{ beats: 0, requests: 0, letters: 4 },
  },
  counts: { states: 3_063_920, transitions: 14_403_590, depth: 43 },
});

export const models: readonly Model[] = [
  ...[election, elections, electionOfFive],
  ...[replica, voters, genesis],
  ...[lease, electorate],
];
