/** What a witness is tried with: somebody who asks, turns in the log, and lamps that follow. */
import type { Alphabet } from '../alphabet.ts';
import { committed, own, shared } from './place.ts';
import { called, granted } from './rights.ts';

export const witness: Alphabet = {
  contextsMax: 24,
  starts: {
    'a node': { id: 'b', intersection: shared },
    'a node that serves alone': { id: 'b', intersection: own },
  },
  leaves: ['replica.committed'],
  values: {
    'phases.ask forMs': [5_000, 0],
    'phases.ask reply': [{ host: '127.0.0.1', port: 7000 }],
    'timekeeper.synced offsetMs': [0],
    'timekeeper.synced boundMs': [5],
    'timekeeper.synced term': [1],
    'lamps.shown lamps': [
      { p: 'green', q: 'red' },
      { p: 'red', q: 'red' },
    ],
  },
  events: [
    committed(granted('p', 2_000, 20_000), 4),
    committed(granted('q', 2_000, 20_000), 4),
    committed(called('p'), 5),
    committed({ kind: 'term.open', leader: 'a' }, 6),
  ],
};
