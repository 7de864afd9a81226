/** The places that machines are tried at: a small intersection of one node, and one of two. */
import { initialState } from '../../../machines/district-state.ts';
import type { Command, State } from '../../../protocol/command.ts';
import type { Intersection } from '../../../protocol/district.ts';
import { lan } from '../../../protocol/timing.ts';
import { voter } from '../alphabet.ts';
import type { Move, Said } from '../moment.ts';

export const timing = lan();
/** The machine that is tried belongs to node b of the voters a, b and c. */
export const self = { id: 'b', store: 'sb', timing };
export const voters = ['a', 'b', 'c'].map(voter);
export const state: State = initialState(voters);

export const hear = (event: Said): Move => ({ type: 'hear', event });
export const wait: Move = { type: 'wait' };
export const stall = (ms: number): Move => ({ type: 'stall', ms });

/** A message as it is heard. */
export const heard = (from: string, message: Said): Said => ({
  ...message,
  ...{ from, group: 'g', incarnation: 1, bytes: 100 },
});

const group = (id: string) =>
  ({ id, kind: 'vehicle', minGreenS: 5, maxGreenS: 12, amberS: 3, redClearanceS: 2 }) as const;

const streets = {
  id: 'x',
  position: [0, 0] as [number, number],
  groups: ['p', 'q', 'r'].map(group),
  conflicts: ['pq', 'pr', 'qr'].map(([a = '', b = '']) => [a, b] as [string, string]),
  yields: [],
  stages: [
    { id: 'P', green: ['p'] },
    { id: 'Q', green: ['q'] },
    { id: 'R', green: ['r'] },
  ],
};
/** Served by b alone. */
export const own: Intersection = { ...streets, node: 'b' };
/** Served by b, which has the group p, and by a. At p somebody may press a button. */
export const shared: Intersection = { ...streets, nodes: { p: 'b', q: 'a', r: 'a' } };

export const plan = {
  id: 'plan',
  cycleS: 45,
  intersections: [
    {
      id: 'x',
      offsetS: 0,
      splits: [
        { stage: 'P', splitS: 15 },
        { stage: 'Q', splitS: 15 },
        { stage: 'R', splitS: 15 },
      ],
    },
  ],
};

export const committed = (command: Command, index = 1, term = 1): Said => ({
  ...{ type: 'replica.committed', index, term, command },
});
export const restored = (rest: Partial<State> = {}, index = 0): Said => ({
  ...{ type: 'replica.restored', index, term: 0, state: { ...state, ...rest } },
});
/** A node that is in the district, with the intersection that it brings. */
export const admit = (node: string, intersection?: Intersection): Command => ({
  ...{ kind: 'district.admit', node, store: `s${node}`, links: [] },
  ...(intersection && { intersection }),
});
/** As the log has who came. */
export const member = (node: string, intersection?: Intersection) => ({
  ...{ node, store: `s${node}`, links: [] },
  ...(intersection && { intersection }),
});
