/**
 * Keeps the leader's lease, which serves reads alone: while it runs the leader answers from its own
 * state, without a round for each read (Ongaro's thesis, sections 6.4 and 6.4.1). A round is begun
 * only when a read is asked for and no lease runs, so that nothing is sent at rest.
 *
 * What it promises: leased reads of one group never go back, whoever answers them. Let a leader of
 * term t hold a lease won by a round, and let another be elected in a later term.
 * - A round counts when a majority of the voters in force at the counting granted it, each while in
 *   exactly term t. Some voter both granted it and voted for the later leader, or for one between
 *   them, because majorities meet; where voters have changed so far that they need not, the change
 *   was appended after the round was sent, and the later leader was elected after the change.
 * - That voter granted before it voted: it hears `election.advanced` before its vote is written, so
 *   before it is cast, and in a later term it grants nothing. Votes are durable, so it does not fall
 *   back into term t by a restart.
 * - So every round that won the former lease was sent before the later leader was elected. Its lease
 *   ends `leaseMs` of the former leader's clock after the sending, and the later leader serves no
 *   leased read before `leaseMs` of its own clock have passed since its election, stretched by what
 *   one clock may gain on the other. When the later leader answers its first, the former one's
 *   lease has run out.
 * - Where the contract was changed, the later leader waits for the longest lease of all contracts in
 *   its log. The former leader's is among them: it had applied, so committed, what it leased by.
 * - The later leader holds every committed entry, and answers only when one of its own term is
 *   committed, which stands behind all that the former ever committed. So its index is no less.
 * - A read is as of the stamp of its asking or of the grant that won its round; who hears the answer
 *   late may have heard a later one before.
 *
 * What it does not promise: a new leader commits at once, so for the rest of the former lease the
 * former leader answers without what the new one has committed. Who needs more proposes a command.
 *
 * All deadlines are stamps of events, and a round counts from the stamp of the event that began it,
 * which is never later than the sending: a timer that comes late must not lengthen a lease.
 */
import { and, assign, enqueueActions, setup } from 'xstate';
import type { Voter } from '../protocol/command.ts';
import { type Longest, longer } from '../protocol/contract.ts';
import {
  ALL,
  type AskRead,
  type Emitted,
  type FactAs,
  type HeardAs,
  type Stamped,
} from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { isMajority, isVoter } from './ballot.ts';

/** Reads that may wait for one round; more are told to ask again. */
const READS_MAX = 64;
/** Rounds begun for the same reads before they are told to ask again. */
const ROUNDS_MAX = 3;
const WAKE = 'lease:round';

export interface LeaseInput {
  readonly id: string;
  readonly store: string;
  readonly timing: Timing;
}

export interface Context extends LeaseInput {
  readonly term: number;
  readonly leader: string | null;
  readonly voters: readonly Voter[];
  /** The last entry known to be committed. */
  readonly commit: { readonly index: number; readonly term: number };
  /** The longest lease that any leader of this group may have had. */
  readonly longest: Longest;
  /** As leader: before this instant a former lease may run. */
  readonly barredUntilMs: number;
  /** As leader: our lease runs until this instant; null, when there is none. */
  readonly untilMs: number | null;
  readonly round: number;
  /** When the event came that began the round. */
  readonly sentAt: number;
  /** Rounds begun for the reads that wait. */
  readonly rounds: number;
  /** Who granted this round; those that vote are counted. */
  readonly granted: readonly Voter[];
  readonly waiting: readonly Read[];
}

/** A read that is asked for, by whom it is and its ticket there. */
interface Read {
  readonly owner: string;
  readonly ticket: number;
}

export type Events =
  | Stamped<AskRead>
  | HeardAs<'lease.renew' | 'lease.grant'>
  | FactAs<'election.advanced' | 'election.elected' | 'election.lost' | 'node.stopping'>
  | FactAs<'replica.committed' | 'replica.restored' | 'replica.configured' | 'clock.due'>
  | FactAs<'contract.changed'>;

/** How long a new leader waits: a former lease, on the slowest clock, as the fastest measures it. */
export const formerLeaseMs = ({ leaseMs, clockDriftPpmMax }: Longest): number =>
  (leaseMs * (1e6 + clockDriftPpmMax)) / (1e6 - clockDriftPpmMax);

