/**
 * Decides, on the leader, who votes: promotes learners that have settled, retires voters that are
 * dead, takes out nodes that said goodbye. One change at a time, each through the log; whether it
 * may be made is checked again by the replica.
 *
 * An odd number of voters, at most seven: an even number survives no more losses than one less.
 * Three voters are not reduced because one is dead, so that a district does not talk itself into
 * trusting a single disk. Who decides is `wanted`, a pure function.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import { type Command, type State, VOTERS_MAX, type Voter } from '../protocol/command.ts';
import type { Emitted, FactAs } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { apply, initialState } from './district-state.ts';
import { type Pairs, valueAt, withoutPair, withPair } from './map.ts';

/** Fewer voters than this are not wanted because some are dead. */
const VOTERS_KEPT = 3;

export interface ElectorateInput {
  readonly id: string;
  readonly store: string;
  readonly timing: Timing;
}

export interface Presence {
  readonly store: string;
  /** When it came or went, on our clock. */
  readonly sinceAt: number;
  readonly standing: 'here' | 'failed' | 'departed';
}

export interface Context extends ElectorateInput {
  readonly state: State;
  /** Of the configuration in force, committed or not. */
  readonly voters: readonly Voter[];
  readonly peers: Pairs<Presence>;
  /** Nodes that were taken out of the district, as far as it was heard. Sorted. */
  readonly dismissed: readonly string[];
  readonly ticket: number;
  /** When this node began to lead: who was never seen since counts as gone since then. */
  readonly ledAt: number;
}

export type Events =
  | FactAs<'membership.joined' | 'membership.left' | 'election.elected' | 'election.lost'>
  | FactAs<'replica.committed' | 'replica.restored' | 'replica.configured' | 'clock.due'>
  | FactAs<'contract.changed'>;

/** The change the leader wants next, if any. */
export const wanted = (context: Context, now: number): Command | undefined => {
  const { id, store, state, voters, peers, timing } = context;
  const departed = state.members.find(({ node }) => valueAt(peers, node)?.standing === 'departed');
  if (departed) return { kind: 'district.dismiss', node: departed.node };
  const isHere = (voter: Voter) => {
    if (voter.node === id) return voter.store === store;
    const peer = valueAt(peers, voter.node);
    return peer?.standing === 'here' && peer.store === voter.store;
  };
  const isSettled = ({ node }: Voter) =>
    node === id || now - (valueAt(peers, node)?.sinceAt ?? context.ledAt) >= timing.settleMs;
  const isVoter = ({ node, store: of }: Voter) =>
    voters.some((voter) => voter.node === node && voter.store === of);
  const ready = state.members.filter(
    (member) => isHere(member) && (isVoter(member) || isSettled(member)),
  );
  const living = voters.filter(isHere);
  const target = Math.min(VOTERS_MAX, ready.length % 2 === 0 ? ready.length - 1 : ready.length);
  const learner = ready.find((member) => !isVoter(member));
  if (living.length < target && learner && voters.length <= VOTERS_MAX) {
    const { node, store: of } = learner;
    return { kind: 'voters.change', voters: [...voters, { node, store: of }] };
  }
  const gone = voters.filter((voter) => !isHere(voter) && isSettled(voter));
  // A founder that died before it enrolled has not left: it is dead like any other.
  const hasLeft = ({ node }: Voter) =>
    !state.members.some((member) => member.node === node) &&
    (context.dismissed.includes(node) || valueAt(peers, node)?.standing === 'departed');
  // Who has left goes first: one that is only dead may have to stay.
  const dead = gone.find(hasLeft) ?? gone[0];
  // The dead make room: first a learner votes, then a dead one no longer does.
  const isEnough = living.length >= Math.max(target, VOTERS_KEPT) || voters.length > VOTERS_MAX;
  if (dead && (hasLeft(dead) || isEnough) && living.length * 2 > voters.length - 1) {
    return { kind: 'voters.change', voters: voters.filter((voter) => voter !== dead) };
  }
  // Founders vote before they are members: they are not too many, they are not enrolled yet.
  const isSure = ready.filter(isVoter).length === voters.length;
  if (isSure && voters.length > target) {
    const last = voters.findLast(({ node }) => node !== id);
    return { kind: 'voters.change', voters: voters.filter((voter) => voter !== last) };
  }
  return undefined;
};

const dismissedBy = (dismissed: readonly string[], command: Command): readonly string[] => {
  if (command.kind !== 'district.admit' && command.kind !== 'district.dismiss') return dismissed;
  const others = dismissed.filter((node) => node !== command.node);
  return command.kind === 'district.admit' ? others : [...others, command.node].sort();
};

const WAKE = 'electorate:look';

export const electorateMachine = setup({
  types: {} as { input: ElectorateInput; context: Context; events: Events; emitted: Emitted },
  guards: {
    isSelf: ({ context, event }) =>
      event.type === 'election.elected' && event.leader === context.id,
    isLook: ({ event }) => event.type === 'clock.due' && event.id === WAKE,
  },
  actions: {
    notePeer: assign(({ context, event }) => {
      if (event.type === 'membership.joined') {
        const { peer, store, at: sinceAt } = event;
        return { peers: withPair(context.peers, peer, { store, sinceAt, standing: 'here' }) };
      }
      if (event.type !== 'membership.left') return {};
      const { peer, how, at: sinceAt } = event;
      const known = valueAt(context.peers, peer);
      if (!known || how === 'restarted') return { peers: withoutPair(context.peers, peer) };
      const standing = how === 'goodbye' ? ('departed' as const) : ('failed' as const);
      return { peers: withPair(context.peers, peer, { ...known, sinceAt, standing }) };
    }),
    learn: assign(({ context, event }) => {
      if (event.type === 'replica.restored') return { state: event.state };
      if (event.type !== 'replica.committed') return {};
      const { command } = event;
      return {
        state: apply(context.state, command),
        dismissed: dismissedBy(context.dismissed, command),
      };
    }),
    noteVoters: assign(({ event }) =>
      event.type === 'replica.configured' ? { voters: event.voters } : {},
    ),
    lookSoon: emit(({ context, event }) => ({
      type: 'clock.wake' as const,
      id: WAKE,
      atMs: event.at + context.timing.retryMs,
    })),
    look: enqueueActions(({ context, event, enqueue }) => {
      const command = wanted(context, event.at);
      if (!command) return;
      const ticket = context.ticket + 1;
      enqueue.assign({ ticket });
      enqueue.emit({ type: 'replica.request', owner: 'electorate', ticket, command });
    }),
  },
}).createMachine({
  id: 'electorate',
  context: ({ input }) => ({
    ...input,
    state: initialState([]),
    voters: [],
    peers: [],
    dismissed: [],
    ticket: 0,
    ledAt: 0,
  }),
  initial: 'following',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
    'membership.joined': { actions: 'notePeer' },
    'membership.left': { actions: 'notePeer' },
    'replica.committed': { actions: 'learn' },
    'replica.restored': { actions: 'learn' },
    'replica.configured': { actions: 'noteVoters' },
  },
  states: {
    following: { on: { 'election.elected': { guard: 'isSelf', target: 'leading' } } },
    leading: {
      entry: [assign({ ledAt: ({ event }) => event.at }), 'lookSoon'],
      on: {
        'clock.due': { guard: 'isLook', actions: ['look', 'lookSoon'] },
        // A goodbye is answered at once.
        'membership.left': { actions: ['notePeer', 'lookSoon'] },
        'election.elected': {
          guard: ({ context, event }) => event.leader !== context.id,
          target: 'following',
        },
        'election.lost': 'following',
      },
    },
  },
});
