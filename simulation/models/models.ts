/**
 * Lists every model that is searched, in the order in which `greenwave check` goes through them. A
 * model names its bounds; `counts` says what its whole search comes to, so that a change of a
 * machine that opens or closes a way is seen, and not only one that breaks a law.
 */
import type { Model } from '../world-model.ts';
import { electionModel } from './election.ts';
import { electorate } from './electorate.ts';
import { lease } from './lease.ts';

const three = ['a', 'b', 'c'];

/** One new term: who may lead it, whoever crashes. */
const election = electionModel({
  name: 'election',
  title: 'three nodes, one new term',
  nodes: three,
  termMax: 2,
  bounds: {
    crashes: 1,
    drops: 1,
    duplicates: 1,
    timeouts: 3,
    beats: 0,
    requests: 0,
    letters: 4,
  },
  counts: { states: 234_055, transitions: 1_474_323, depth: 21 },
});

export const models: readonly Model[] = [election, lease, electorate];
