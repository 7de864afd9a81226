/**
 * Declares the search of the electorate, where time passes: a leader of five voters whose peers
 * fail and come back at any moment, and which retires and promotes them when they have settled.
 *
 * The replica is left out: what the leader wants may be in force at any moment, or never. That such
 * changes are made one by one and keep what is committed is the matter of the untimed models.
 */
import { type Context, electorateMachine, wanted } from '../../../machines/electorate.ts';
import { valueAt } from '../../../machines/map.ts';
import type { Command, State, Voter } from '../../../protocol/command.ts';
import type { Emitted } from '../../../protocol/event.ts';
import { lan } from '../../../protocol/timing.ts';
import type { Bounds, Counts, Deal, Model } from '../model.ts';
import { type NodeView, storeOf } from '../node.ts';
import { votersOf } from './election.ts';

const LEADER = 'a';
const timing = { ...lan(), settleMs: 2, retryMs: 1 };
const LATENESS_MAX = 1;
/** Fewer voters are never wanted because some are dead. */
const VOTERS_KEPT = 3;

const electorateOf = (view: NodeView) => view.contextOf('electorate') as Context;

const joined = (peer: string): Emitted => ({
  type: 'membership.joined',
  peer,
  peerIncarnation: 1,
  store: storeOf(peer),
  host: '127.0.0.1',
  port: 6000,
});
const failed = (peer: string): Emitted => ({
  type: 'membership.left',
  peer,
  how: 'failed',
  reason: 'it is silent',
});

const isHere = ({ peers, id }: Context, { node }: Voter): boolean =>
  node === id || valueAt(peers, node)?.standing === 'here';

/** By the law's own arithmetic, because the machine's is what is searched. */
const hasSettled = ({ peers, ledAt, id }: Context, { node }: Voter): boolean =>
  node === id || (valueAt(peers, node)?.sinceAt ?? ledAt) <= -timing.settleMs;

const changeOf = ({ heard }: Deal): readonly Voter[] | undefined =>
  heard
    .map((event) => (event.type === 'replica.request' ? event.command : undefined))
    .flatMap((command?: Command) => (command?.kind === 'voters.change' ? [command.voters] : []))[0];

const without = (some: readonly Voter[], others: readonly Voter[]) =>
  some.filter(({ node }) => !others.some((other) => other.node === node));

/** What a change of voters must keep to. */
const changesAreSafe = (deal: Deal): string | undefined => {
  const next = changeOf(deal);
  if (!next) return undefined;
  const context = electorateOf(deal.after);
  const livingOf = (voters: readonly Voter[]) =>
    voters.filter((voter) => isHere(context, voter)).length;
  const living = livingOf(next);
  // Without a living majority nothing is committed, and so nothing made worse.
  const couldCommit = livingOf(context.voters) * 2 > context.voters.length;
  if (couldCommit && living * 2 <= next.length)
    return `only ${living} of ${next.length} voters would be alive`;
  for (const voter of without(context.voters, next)) {
    if (next.length < VOTERS_KEPT) return `only ${next.length} voters would be left`;
    const isSpare = living === next.length;
    if (isHere(context, voter) && !isSpare) return `${voter.node} is retired, and is alive`;
    if (!isHere(context, voter) && !hasSettled(context, voter)) {
      return `${voter.node} is retired before it has been gone for long`;
    }
  }
  const hasty = without(next, context.voters).find(
    (voter) => !isHere(context, voter) || !hasSettled(context, voter),
  );
  return hasty && `${hasty.node} is promoted before it has been here for long`;
};

interface Options {
  readonly name: string;
  readonly title: string;
  readonly members: readonly string[];
  /** Members that come and go; the others stay. */
  readonly fickle: readonly string[];
  readonly bounds: Bounds;
  readonly counts?: Counts;
}

export const electorateModel = ({ members, fickle, ...rest }: Options): Model => {
  const state: State = {
    voters: votersOf(members),
    members: members.map((node) => ({ node, store: storeOf(node), links: [] })),
  };
  const peers = members.filter((node) => node !== LEADER);
  return {
    ...rest,
    setup: {
      concerns: { electorate: electorateMachine },
      nodes: [LEADER],
      inputs: (node) => ({ electorate: { id: node, store: storeOf(node), timing } }),
      feeds: () => [
        { type: 'replica.restored', index: 1, term: 1, state },
        { type: 'replica.configured', voters: state.voters, index: 1 },
        ...peers.map(joined),
        { type: 'election.elected', leader: LEADER, term: 1 },
      ],
      time: { concerns: ['electorate'], advances: [1], latenessMax: LATENESS_MAX },
    },
    limits: [
      `a voter settles in ${timing.settleMs}; it is looked every ${timing.retryMs}`,
      `alarms at most ${LATENESS_MAX} late, but where the node is stalled; ticks without bound`,
      `only ${fickle.join(', ')} come and go, and each is counted as a request`,
      'one node, so that nothing can be lost or doubled',
    ],
    requests: (view) => {
      const context = electorateOf(view);
      const change = wanted(context, 0);
      const turns = fickle.map((peer) =>
        valueAt(context.peers, peer)?.standing === 'here' ? failed(peer) : joined(peer),
      );
      return change?.kind === 'voters.change'
        ? [...turns, { type: 'replica.configured', voters: change.voters, index: 2 }]
        : turns;
    },
    laws: [changesAreSafe],
    // One node alone has no more states than its closure.
    closureStepsMax: 0,
    summary: () => null,
    sometimes: {
      'a dead voter is retired': (deal) => {
        const context = electorateOf(deal.after);
        const next = changeOf(deal);
        return (
          next !== undefined &&
          without(context.voters, next).some((voter) => !isHere(context, voter))
        );
      },
      'a learner is promoted': (deal) => {
        const next = changeOf(deal);
        return next !== undefined && next.length > electorateOf(deal.after).voters.length;
      },
      'a dead voter is kept until it has settled': (deal) =>
        deal.stimulus.kind === 'ring' &&
        changeOf(deal) === undefined &&
        electorateOf(deal.after).voters.some((voter) => !isHere(electorateOf(deal.after), voter)),
    },
  };
};

export const electorate = electorateModel({
  name: 'electorate',
  title: 'a leader and its five voters, which fail and come back, where time passes',
  members: ['a', 'b', 'c', 'd', 'e'],
  fickle: ['b', 'c', 'd'],
  bounds: {
    crashes: 1,
    drops: 0,
    duplicates: 0,
    timeouts: 0,
    beats: 0,
    requests: 8,
    letters: 0,
    stalls: 1,
  },
  counts: { states: 51_580, transitions: 201_975, depth: 21 },
});
