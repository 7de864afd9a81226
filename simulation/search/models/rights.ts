/**
 * Declares the searches of rights of way, where time passes: two nodes whose groups conflict at one
 * intersection, each the real timekeeper, schedule and holder, with clocks that drift apart, lamps
 * that outlive their node, and a change of leader.
 *
 * What is abstracted: the log is one list that each node learns with delay, and a leader is elected
 * at any moment (`agreed-log.ts`); the lamp driver does what it was told last (`lit-lamps.ts`). Only
 * one of the two clocks drifts, because ticks are of the other: what one gains on the other is the
 * whole of drift that two clocks can have. Between two ticks lamps are judged at every instant, not
 * only where something happens. The model says nothing of two groups, of settling and of clocks that
 * jump.
 */
import { type Context as Holder, holderMachine } from '../../../machines/holder.ts';
import { scheduleMachine } from '../../../machines/schedule.ts';
import { timekeeperMachine } from '../../../machines/timekeeper.ts';
import type { State } from '../../../protocol/command.ts';
import type { Group, Intersection } from '../../../protocol/district.ts';
import type { Emitted } from '../../../protocol/event.ts';
import { lan } from '../../../protocol/timing.ts';
import type { Bounds, Counts, Model } from '../model.ts';
import { type NodeSetup, type NodeView, storeOf } from '../node.ts';
import { agreedLog, logMachine } from './agreed-log.ts';
import { GROUP, votersOf } from './election.ts';
import { type Lamps, type Lit, lampsOf, litWithin, overlap } from './lit-lamps.ts';

const TICK_MS = 2000;
const LATENESS_MAX_MS = 0;
/** Two turns fit into it, the first after red of start-up, though b is not heard of again. */
const HORIZON_MS = 8500;
const BOUND_MS = 1000;
/** How far each driver's clock is off from its node's, one way and the other. */
const SKEW_MS = 500;
/** Requests on their way at once. */
const ASKED_MAX = 1;
const timing = {
  ...lan(),
  heartbeatTimeoutMs: 1000,
  electionTimeoutMs: 1000,
  retryMs: 2000,
  clockBoundMsMax: BOUND_MS,
  rightHorizonMs: HORIZON_MS,
  clockDriftPpmMax: 26_000,
};

const nodes = ['a', 'b'];
const [WEST, NORTH] = ['west', 'north'];

const crossingOf = (maxGreenS: number): Intersection => {
  const group = (id: string): Group => ({
    ...{ id, kind: 'vehicle', minGreenS: 1, maxGreenS, amberS: 0.5, redClearanceS: 0 },
  });
  return {
    id: 'x',
    position: [0, 0],
    nodes: { [WEST]: 'a', [NORTH]: 'b' },
    groups: [group(WEST), group(NORTH)],
    conflicts: [[WEST, NORTH]],
    yields: [],
    stages: [
      { id: 'one', green: [WEST] },
      { id: 'two', green: [NORTH] },
    ],
  };
};

const baseOf = (intersection: Intersection): State => ({
  voters: votersOf(nodes),
  members: nodes.map((node) => ({ node, store: storeOf(node), links: [], intersection })),
  entered: nodes.map((node) => ({ node, incarnation: 1 })),
  timescales: [
    {
      ...{ term: 1, startMs: 0, clockBoundMs: BOUND_MS, horizonMs: HORIZON_MS },
      ...{ driftPpm: timing.clockDriftPpmMax, related: [] },
    },
  ],
});

const lifeOf = (disk: Readonly<Record<string, unknown>>): number =>
  (disk['life'] as number | undefined) ?? 1;
const peerOf = (node: string) => (node === 'a' ? 'b' : 'a');

const setupOf = ({ gains, timeSyncMs }: Options, base: State): NodeSetup => ({
  concerns: {
    log: logMachine,
    timekeeper: timekeeperMachine,
    schedule: scheduleMachine,
    holder: holderMachine,
  },
  nodes,
  inputs: (id, disk) => {
    const incarnation = lifeOf(disk);
    const intersection = base.members[0]?.intersection ?? null;
    return {
      timekeeper: { id, incarnation, timing: { ...timing, timeSyncMs } },
      schedule: { id, timing },
      holder: { id, incarnation, timing, filed: timing, intersection, settled: GROUP },
    };
  },
  feeds: (node) => [
    {
      type: 'membership.joined',
      peer: peerOf(node),
      peerIncarnation: 1,
      store: storeOf(peerOf(node)),
      host: '127.0.0.1',
      port: 6000,
    },
    { type: 'replica.restored', index: 0, term: 1, state: base },
    { type: 'lamps.ready', boundMs: SKEW_MS },
    { type: 'genesis.formed', group: GROUP },
  ],
  time: {
    concerns: ['timekeeper', 'schedule', 'holder'],
    advances: [TICK_MS],
    advancesOf: { b: gains },
    latenessMax: LATENESS_MAX_MS,
    runs: true,
  },
  markCrash: (disk) => ({ ...disk, life: lifeOf(disk) + 1 }),
  lifeOf,
  aside: lampsOf({ a: SKEW_MS, b: -SKEW_MS }),
});

const holderOf = (view: NodeView) => view.contextOf('holder') as Holder | undefined;
const lampsAt = ({ local }: NodeView) => local.aside as Lamps;
const isLit = (view: NodeView) => litWithin(lampsAt(view), 1).length > 0;

