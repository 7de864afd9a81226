/** What making plans is tried with: a district with and without what can be planned, and hours. */
import type { Alphabet } from '../alphabet.ts';
import { admit, committed, hear, member, own, plan, restored, self, wait } from './place.ts';

const morning = { ...plan, id: 'morning', hours: { from: '07:00', to: '09:30' } };
const longer = morning.intersections.map(({ splits, ...one }) => ({
  ...one,
  splits: splits.map(({ stage, splitS }) => ({ stage, splitS: splitS + 5 })),
}));
const flows = [{ group: 'p', perHour: 900, used: 0.3 }];

export const coordination: Alphabet = {
  contextsMax: 16,
  starts: {
    'a node': {
      ...{ id: 'b', timing: self.timing },
      filed: [plan, { ...morning, cycleS: plan.cycleS + 15, intersections: longer }],
    },
  },
  leaves: ['replica.committed', 'replica.restored'],
  values: {
    'election.elected leader': ['b', 'a'],
    'clock.told minute': [480, 720],
    'arrivals.tell from': ['b', 'a'],
    'arrivals.tell intersection': ['x'],
    'arrivals.tell flows': [flows],
    'arrivals.counted intersection': ['x', 'y'],
    'arrivals.counted flows': [flows],
  },
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
  // An office in which a plan was adopted, and has its time.
  openings: [
    [
      hear(committed(admit('b', own), 1, 1)),
      hear({ type: 'election.elected', leader: 'b', term: 1 }),
      hear(committed({ kind: 'term.open', leader: 'b' }, 2, 1)),
      hear(committed({ kind: 'plan.adopt', plan: { ...plan, id: 'plan.t1.1' } }, 3, 1)),
      wait,
    ],
  ],
};
