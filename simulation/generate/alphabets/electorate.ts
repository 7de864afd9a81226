/** What the choice of voters is tried with: members that come and go, and changes that are made. */
import type { Alphabet } from '../alphabet.ts';
import { admit, committed, member, restored, self, state, voters } from './place.ts';

const members = ['a', 'b', 'c', 'd'].map((node) => member(node));

export const electorate: Alphabet = {
  starts: { 'a node': self },
  leaves: ['replica.committed', 'replica.restored'],
  values: {
    'election.elected leader': ['b', 'a'],
    peer: ['a', 'd'],
    'membership.joined store': (_, { peer }) => [`s${peer}`],
    'replica.configured voters': [voters, voters.slice(0, 2)],
    'replica.configured index': [0, 2],
    'replica.answered ticket': ({ ticket }) => [ticket, 0],
  },
  events: ({ term }) => [
    restored({ members: [] }),
    restored({ voters: state.voters, members }),
    committed({ kind: 'term.open', leader: 'b' }, 1, Number(term ?? 1)),
    committed({ kind: 'voters.change', voters: voters.slice(0, 2) }, 2),
    committed(admit('d'), 3),
    committed({ kind: 'district.dismiss', node: 'a' }, 4),
  ],
};
