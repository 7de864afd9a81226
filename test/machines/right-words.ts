/** Words for tests about rights of way: one crossroads whose four approaches have nodes of their own. */
import type { Command, State } from '../../protocol/command.ts';
import type { Intersection } from '../../protocol/district.ts';
import type { Interval, RightOfWay, Timescale } from '../../protocol/right.ts';
import { lan } from '../../protocol/timing.ts';
import { sharedTown } from '../../simulation/shared-town.ts';

export const timing = lan();
/** Groups N, E, S, W and a crossing `walk`; stages `ns`, with the crossing, and `ew`. */
export const crossing = sharedTown([4]).intersections[0] as Intersection;
export const NODES = ['n1n', 'n1e', 'n1s', 'n1w'] as const;
export const BOUND_MS = timing.clockBoundMsMax;
/** From the end of a green of N to the end of its right. */
export const TAIL_MS = 4_250;

export const timescale = (
  term: number,
  startMs = 0,
  related: Timescale['related'] = [],
): Timescale => ({
  ...{ term, startMs, related },
  clockBoundMs: BOUND_MS,
  horizonMs: timing.rightHorizonMs,
  driftPpm: timing.clockDriftPpmMax,
});

/** A right of way; of N on the timescale of term 1, unless said otherwise. */
export const interval = (
  fromMs: number,
  untilMs: number,
  more: Partial<Interval> = {},
): Interval => ({
  ...{ group: 'N', node: 'n1n', term: 1, permissive: false, released: false },
  ...{ fromMs, untilMs },
  ...more,
});

export const lastStage = (more: Partial<RightOfWay['last']> = {}): RightOfWay['last'] => ({
  ...{ stage: 'ns', term: 1, fromMs: 0, greenUntilMs: 0, plannedMs: 0 },
  ...more,
});

interface Agreed {
  readonly intervals?: readonly Interval[];
  readonly last?: RightOfWay['last'];
  readonly timescales?: readonly Timescale[];
  /** Nodes that are up, each in its first life; all by default. */
  readonly entered?: readonly string[];
  readonly members?: readonly string[];
}

/** What is agreed at the crossing. */
export const agreed = ({
  intervals = [],
  last = lastStage(),
  timescales = [timescale(1)],
  entered = NODES,
  members = NODES,
}: Agreed = {}): State => ({
  voters: [],
  members: members.map((node) => ({ node, store: node, intersection: crossing, links: [] })),
  entered: entered.map((node) => ({ node, incarnation: 1 })),
  timescales: [...timescales],
  rights: [{ intersection: 'x1', last, intervals: [...intervals] }],
});

export const restored = (state: State) =>
  ({ type: 'replica.restored', index: 1, term: 1, state }) as const;
export const committed = (command: Command) =>
  ({ type: 'replica.committed', index: 2, term: 1, command }) as const;