/** By what is agreed, before anybody has a lease of that length. */
const longestBy = (known: Longest, event: Learned): Longest => {
  if (event.type === 'replica.restored') {
    const { contract } = event.state;
    return contract ? longer(known, contract.longest) : known;
  }
  const { command } = event;
  return command.kind === 'contract.prepare'
    ? longer(longer(known, command.from), command.to)
    : known;
};
type Learned = FactAs<'replica.committed' | 'replica.restored'>;

/** Why a node that is in office serves no read yet; undefined, when it may. */
const barOf = ({ term, commit, barredUntilMs }: Context, now: number): string | undefined => {
  if (now < barredUntilMs) return 'the lease of a former leader may not have run out';
  return commit.term === term ? undefined : 'nothing of this term is committed yet';
};

const holds = (voters: readonly Voter[], { node, store }: Voter): boolean =>
  voters.some((voter) => voter.node === node && voter.store === store);

/** In one order, whichever came first. */
const byNode = (a: Voter, b: Voter) =>
  a.node < b.node || (a.node === b.node && a.store < b.store) ? -1 : 1;

const refusal = ({ owner, ticket }: Read, problem: string): Emitted => ({
  type: 'lease.answered',
  ...{ owner, ticket, problems: [problem], transient: true },
});

const reading = ({ owner, ticket }: Read, { commit }: Context): Emitted => ({
  type: 'lease.answered',
  ...{ owner, ticket, index: commit.index, problems: [], transient: false },
});

const nobodyWaits = { waiting: [], granted: [], rounds: 0 };

