/** What making plans is tried with: a district with and without what can be planned. */
import type { Alphabet } from '../alphabet.ts';
import { admit, committed, member, own, plan, restored, self } from './place.ts';

export const coordination: Alphabet = {
  contextsMax: 16,
  starts: { 'a node': { id: 'b', timing: self.timing, filed: [plan] } },
  leaves: ['replica.committed', 'replica.restored'],
  values: { 'election.elected leader': ['b', 'a'] },
  events: ({ term, state }) => [
    committed({ kind: 'term.open', leader: 'b' }, 1, Number(term)),
    committed({ kind: 'term.open', leader: 'b' }, 1, Number(term) + 1),
    committed(admit('b', own), 2, Number(term)),
    committed({ kind: 'plan.adopt', plan }, 3, Number(term)),
    ...((state as { members: readonly unknown[] }).members.length > 0
      ? [committed({ kind: 'district.dismiss', node: 'b' }, 4, Number(term))]
      : []),
    restored({ members: [member('b', own)] }),
  ],
};