const elected = (leader: string, term: number): Emitted => ({
  type: 'election.elected',
  leader,
  term,
});

const rightsOf = (view: NodeView) =>
  holderOf(view)?.state.rights?.flatMap(({ intervals }) => intervals) ?? [];

const sometimes: Model['sometimes'] = {
  'a lights its group': ({ after }) => after.local.node === 'a' && isLit(after),
};

const sometimesInTurn: Model['sometimes'] = {
  'b lights its group': ({ after }) => after.local.node === 'b' && isLit(after),
};

const sometimesLater: Model['sometimes'] = {
  'a green of an older timescale stands beside a right on the newer one': ({ after }) =>
    rightsOf(after).some(({ term }) => term > 1) &&
    isLit(after) &&
    rightsOf(after).some(({ term }) => term === 1),
};

const sometimesAgain: Model['sometimes'] = {
  'a node that came back is red until it has entered': ({ after }) =>
    after.stateOf('holder').includes('entering') && lifeOf(after.local.disk) > 1,
  'lamps go on while their node is down': ({ after }) => !after.local.isUp && isLit(after),
};

/** Its own clock was the timescale, or it has to learn the new one. */
const sometimesLitAgain: Model['sometimes'] = {
  'a node that came back lights its group': ({ before, after }) =>
    lifeOf(after.local.disk) > 1 && !isLit(before) && isLit(after),
};

const sometimesCalled: Model['sometimes'] = {
  'a right is extended': ({ before, after }) =>
    rightsOf(before).some(({ group, fromMs, term, untilMs }) =>
      rightsOf(after).some(
        (is) =>
          is.group === group && is.fromMs === fromMs && is.term === term && is.untilMs > untilMs,
      ),
    ),
  'time that was given up is granted to who calls': ({ after }) =>
    rightsOf(after).some(({ released }) => released) &&
    rightsOf(after).some(({ call }) => call !== undefined),
};

/** A fire engine must have green. */
const callOf = (group: string): Emitted => ({
  ...{ type: 'replica.request', owner: 'client', ticket: 1 },
  command: { kind: 'preempt.call', id: 'p', intersection: 'x', group, forS: 60 },
});

interface Options {
  readonly name: string;
  readonly title: string;
  readonly bounds: Bounds;
  readonly termMax: number;
  readonly entriesMax: number;
  readonly standing: readonly string[];
  /** What the clock of b may gain in a tick. */
  readonly gains: readonly number[];
  readonly timeSyncMs: number;
  readonly maxGreenS: number;
  /** The group that is called for, when requests are left. */
  readonly called: string;
  readonly counts?: Counts;
}

interface Summary {
  readonly lit: Lit;
}

const seconds = (ms: number) => `${ms / 1000} s`;

const limitsOf = ({ gains, termMax, entriesMax, standing, called, maxGreenS }: Options) => [
  `${termMax === 1 ? 'term 1 alone' : `terms 1 to ${termMax}; only ${standing.join(' and ')} may be elected`}`,
  `at most ${entriesMax} entries after a leads, and ${ASKED_MAX} on its way`,
  `ticks of ${seconds(TICK_MS)} of the clock of a, in which that of b gains ${gains.map(seconds).join(' or ')}`,
  `greens of 1 to ${seconds(maxGreenS * 1000)}, a horizon of ${seconds(HORIZON_MS)}, a bound of ${seconds(BOUND_MS)}`,
  `lamps of a ${seconds(SKEW_MS)} late, those of b as much early, always; a sequence is accepted at once`,
  'who could hear, learn or be woken before a tick, and is not, is stalled',
  `preemptions, if any, for ${called}`,
  'in view all the time, settled in the group, and never jumping clocks',
];

export const rightsModel = (options: Options): Model => {
  const { gains, called } = options;
  const base = baseOf(crossingOf(options.maxGreenS));
  const { name, title, bounds, counts } = options;
  return {
    ...{ name, title, bounds },
    ...(counts && { counts }),
    setup: setupOf(options, base),
    agreement: agreedLog({ leader: 'a', base, askedMax: ASKED_MAX, ...options }),
    limits: limitsOf(options),
    opening: [
      { node: 'a', asks: elected('a', 1) },
      { node: 'a', asks: { type: 'timekeeper.present', peer: 'b', term: 1, sinceMs: 0 } },
      { node: 'b', asks: elected('a', 1) },
    ],
    requests: ({ local }) => (local.node === (called === WEST ? 'a' : 'b') ? [callOf(called)] : []),
    laws: [],
    summary: (view): Summary => {
      const most = view.local.node === 'a' ? TICK_MS : Math.max(...gains);
      return { lit: litWithin(lampsAt(view), most) };
    },
    // Until the next tick nothing need happen, so that lamps do as they were told last.
    invariant: (summaries) => {
      const [a, b] = summaries.map((summary) => (summary as Summary).lit) as [Lit, Lit];
      return gains.some((gain) => overlap(a, b, gain / TICK_MS))
        ? 'west and north are lit at one instant'
        : undefined;
    },
    sometimes: {
      ...sometimes,
      ...(options.termMax > 1 && sometimesLater),
      ...(bounds.crashes > 0 && sometimesAgain),
      ...(bounds.crashes > 0 && options.termMax > 1 && sometimesLitAgain),
      ...(bounds.requests > 0 ? sometimesCalled : sometimesInTurn),
    },
  };
};
