/**
 * Declares the search of the leader's lease, where time passes: the real election and the real
 * lease of each node, whose clocks drift apart as far as the timing allows.
 *
 * Two things are abstracted, and each allows more than a real node. The election has no deadlines:
 * nobody hears a leader, so any node may stand at any moment. The replica is left out: a leader is
 * told at any moment after its election that an entry of its own term is committed, with an index
 * behind every entry of an earlier term; a real leader has to ask for it first.
 */
import { type Context as Election, electionMachine } from '../../../machines/election.ts';
import { type Context as Lease, leaseMachine } from '../../../machines/lease.ts';
import type { Emitted } from '../../../protocol/event.ts';
import { lan } from '../../../protocol/timing.ts';
import { recovered } from '../disk.ts';
import type { Bounds, Counts, Deal, Model } from '../model.ts';
import { type NodeSetup, type NodeView, storeOf } from '../node.ts';
import { GROUP, isInTerm, votersOf } from './election.ts';
import { votesAreWritten, votesStand } from './laws.ts';

/** What a clock gains in one tick: as if true time were 1.5, a drift of a third either way. */
const ADVANCES = [1, 2];
const timing = { ...lan(), leaseMs: 2, retryMs: 1, clockDriftPpmMax: 1e6 / 3 };
/** An alarm rings this much after its deadline at most, unless its node is stalled. */
const LATENESS_MAX = 1;
/** The term everybody is in at first. */
const FIRST_TERM = 1;

const self = (node: string) => ({ id: node, store: storeOf(node), timing });

const setupOf = (nodes: readonly string[]): NodeSetup => ({
  concerns: { election: electionMachine, lease: leaseMachine },
  nodes,
  inputs: (node, disk) => ({
    election: { ...self(node), stored: recovered(disk).vote },
    lease: self(node),
  }),
  feeds: () => [
    { type: 'genesis.formed', group: GROUP },
    { type: 'replica.appended', index: 1, term: FIRST_TERM, matched: 0, commit: 0 },
    { type: 'replica.configured', voters: votersOf(nodes), index: 0 },
  ],
  time: { concerns: ['lease'], advances: ADVANCES, latenessMax: LATENESS_MAX },
});

const leaseOf = (view: NodeView) => view.contextOf('lease') as Lease | undefined;
const termOf = (view: NodeView) => (view.contextOf('election') as Election | undefined)?.term ?? 0;

/** The first entry of a leader's own term stands behind all of earlier terms. */
const committed = (term: number, leader: string): Emitted => ({
  type: 'replica.committed',
  index: term,
  term,
  command: { kind: 'term.open', leader },
});
const read: Emitted = { type: 'lease.ask', owner: 'client', ticket: 1 };

const requestsOf = (view: NodeView): Emitted[] => {
  if (view.stateOf('election') !== 'leader') return [];
  const term = termOf(view);
  const isOpen = leaseOf(view)?.commit.term === term;
  return isOpen ? [read] : [read, committed(term, view.local.node)];
};

/** Whether a read that is asked for now would be answered at once. */
const serves = (view: NodeView): boolean => {
  const lease = leaseOf(view);
  return (
    lease !== undefined &&
    view.stateOf('lease').startsWith('leading') &&
    lease.barredUntilMs <= 0 &&
    lease.commit.term === lease.term &&
    lease.untilMs !== null &&
    lease.untilMs > 0
  );
};

const answer = ({ heard }: Deal) =>
  heard.flatMap((event) => (event.type === 'lease.answered' ? [event] : []))[0];
const isServed = (deal: Deal) => answer(deal)?.index !== undefined;

interface Options {
  readonly name: string;
  readonly title: string;
  readonly nodes: readonly string[];
  readonly termMax: number;
  /** Rounds of one node. */
  readonly roundsMax: number;
  /** Nodes that stand for election once the first leads. */
  readonly standing: readonly string[];
  readonly bounds: Bounds;
  readonly counts?: Counts;
}

export const leaseModel = ({ nodes, termMax, roundsMax, standing, ...rest }: Options): Model => ({
  ...rest,
  setup: setupOf(nodes),
  limits: [
    `terms ${FIRST_TERM + 1} to ${termMax}, and no polls for later ones`,
    'in each tick every clock gains 1 or 2, a drift of a third; ticks without bound',
    `a lease of ${timing.leaseMs}, so that a new leader waits for 4; a round again after ${timing.retryMs}`,
    `alarms at most ${LATENESS_MAX} late, but where a node is stalled`,
    `at most ${roundsMax} rounds of a node`,
    `no leader is heard, so that ${standing.join(' and ')} may stand at any moment`,
  ],
  opening: [
    { node: nodes[0] as string, fires: 'place' },
    { node: nodes[0] as string, asks: committed(FIRST_TERM + 1, nodes[0] as string) },
  ],
  disks: () => ({ vote: { term: FIRST_TERM, votedFor: null } }),
  isWithin: (view) => isInTerm(view, termMax) && (leaseOf(view)?.round ?? 0) <= roundsMax,
  mayFire: ({ local }, { id }) => !id.includes('.place.') || standing.includes(local.node),
  requests: requestsOf,
  laws: [votesAreWritten, votesStand],
  summary: (view) => ({ serves: serves(view) }),
  invariant: (summaries) => {
    const serving = nodes.filter((_, k) => (summaries[k] as { serves: boolean }).serves);
    return serving.length > 1 ? `${serving.join(' and ')} serve reads at one instant` : undefined;
  },
  sometimes: {
    'a read is answered by a round': (deal) =>
      isServed(deal) && deal.before.stateOf('lease') === 'leading.renewing',
    'a read is answered under a lease that runs': (deal) =>
      isServed(deal) && deal.before.stateOf('lease') === 'leading.quiet',
    'a new leader waits for the former lease': (deal) =>
      answer(deal)?.problems.some((problem) => problem.includes('former leader')) ?? false,
    'a later leader answers a read': (deal) => isServed(deal) && termOf(deal.after) === termMax,
    'a read is answered in a second round or after it': (deal) =>
      isServed(deal) && (leaseOf(deal.before)?.round ?? 0) > 1,
    'a round is sent again': ({ stimulus, letters }) =>
      stimulus.kind === 'ring' && letters.some(({ heard }) => heard.type === 'lease.renew'),
    'a node comes back with its term': ({ stimulus, after }) =>
      stimulus.kind === 'start' && termOf(after) > FIRST_TERM,
  },
});

/** One change of leader, with reads of both. */
export const lease = leaseModel({
  name: 'lease',
  title: 'three nodes whose clocks drift, reads under leases, one change of leader',
  nodes: ['a', 'b', 'c'],
  termMax: 3,
  roundsMax: 2,
  standing: ['b'],
  bounds: {
    crashes: 1,
    drops: 1,
    duplicates: 1,
    timeouts: 1,
    beats: 0,
    requests: 4,
    letters: 3,
    stalls: 1,
  },
  counts: { states: 495_010, transitions: 4_904_782, depth: 31 },
});
