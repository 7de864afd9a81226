/** What merging groups is tried with: groups that are older and younger, and answers from them. */
import type { Alphabet } from '../alphabet.ts';
import { self } from './place.ts';

const groups = ['m', 'a', 'z'];

export const merge: Alphabet = {
  starts: { 'a node': { id: 'b', district: 'd', timing: self.timing } },
  values: {
    'genesis.formed group': ['m'],
    'membership.sighted group': [...groups, ''],
    'merge.ask wanted': ({ group }) => [group || 'm', 'z'],
    'merge.ask group': ['z', 'm'],
    'merge.welcome group': ({ wanted }) => [wanted || 'a', 'q'],
    'election.elected leader': ['b', 'a'],
    'membership.sighted phase': ['member'],
    'membership.sighted leader': ['a', undefined],
    'storage.written ticket': [1, 0],
  },
  stallsMs: [10_000],
};
