/**
 * Declares the searches of rights of way, where time passes: two nodes whose groups conflict at one
 * intersection, each the real timekeeper, schedule and holder, with clocks that drift apart, lamps
 * that outlive their node, and a change of leader.
 */
import { type Context as Holder, holderMachine } from '../../../machines/holder.ts';
import { scheduleMachine } from '../../../machines/schedule.ts';
import { timekeeperMachine } from '../../../machines/timekeeper.ts';
import type { State } from '../../../protocol/command.ts';
import type { Intersection } from '../../../protocol/district.ts';
import type { Emitted } from '../../../protocol/event.ts';
import { lan } from '../../../protocol/timing.ts';
import type { Bounds, Counts, Model } from '../model.ts';
import { type NodeSetup, type NodeView, storeOf } from '../node.ts';
import { agreedLog, logMachine } from './agreed-log.ts';
import { GROUP, votersOf } from './election.ts';
import { type Lamps, type Lit, lampsOf, litWithin, overlap } from './lit-lamps.ts';

const TICK_MS = 2000;
const LATENESS_MAX_MS = 0;
const HORIZON_MS = 8000;
const BOUND_MS = 1000;
/** How far each driver's clock is off from its node's, one way and the other. */
const SKEW_MS = 500;
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
const crossing: Intersection = {
  id: 'x',
  nodes: { west: 'a', north: 'b' },
  groups: ['west', 'north'].map((id) => ({
    id,
    kind: 'vehicle' as const,
    minGreenS: 1,
    maxGreenS: 2,
    amberS: 0.5,
    redClearanceS: 0,
  })),
  conflicts: [['west', 'north']],
  yields: [],
  stages: [
    { id: 'one', green: ['west'] },
    { id: 'two', green: ['north'] },
  ],
} as unknown as Intersection;

const base: State = {
  voters: votersOf(nodes),
  members: nodes.map((node) => ({ node, store: storeOf(node), links: [], intersection: crossing })),
  entered: nodes.map((node) => ({ node, incarnation: 1 })),
  timescales: [
    {
      term: 1,
      startMs: 0,
      clockBoundMs: BOUND_MS,
      horizonMs: HORIZON_MS,
      driftPpm: timing.clockDriftPpmMax,
      related: [],
    },
  ],
};

const lifeOf = (disk: Readonly<Record<string, unknown>>): number =>
  (disk['life'] as number | undefined) ?? 1;
const peerOf = (node: string) => (node === 'a' ? 'b' : 'a');

const setupOf = ({ gains, timeSyncMs }: Pick<Options, 'gains' | 'timeSyncMs'>): NodeSetup => ({
  concerns: {
    log: logMachine,
    timekeeper: timekeeperMachine,
    schedule: scheduleMachine,
    holder: holderMachine,
  },
  nodes,
  inputs: (id, disk) => {
    const incarnation = lifeOf(disk);
    return {
      timekeeper: { id, incarnation, timing: { ...timing, timeSyncMs } },
      schedule: { id, timing },
      holder: { id, incarnation, timing, intersection: crossing, settled: GROUP },
    };
  },
  feeds: (node) => [
    { type: 'membership.joined', peer: peerOf(node), peerIncarnation: 1, store: storeOf(peerOf(node)), host: '127.0.0.1', port: 6000 },
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
  'b lights its group': ({ after }) => after.local.node === 'b' && isLit(after),
  'a right is extended': ({ before, after }) =>
    rightsOf(before).some(({ group, fromMs, term, untilMs }) =>
      rightsOf(after).some(
        (is) =>
          is.group === group && is.fromMs === fromMs && is.term === term && is.untilMs > untilMs,
      ),
    ),
  'a right of an older timescale stands beside one of the newer': ({ after }) =>
    new Set(rightsOf(after).map(({ term }) => term)).size > 1,
  'a node that came back is red until it has entered': ({ after }) =>
    after.stateOf('holder').includes('entering') && (holderOf(after)?.incarnation ?? 0) > 1,
  'a node that came back lights its group': ({ after }) =>
    (holderOf(after)?.incarnation ?? 0) > 1 && isLit(after) && holderOf(after)?.shown !== null,
};

/** Who calls must have green. */
const call: Emitted = {
  type: 'replica.request',
  owner: 'client',
  ticket: 1,
  command: { kind: 'preempt.call', id: 'p', intersection: 'x', group: 'north', forS: 60 },
};

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
  readonly counts?: Counts;
}

interface Summary {
  readonly lit: Lit;
}

export const rightsModel = ({ gains, timeSyncMs, ...options }: Options): Model => ({
  ...options,
  setup: setupOf({ gains, timeSyncMs }),
  agreement: agreedLog({ leader: 'a', base, askedMax: 1, ...options }),
  closureStepsMax: 0,
  limits: [
    `terms 1 to ${options.termMax}`,
  ],
  opening: [
    { node: 'a', asks: elected('a', 1) },
    { node: 'b', asks: elected('a', 1) },
    { node: 'a', asks: { type: 'timekeeper.present', peer: 'b', term: 1, sinceMs: 0 } },
  ],
  laws: [],
  summary: (view): Summary => {
    const most = view.local.node === 'a' ? TICK_MS : Math.max(...gains);
    return { lit: litWithin(lampsAt(view), most) };
  },
  invariant: (summaries) => {
    const [a, b] = summaries.map((summary) => (summary as Summary).lit) as [Lit, Lit];
    return gains.some((gain) => overlap(a, b, gain / TICK_MS))
      ? 'west and north are lit at one instant'
      : undefined;
  },
  // Whoever leads, it is the node that is called for that asks.
  requests: ({ local }) => (local.node === 'b' ? [call] : []),
  sometimes: { ...sometimes },
});
