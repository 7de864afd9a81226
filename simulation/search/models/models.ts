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
import { admitOf, replicaModel } from './replica.ts';
import { rightsModel } from './rights.ts';
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
  counts: { states: 3_559_734, transitions: 20_578_326, depth: 31 },
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

/**
 * A leader, and another after it, with two entries of clients: one is committed but has not reached
 * everybody, the next is under way.
 */
const replica = replicaModel({
  name: 'replica',
  title: 'three nodes, two entries, one change of leader',
  nodes: three,
  termMax: 2,
  entriesMax: 4,
  writesMax: 2,
  standing: ['b'],
  opening: [
    { node: 'a', fires: 'place' },
    { delays: 'replica.prepare', to: 'c' },
    { node: 'a', asks: admitOf('x') },
    { node: 'a', begins: admitOf('y') },
  ],
  bounds: {
    ...{ crashes: 1, drops: 1, duplicates: 1, timeouts: 2 },
    ...{ beats: 0, requests: 0, letters: 5 },
  },
  counts: { states: 5_051_824, transitions: 31_593_341, depth: 37 },
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
  counts: { states: 1_825_753, transitions: 10_050_929, depth: 37 },
});

/** The first leader adds a learner, and the second takes a voter out. */
const votersAdded = votersModel({
  name: 'voters-added',
  title: 'four voters, a leader that adds a learner, and another that takes a voter out',
  standing: ['a'],
  adds: true,
  bounds: {
    ...{ crashes: 1, drops: 1, duplicates: 1, timeouts: 2 },
    ...{ beats: 0, requests: 1, letters: 4 },
  },
  counts: { states: 1_243_744, transitions: 7_285_456, depth: 44 },
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
  counts: { states: 3_226_197, transitions: 15_086_138, depth: 46 },
});

/** A leader, and another after it, which goes on with rights on a clock of its own. */
const rights = rightsModel({
  name: 'rights',
  title: 'two nodes of one intersection whose clocks drift, one change of leader',
  termMax: 2,
  entriesMax: 4,
  standing: ['b'],
  gains: [1900, 2100],
  timeSyncMs: 40_000,
  maxGreenS: 2,
  called: 'north',
  bounds: {
    ...{ crashes: 0, drops: 1, duplicates: 1, timeouts: 1 },
    ...{ beats: 0, requests: 0, letters: 2, stalls: 1, ticks: 5 },
  },
  counts: { states: 1_022_651, transitions: 2_870_206, depth: 31 },
});

/** A node that dies in the middle of it, whichever, and whoever leads then. */
const rightsRestarted = rightsModel({
  name: 'rights-restarted',
  title: 'two nodes of one intersection, a crash of each, one change of leader',
  termMax: 2,
  entriesMax: 5,
  standing: ['b'],
  gains: [2100],
  timeSyncMs: 40_000,
  maxGreenS: 2,
  called: 'north',
  bounds: {
    ...{ crashes: 1, drops: 1, duplicates: 0, timeouts: 1 },
    ...{ beats: 0, requests: 0, letters: 2, stalls: 0, ticks: 5 },
  },
  counts: { states: 590_316, transitions: 1_869_766, depth: 38 },
});

/** A holder that gives up what it has, and dies and comes back. */
const rightsCalled = rightsModel({
  name: 'rights-called',
  title: 'two nodes of one intersection, a preemption, a crash',
  termMax: 1,
  entriesMax: 5,
  standing: [],
  gains: [2100],
  timeSyncMs: 20_000,
  maxGreenS: 5,
  called: 'west',
  bounds: {
    ...{ crashes: 1, drops: 0, duplicates: 0, timeouts: 0 },
    ...{ beats: 0, requests: 1, letters: 2, stalls: 0, ticks: 4 },
  },
  counts: { states: 530_622, transitions: 1_633_555, depth: 43 },
});

export const models: readonly Model[] = [
  ...[election, elections, electionOfFive],
  ...[replica, voters, votersAdded, genesis],
  ...[lease, electorate],
  ...[rights, rightsRestarted, rightsCalled],
];