export const leaseMachine = setup({
  types: {} as { input: LeaseInput; context: Context; events: Events; emitted: Emitted },
  guards: {
    isSelf: ({ context, event }) =>
      event.type === 'election.elected' && event.leader === context.id,
    isBarred: ({ context, event }) => barOf(context, event.at) !== undefined,
    isHeld: ({ context, event }) => context.untilMs !== null && event.at < context.untilMs,
    isFull: ({ context }) => context.waiting.length >= READS_MAX,
    /** Not one term before or after: what this node has promised since is a later leader's. */
    mayGrant: ({ context, event }) =>
      event.type === 'lease.renew' && event.term === context.term && isVoter(context),
    isGrant: ({ context, event }) =>
      event.type === 'lease.grant' &&
      event.term === context.term &&
      event.round === context.round &&
      !holds(context.granted, { node: event.from, store: event.store }),
    /** Won, and in time: a majority that comes later than the lease would end has won nothing. */
    isWon: ({ context, event }) => {
      const { voters, granted, sentAt, timing } = context;
      const count = voters.filter((voter) => holds(granted, voter)).length;
      return isMajority(count, context) && event.at < sentAt + timing.leaseMs;
    },
    isRoundOver: ({ event }) => event.type === 'clock.due' && event.id === WAKE,
    mayTryAgain: ({ context }) => context.rounds < ROUNDS_MAX,
  },
  actions: {
    noteTerm: assign(({ context, event }) =>
      event.type === 'election.advanced' && event.term > context.term
        ? { term: event.term, leader: null }
        : {},
    ),
    noteLeader: assign(({ event }) =>
      event.type === 'election.elected' ? { leader: event.leader, term: event.term } : {},
    ),
    noteCommit: assign(({ context, event }) => {
      if (event.type !== 'replica.committed' && event.type !== 'replica.restored') return {};
      const longest = longestBy(context.longest, event);
      const moreMs = formerLeaseMs(longest) - formerLeaseMs(context.longest);
      const barredUntilMs = context.barredUntilMs + moreMs;
      return { commit: { index: event.index, term: event.term }, longest, barredUntilMs };
    }),
    noteVoters: assign(({ event }) =>
      event.type === 'replica.configured' ? { voters: event.voters } : {},
    ),
    takeOffice: assign(({ context, event }) => ({
      barredUntilMs: event.at + formerLeaseMs(context.longest),
    })),
    /** Whoever waited is told to ask again: of this office no read is served any more. */
    giveUp: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ untilMs: null, ...nobodyWaits });
      for (const read of context.waiting) enqueue.emit(refusal(read, 'this node leads no longer'));
    }),
    sayNotLeader: enqueueActions(({ context: { leader, id }, event, enqueue }) => {
      if (event.type !== 'lease.ask') return;
      const isKnown = leader !== null && leader !== id;
      enqueue.emit(refusal(event, isKnown ? `${leader} leads` : 'no leader is known'));
    }),
    sayBarred: enqueueActions(({ context, event, enqueue }) => {
      if (event.type === 'lease.ask') enqueue.emit(refusal(event, barOf(context, event.at) ?? ''));
    }),
    sayFull: enqueueActions(({ event, enqueue }) => {
      if (event.type === 'lease.ask') enqueue.emit(refusal(event, 'too many reads are waiting'));
    }),
    answer: enqueueActions(({ context, event, enqueue }) => {
      if (event.type === 'lease.ask') enqueue.emit(reading(event, context));
    }),
    wait: assign(({ context, event }) => {
      if (event.type !== 'lease.ask') return {};
      const { owner, ticket } = event;
      return { waiting: [...context.waiting, { owner, ticket }] };
    }),
    beginRound: enqueueActions(({ context, event, enqueue }) => {
      const round = context.round + 1;
      enqueue.assign({
        round,
        sentAt: event.at,
        rounds: context.rounds + 1,
        granted: [{ node: context.id, store: context.store }],
      });
      const atMs = event.at + context.timing.retryMs;
      enqueue.emit({ type: 'clock.wake', id: WAKE, atMs });
      const message = { type: 'lease.renew' as const, term: context.term, round };
      enqueue.emit({ type: 'wire.send', to: ALL, message });
    }),
    grant: enqueueActions(({ context: { store }, event, enqueue }) => {
      if (event.type !== 'lease.renew') return;
      const { from: to, term, round } = event;
      const message = { type: 'lease.grant' as const, term, round, store };
      enqueue.emit({ type: 'wire.send', to, message });
    }),
    count: assign(({ context, event }) => {
      if (event.type !== 'lease.grant') return {};
      const { from: node, store } = event;
      return { granted: [...context.granted, { node, store }].sort(byNode) };
    }),
    win: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ untilMs: context.sentAt + context.timing.leaseMs, ...nobodyWaits });
      for (const read of context.waiting) enqueue.emit(reading(read, context));
    }),
    sayUnanswered: enqueueActions(({ context, enqueue }) => {
      enqueue.assign(nobodyWaits);
      for (const read of context.waiting) {
        enqueue.emit(refusal(read, 'no majority of the voters answers'));
      }
    }),
  },
}).createMachine({
  id: 'lease',
  context: ({ input }) => ({
    ...input,
    longest: longer(input.timing, input.timing),
    term: 0,
    leader: null,
    voters: [],
    commit: { index: 0, term: 0 },
    barredUntilMs: 0,
    untilMs: null,
    round: 0,
    sentAt: 0,
    ...nobodyWaits,
  }),
  initial: 'following',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
    'election.advanced': { target: '.following', actions: 'noteTerm' },
    'election.elected': [
      { guard: 'isSelf', target: '.leading', reenter: true, actions: 'noteLeader' },
      { target: '.following', actions: 'noteLeader' },
    ],
    'election.lost': { target: '.following', actions: assign({ leader: null }) },
    'replica.committed': { actions: 'noteCommit' },
    'replica.restored': { actions: 'noteCommit' },
    'replica.configured': { actions: 'noteVoters' },
    'lease.ask': { actions: 'sayNotLeader' },
    'lease.renew': { guard: 'mayGrant', actions: 'grant' },
    // Before the handover is sent: both hear this before anything that is said in answer goes out.
    'node.stopping': '.stopping',
  },
  states: {
    following: {},
    leading: {
      entry: 'takeOffice',
      exit: 'giveUp',
      initial: 'quiet',
      on: {
        'lease.ask': [
          { guard: 'isBarred', actions: 'sayBarred' },
          { guard: 'isHeld', actions: 'answer' },
          { target: '.renewing', actions: 'wait' },
        ],
      },
      states: {
        /** No read waits; a lease runs, or none is needed. */
        quiet: {},
        /** A round is under way. */
        renewing: {
          entry: 'beginRound',
          always: { guard: 'isWon', target: 'quiet', actions: 'win' },
          on: {
            'lease.ask': [{ guard: 'isFull', actions: 'sayFull' }, { actions: 'wait' }],
            'lease.grant': { guard: 'isGrant', actions: 'count' },
            'clock.due': [
              { guard: and(['isRoundOver', 'mayTryAgain']), target: 'renewing', reenter: true },
              { guard: 'isRoundOver', target: 'quiet', actions: 'sayUnanswered' },
            ],
          },
        },
      },
    },
    /** Of who stops no read is served, whatever becomes of its office. */
    stopping: {
      on: {
        'election.advanced': { actions: 'noteTerm' },
        'election.elected': { actions: 'noteLeader' },
        'election.lost': { actions: assign({ leader: null }) },
        'node.stopping': {},
      },
    },
  },
});
