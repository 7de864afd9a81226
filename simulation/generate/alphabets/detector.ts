/** What the failure detector is tried with: signs of life, doubts, and silences of all lengths. */
import type { Alphabet, Context } from '../alphabet.ts';
import { hear, heard, self, voters, wait } from './place.ts';

const joined = (peer: string, k = 1) => ({
  ...{ type: 'membership.joined', peer, peerIncarnation: k, store: `s${peer}` },
  ...{ host: '127.0.0.1', port: 6000 },
});
const crowd = Array.from({ length: 20 }, (_, k) => hear(joined(`n${k}`)));
const formed = hear({ type: 'genesis.formed', group: 'g' });
const term = ({ term: own }: Context): number[] => [Number(own) || 1];

export const detector: Alphabet = {
  starts: { 'a node': self },
  values: {
    term,
    peer: ['a', 'c'],
    incarnation: [1, 0],
    'detector.beat leader': [undefined, 'a'],
    'detector.beat index': [1],
    'detector.beat commit': [1],
    'detector.beat view': [undefined],
    'election.elected leader': ['b', 'a'],
    'election.elected term': [1, 2],
    'replica.appended matched': [1],
    'replica.appended commit': [1],
    'replica.appended index': [1],
    'replica.configured voters': [voters],
    'replica.configured index': [0],
    'detector.obituary peerIncarnation': [1, 0],
    'membership.joined peerIncarnation': [1, 2],
    'membership.left how': ['goodbye'],
    'detector.ask peer': ['a', 'z'],
  },
  contextsMax: 12,
  openings: [
    [
      formed,
      hear(joined('a')),
      hear(heard('a', beatOf())),
      ...Array.from({ length: 6 }, () => wait),
    ],
    [formed, ...crowd, hear(joined('a')), hear({ type: 'election.elected', leader: 'b', term: 1 })],
    [
      formed,
      ...crowd,
      hear(joined('a')),
      hear({ type: 'replica.configured', voters, index: 0 }),
      hear({ type: 'election.elected', leader: 'a', term: 1 }),
    ],
  ],
  stallsMs: [4_000],
};

function beatOf() {
  return { type: 'detector.beat', term: 1, leader: 'a', store: 'sa', index: 1, commit: 1 };
}
