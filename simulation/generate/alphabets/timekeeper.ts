/** What the group's time is tried with: answers to what was asked, early, late, and contradicting. */
import type { Alphabet } from '../alphabet.ts';
import { self } from './place.ts';

export const timekeeper: Alphabet = {
  starts: { 'a node': { id: 'b', incarnation: 1, timing: self.timing } },
  values: {
    'election.elected leader': ['b', 'a'],
    'timekeeper.tell from': ({ leader }) => [leader ?? 'a', 'c'],
    'timekeeper.tell groupMs': [1_000, 9_000_000],
    'timekeeper.tell sentMs': [0, 2_000],
    'timekeeper.tell life': [1, 2],
    'timekeeper.ask sentMs': [0],
    'timekeeper.ask heard': ({ term }) => [undefined, { term, groupMs: 5 }],
    'clock.jumped byMs': [100],
  },
};
