/** What holding a right of way is tried with: a log with and without rights, and lamps that answer. */
import type { Command } from '../../../protocol/command.ts';
import type { Alphabet } from '../alphabet.ts';
import { committed, hear, own, restored, shared, timing } from './place.ts';
import { called, cleared, entered, granted, opened, up } from './rights.ts';

const node = {
  ...{ id: 'b', incarnation: 1, timing, filed: timing, intersection: shared, settled: null },
};
const heardAll = up.map((command, k) => hear(committed(command, k + 1)));
const synced = { type: 'timekeeper.synced', offsetMs: 0, boundMs: 5, term: 1, isOwn: false };

export const holder: Alphabet = {
  starts: {
    'a node': { ...node, settled: 'g' },
    'a node that is new here': node,
    'a node that serves alone': { ...node, intersection: own },
  },
  leaves: ['replica.committed', 'replica.restored'],
  values: {
    'lamps.accepted ticket': ({ ticket }) => [ticket, 0],
    'storage.written ticket': [1, 2],
    'timekeeper.synced offsetMs': [0],
    'timekeeper.synced boundMs': [5],
    'timekeeper.synced term': [1],
    'lamps.ready boundMs': [undefined, 5],
    'genesis.formed voters': [undefined],
  },
  events: [
    restored(),
    committed(entered('b'), 4),
    committed(entered('b', 9), 5),
    committed(opened(), 6),
    committed(granted('p', 2_000, 20_000), 7),
    committed(called('q'), 8),
    committed({ ...called('q'), afterS: 5 } as Command, 8),
    committed(cleared, 9),
  ],
  openings: [
    [
      ...heardAll,
      hear({ type: 'genesis.formed', group: 'g' }),
      hear(synced),
      hear({ type: 'lamps.ready' }),
    ],
    [
      ...heardAll,
      hear({ type: 'genesis.formed', group: 'g' }),
      hear(synced),
      hear({ type: 'lamps.ready' }),
      hear(committed(granted('p', 2_000, 20_000), 7)),
      hear(committed(called('q'), 8)),
    ],
  ],
};
