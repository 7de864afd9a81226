/** What a cabinet's calls are tried with, at a shared intersection. */
import type { Alphabet } from '../alphabet.ts';
import { committed, hear, own, self, shared, stall, wait } from './place.ts';

const input = (kind: string, group: string, active: boolean) => ({
  ...{ type: 'lamps.input', input: kind, group, active },
});

/** A pedestrian may call for p. */
const walked = {
  ...shared,
  groups: shared.groups.map((group) => (group.id === 'p' ? { ...group, onCall: true } : group)),
};
const ready = hear({ type: 'lamps.ready' });
const refused = hear({ type: 'lamps.refused', reason: 'a reason' });

export const demand: Alphabet = {
  starts: {
    'a node': { id: 'b', timing: self.timing, intersection: walked },
    'a node that serves alone': { id: 'b', timing: self.timing, intersection: own },
  },
  leaves: ['replica.committed', 'lamps.input', 'lamps.shown'],
  values: { 'election.elected leader': ['b', 'a'], 'replica.answered ticket': [1, 2, 0] },
  events: [
    ...[true, false].flatMap((active) => [
      input('preempt', 'p', active),
      input('call', 'p', active),
    ]),
    { type: 'lamps.shown', lamps: { p: 'green', q: 'red' } },
    { type: 'lamps.shown', lamps: { p: 'red', q: 'red' } },
    committed({ kind: 'term.open', leader: 'a' }),
    committed({ kind: 'preempt.clear', id: 'local:x/p' }),
  ],
  openings: [
    [ready, refused, wait],
    [ready, refused, wait, stall(61_000), wait, wait],
    [ready, hear(input('call', 'p', true)), refused, stall(61_000), wait, wait, wait],
    [ready, hear(input('call', 'p', true))],
    [ready, refused, hear(input('call', 'p', true))],
    [ready, hear(input('preempt', 'p', true)), hear(input('preempt', 'p', false))],
  ],
};
