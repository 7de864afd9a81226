/** What the schedule of rights is tried with: a leader's office, and what the log has of it. */
import type { Alphabet } from '../alphabet.ts';
import { admit, committed, hear, restored, self, shared } from './place.ts';
import { called, cleared, granted, opened, up } from './rights.ts';

const kept = { type: 'timekeeper.kept', term: 1, offsetMs: 0, related: [] };

export const schedule: Alphabet = {
  starts: { 'a node': { id: 'b', timing: self.timing } },
  leaves: ['replica.committed', 'replica.restored', 'demand.changed'],
  values: {
    'election.elected leader': ['b', 'a'],
    'timekeeper.kept term': [1],
    'timekeeper.kept offsetMs': [0],
    'timekeeper.kept related': [[]],
    'timekeeper.present term': [1, 2],
    'timekeeper.present sinceMs': [0],
    peer: ['a'],
    intersection: ['x'],
    calls: [['p'], []],
    'membership.left how': ['goodbye'],
    'clock.jumped byMs': [100],
    'replica.answered ticket': ({ ticket }) => [ticket, 0],
    'replica.answered index': [undefined],
  },
  events: [
    restored(),
    committed(admit('a', shared), 1),
    committed(admit('b', shared), 2),
    committed(opened(), 3),
    committed(granted('p', 2_000, 20_000), 4),
    committed(called('q'), 5),
    committed(cleared, 6),
    ...[true, false].map((isDark) => ({
      ...{ type: 'demand.changed', intersection: 'x', calls: isDark ? [] : ['p'], isDark },
    })),
  ],
  openings: [[...up.map((command, k) => hear(committed(command, k + 1))), hear(kept)]],
};
