/** What enrolling is tried with: a log that has this node as it is, as it was, or not at all. */
import type { Alphabet } from '../alphabet.ts';
import { admit, committed, member, own, restored, self } from './place.ts';

export const enrolment: Alphabet = {
  starts: {
    'a node': { ...self, intersection: own, links: [] },
    'an observer': { ...self, intersection: null, links: [], isObserver: true },
  },
  leaves: ['replica.committed', 'replica.restored'],
  values: {
    'replica.answered ticket': [1, 2, 0],
    'replica.answered index': [undefined, 1],
  },
  events: [
    restored(),
    restored({ members: [member('b', own)] }),
    restored({ members: [member('b')] }),
    committed(admit('b', own)),
    committed(admit('b')),
    committed(admit('a')),
    committed({ kind: 'district.dismiss', node: 'b' }),
    {
      ...{ type: 'replica.answered', owner: 'enrolment', ticket: 1 },
      ...{ problems: ['no'], transient: false },
    },
  ],
};
