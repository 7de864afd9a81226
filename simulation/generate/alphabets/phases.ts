/** What the stage controller is tried with: lamps that follow and fail, calls, plans and sensors. */
import type { Intersection } from '../../../protocol/district.ts';
import type { Alphabet } from '../alphabet.ts';
import type { Move, Said } from '../moment.ts';
import {
  committed,
  hear,
  heard,
  own,
  plan,
  restored,
  shared,
  stall,
  timing,
  wait,
} from './place.ts';

const node = { id: 'b', timing };
const lamps = (p: string, q: string): Said => ({ type: 'lamps.shown', lamps: { p, q } });
const timed: Intersection = { ...own, control: 'fixed' };
const expected = (rest: object): Said => ({
  ...{ type: 'arrivals.expected', sensing: 'vehicles', stepS: 1, lanes: [], flows: [] },
  ...{ inside: 0, stuck: [], barred: [], overdue: [] },
  ...rest,
});
const coming = (group: string) => ({
  lanes: [{ lane: 'l', vehicles: [{ groups: [group], etaS: 1, waitedS: 5 }] }],
  flows: [{ group, perS: 0.2 }],
});
const preempt = (group: string) =>
  committed({ kind: 'preempt.call', id: 'fire', intersection: 'x', group, forS: 30 }, 5);
const cleared = committed({ kind: 'preempt.clear', id: 'fire' }, 7);
const transit = (group: string, forS: number) =>
  committed({ kind: 'priority.call', id: 'bus', intersection: 'x', group, forS }, 6);

const ready = hear({ type: 'lamps.ready' });
const dark = hear(lamps('red', 'red'));
const early: readonly Move[] = [ready, dark, wait, wait];
/** The first green is lit. */
const green: readonly Move[] = [...early, hear(lamps('green', 'red'))];
const asked = hear(
  heard('a', { type: 'phases.ask', reply: { host: '127.0.0.1', port: 7000 }, forMs: 60_000 }),
);

const sensing: readonly Move[] = [...green, hear(expected(coming('p')))];
const amber: readonly Move[] = [...green, wait, wait, hear(lamps('amber', 'red'))];

export const phases: Alphabet = {
  starts: {
    'a node': { ...node, intersection: own },
    'a node that heeds no sensors': { ...node, intersection: timed },
    'a node that shares': { ...node, intersection: shared },
    'a node without lamps': { ...node, intersection: null },
  },
  leaves: ['replica.committed', 'replica.restored', 'arrivals.expected', 'lamps.shown'],
  values: {
    'lamps.ready boundMs': [undefined],
    'lamps.input group': ['q', 'p', 'z'],
    'lamps.input input': ['preempt', 'call'],
    'timekeeper.synced offsetMs': [0, 7_000],
    'timekeeper.synced boundMs': [5],
    'timekeeper.synced term': [1],
    'phases.ask forMs': [5_000],
    'phases.ask reply': [{ host: '127.0.0.1', port: 7000 }],
  },
  events: [
    lamps('red', 'red'),
    lamps('green', 'red'),
    lamps('red', 'green'),
    committed({ kind: 'plan.adopt', plan }, 3),
    restored({ plan }),
    preempt('p'),
    preempt('q'),
    preempt('r'),
    cleared,
    transit('p', 20),
    transit('q', 20),
    expected(coming('p')),
    expected(coming('q')),
    expected({ ...coming('q'), inside: 1 }),
    expected({ sensing: 'loops' }),
  ],
  openings: [
    green,
    [...green, hear(preempt('p')), wait],
    [...green, hear(transit('p', 20)), wait],
    sensing,
    [...sensing, hear(preempt('p'))],
    [...sensing, hear(preempt('p')), wait],
    [...sensing, hear(preempt('q')), wait],
    [...sensing, hear(transit('p', 20)), wait],
    [...green, hear(preempt('p')), wait, hear(preempt('q')), wait],
    [...green, hear(preempt('p')), wait, hear(cleared), wait, wait],
    [...green, wait, hear(preempt('p')), wait],
    [...sensing, stall(5_100), hear(expected(coming('q')))],
    [...sensing, stall(5_100), hear(expected(coming('q'))), hear(preempt('r'))],
    [...green, wait],
    [...green, wait, hear(preempt('r'))],
    amber,
    [...amber, hear(preempt('r')), wait],
    [...amber, stall(4_200)],
    [...amber, wait],
    [...amber, wait, stall(1_200)],
    [...amber, wait, hear(preempt('r'))],
    // Too late to take back what was sent.
    ...['p', 'r'].map((group) => [
      ...[...sensing, stall(5_100), hear(expected(coming('q'))), hear(preempt(group))],
      ...[stall(5_000), wait],
    ]),
    [...sensing, hear(transit('q', 20)), wait, hear(expected(coming('p')))],
    [...green, hear(transit('q', 20)), wait, wait, wait, wait],
    [ready, hear(lamps('flashingAmber', 'flashingAmber')), wait],
    // The driver lights it late.
    [...early, stall(2_000), hear(lamps('green', 'red'))],
    [...green, hear({ type: 'lamps.lost', reason: 'a reason' }), ready, dark, wait],
    // The call is over before anybody heeds it.
    [ready, hear(preempt('p')), stall(31_000), wait],
    [...green, asked, hear(preempt('p')), wait],
  ],
};
