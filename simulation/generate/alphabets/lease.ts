/** What reads under a lease are tried with. */
import type { Alphabet } from '../alphabet.ts';
import { committed, hear, heard, restored, self, stall, voters, wait } from './place.ts';

/** In office, with an entry of its own term committed and every former lease run out. */
const office = [
  hear({ type: 'replica.configured', voters, index: 0 }),
  hear({ type: 'election.elected', leader: 'b', term: 1 }),
  hear(committed({ kind: 'term.open', leader: 'b' })),
  stall(1_100),
];
const ask = hear({ type: 'lease.ask', owner: 'x', ticket: 1 });

export const lease: Alphabet = {
  starts: { 'a node': self },
  leaves: ['lease.ask', 'replica.restored'],
  values: {
    'election.elected leader': ['b', 'a'],
    'lease.grant round': ({ round }) => [round, Number(round) + 1],
    'lease.renew round': [1],
    'replica.committed command': [{ kind: 'term.open', leader: 'b' }],
    'replica.committed index': ({ commit }) => [Number((commit as { index: number }).index) + 1],
    'replica.committed term': ({ term }) => [term, 0],
    'replica.configured index': [0],
  },
  events: ({ term, timing }) => [
    { type: 'lease.ask', owner: 'x', ticket: 1 },
    restored(),
    committed(
      {
        kind: 'contract.prepare',
        from: timing as never,
        to: { ...(timing as object), leaseMs: 900 } as never,
      },
      1,
      Number(term),
    ),
  ],
  openings: [
    [...office, ask],
    [...office, ask, hear(heard('a', { type: 'lease.grant', term: 1, round: 1, store: 'sa' }))],
    [...office, ask, wait, wait],
    [...office, ...Array.from({ length: 64 }, () => ask)],
  ],
  stallsMs: [1_100],
};
