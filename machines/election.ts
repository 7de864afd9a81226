/**
 * Elects at most one leader a term: Raft's rules (Ongaro and Ousterhout, USENIX ATC 2014, section
 * 5.2 and 5.4.1; Ongaro's thesis, sections 3.10, 4.2.3, 6.2 and 9.6).
 *
 * Safety: a voter gives one vote a term, and the vote is on disk before it is cast. Between asking
 * for the write and casting, the voter's log may have grown, so its log is compared again when the
 * write is done. Majorities of one voter set meet, so no two candidates of one term both lead.
 *
 * Departures: symmetry is broken by place, not by chance. The voters stand in a line, rotated by
 * the attempt; place k waits k × spacing and then stands whether or not the one before it did. A
 * poll (pre-vote) changes nothing, so a cut-off node cannot disturb; a refusal to a poll is
 * withdrawn when the refuser loses its leader too. Followers' beats are the leader's heartbeat
 * answers: a leader that hears no majority of them steps down, and so does one whose clock jumped.
 */
import { and, assign, enqueueActions, setup } from 'xstate';
import type { Voter } from '../protocol/command.ts';
import { ALL, type Emitted, type FactAs, type HeardAs } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import {
  type Following,
  followingOf,
  isMajority,
  isUpToDate,
  isVoter,
  type LogEnd,
  logEnd,
  ownVote,
  placeOf,
  reply,
  successorOf,
  voteWrite,
} from './ballot.ts';

/** Failed attempts after which waiting grows no longer. */
const BACKOFF_MAX = 6;

export interface ElectionInput {
  readonly id: string;
  readonly store: string;
  readonly timing: Timing;
  /** What the store remembers: the term of the last vote, and whom it went to. */
  readonly stored: { readonly term: number; readonly votedFor: string | null };
}

export interface Context extends LogEnd {
  readonly id: string;
  readonly store: string;
  readonly timing: Timing;
  readonly term: number;
  readonly votedFor: string | null;
  readonly voters: readonly Voter[];
  /** Who voted before a change that may not be committed yet. */
  readonly former: readonly Voter[];
  readonly leader: string | null;
  /** The leader lost last: it does not stand in line. */
  readonly lost: string | null;
  /** Rounds that failed since the last leader. */
  readonly attempt: number;
  /** Voters that granted in this round. */
  readonly granted: readonly string[];
  readonly ticket: number;
  /** The claim whose vote is being written. */
  readonly claim: (LogEnd & { readonly from: string; readonly term: number }) | null;
  /** The poll refused last because of a leader, granted late if that leader is lost. */
  readonly refusedPoll: (LogEnd & { readonly from: string; readonly term: number }) | null;
  /** As leader: when each node last said that it follows, and how far its log matches. */
  readonly followers: Readonly<Record<string, Following>>;
  readonly isTransfer: boolean;
}

export type Events =
  | HeardAs<'election.poll' | 'election.lean' | 'election.claim' | 'election.vote'>
  | HeardAs<'election.handover' | 'detector.beat' | 'replica.prepare'>
  | FactAs<'detector.suspected' | 'membership.left' | 'storage.written' | 'clock.due'>
  | FactAs<'clock.jumped' | 'contract.changed'>
  | FactAs<'replica.appended' | 'replica.configured' | 'replica.drained'>;

export const electionMachine = setup({
  types: {} as { input: ElectionInput; context: Context; events: Events; emitted: Emitted },
  delays: {
    leaderSilence: ({ context }) => context.timing.leaderSilenceMs,
    place: ({ context }) => {
      const waits = placeOf(context) + Math.min(context.attempt, BACKOFF_MAX);
      return waits * context.timing.placeSpacingMs;
    },
    round: ({ context }) => context.timing.placeSpacingMs,
    /** Longer with every attempt, so that a slow disk only delays an election. */
    voteRound: ({ context }) =>
      (2 + Math.min(context.attempt, BACKOFF_MAX)) * context.timing.placeSpacingMs,
  },
  guards: {
    isVoter: ({ context }) => isVoter(context),
    /** Thesis section 4.2.2: who holds the change that takes his vote may be the only one who can win. */
    mayStand: ({ context }) => isVoter(context) || isVoter({ ...context, voters: context.former }),
    hasMajority: ({ context }) => isMajority(context.granted.length, context),
    isFromLeader: ({ context, event }) =>
      (event.type === 'replica.prepare' ||
        (event.type === 'detector.beat' && event.leader === event.from)) &&
      event.from !== context.id &&
      (event.term > context.term ||
        // A term has one leader: who else claims it lies.
        (event.term === context.term && [event.from, null].includes(context.leader))),
    isFromMyLeader: ({ context, event }) =>
      'from' in event &&
      event.from === context.leader &&
      'term' in event &&
      event.term === context.term &&
      (event.type !== 'detector.beat' || event.leader === event.from),
    /** The leader of this term says, by its beat, that it leads no longer. */
    hasResigned: ({ context, event }) =>
      event.type === 'detector.beat' &&
      event.from === context.leader &&
      event.term === context.term &&
      event.leader !== event.from,
    /** A term that is there already. What a poll was granted for is only a term that may come. */
    isNewer: ({ context, event }) =>
      'term' in event &&
      event.term > context.term &&
      !(event.type === 'election.lean' && event.granted),
    isAboutLeader: ({ context, event }) => 'peer' in event && event.peer === context.leader,
    isWritten: ({ context, event }) =>
      event.type === 'storage.written' &&
      event.owner === 'election' &&
      event.ticket === context.ticket,
    /** A claim this node may vote for, as far as its term and its log say. */
    isEligible: ({ context, event }) =>
      event.type === 'election.claim' &&
      event.from !== context.id &&
      isUpToDate(event, context) &&
      (event.term > context.term || (event.term === context.term && context.votedFor === null)),
    isRepeated: ({ context, event }) =>
      event.type === 'election.claim' &&
      event.term === context.term &&
      event.from === context.votedFor,
    isTransfer: ({ event }) => event.type === 'election.claim' && event.transfer,
    isOther: ({ context, event }) => 'from' in event && event.from !== context.id,
    isClaimStillGood: ({ context }) =>
      context.claim !== null &&
      context.claim.term === context.term &&
      isUpToDate(context.claim, context),
    /** The refuser's log is ahead: it is for the refuser to stand. */
    isAhead: ({ context, event }) =>
      (event.type === 'election.lean' || event.type === 'election.vote') &&
      !event.granted &&
      !isUpToDate(context, event),
    isGrant: ({ context, event }) =>
      (event.type === 'election.lean' || event.type === 'election.vote') &&
      event.granted &&
      event.term === context.term + (event.type === 'election.lean' ? 1 : 0) &&
      !context.granted.includes(event.from) &&
      context.voters.some(({ node, store }) => node === event.from && store === event.store),
    hasQuorum: ({ context, event }) => {
      const { voters, id, store } = context;
      const heard = voters.filter(
        (voter) =>
          (voter.node === id && voter.store === store) ||
          followingOf(context, voter, event.at) !== undefined,
      );
      return isMajority(heard.length, context);
    },
    isQuorumCheck: ({ event }) => event.type === 'clock.due' && event.id === 'election:quorum',
    isForMyTerm: ({ context, event }) =>
      event.type === 'election.handover' && event.term === context.term,
  },
  actions: {
    /** Tells the term that the store remembers: what is older must not be acknowledged any more. */
    tellTerm: enqueueActions(({ context: { term }, enqueue }) => {
      if (term > 0) enqueue.emit({ type: 'election.advanced', term });
    }),
    /** Enters the term of an event; the vote of the former one no longer counts. */
    advance: enqueueActions(({ context, event, enqueue }) => {
      if (!('term' in event) || event.term <= context.term) return;
      enqueue.assign({ term: event.term, votedFor: null, leader: null, claim: null });
      enqueue.emit({ type: 'election.advanced', term: event.term });
    }),
    noteVoters: assign(({ event }) =>
      event.type === 'replica.configured'
        ? { voters: event.voters, former: event.former ?? [] }
        : {},
    ),
    noteLogEnd: assign(({ event }) =>
      event.type === 'replica.appended' ? { lastTerm: event.term, lastIndex: event.index } : {},
    ),
    noteLeader: enqueueActions(({ context, event, enqueue }) => {
      if (!('from' in event) || context.leader === event.from) return;
      enqueue.assign({ leader: event.from, lost: null, attempt: 0, refusedPoll: null });
      enqueue.emit({ type: 'election.elected', leader: event.from, term: context.term });
    }),
    loseLeader: enqueueActions(({ context, event, enqueue }) => {
      if (context.leader === null) return;
      const reason =
        event.type === 'detector.suspected' || event.type === 'membership.left'
          ? event.reason
          : event.type === 'detector.beat'
            ? 'it says that it leads no longer'
            : `silent for ${context.timing.leaderSilenceMs} ms`;
      enqueue.assign({ leader: null, lost: context.leader });
      enqueue.emit({ type: 'election.lost', term: context.term, reason });
    }),
    stepDown: enqueueActions(({ context, event, enqueue }) => {
      enqueue.assign({ leader: null, lost: null, followers: {} });
      const reason =
        event.type === 'clock.jumped'
          ? 'stepped down: its clock, which is the time of its term, stood still or jumped'
          : 'stepped down: no majority was heard, or a newer term is there';
      enqueue.emit({ type: 'election.lost', term: context.term, reason });
    }),
    tryAgain: assign({ attempt: ({ context }) => context.attempt + 1 }),
    refusePoll: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'election.poll' || event.from === context.id) return;
      const { from, term } = event;
      enqueue.assign({ refusedPoll: { from, term, ...logEnd(event) } });
      enqueue.emit(reply(context, { type: 'election.lean', to: from, granted: false }));
    }),
    answerPoll: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'election.poll' || event.from === context.id) return;
      const granted = event.term > context.term && isUpToDate(event, context);
      const { term } = granted ? event : context;
      enqueue.emit(reply(context, { type: 'election.lean', to: event.from, term, granted }));
    }),
    /** Grants the poll refused while the leader seemed well. */
    withdrawRefusal: enqueueActions(({ context, enqueue }) => {
      const poll = context.refusedPoll;
      if (!poll) return;
      enqueue.assign({ refusedPoll: null });
      if (poll.term <= context.term || !isUpToDate(poll, context)) return;
      const { from: to, term } = poll;
      enqueue.emit(reply(context, { type: 'election.lean', to, term, granted: true }));
    }),
    poll: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ granted: ownVote(context) });
      enqueue.emit({
        type: 'wire.send',
        to: ALL,
        message: { type: 'election.poll', term: context.term + 1, ...logEnd(context) },
      });
    }),
    stand: enqueueActions(({ context, enqueue }) => {
      const term = context.term + 1;
      const ticket = context.ticket + 1;
      enqueue.assign({ term, votedFor: context.id, ticket, granted: [], leader: null });
      enqueue.emit({ type: 'election.advanced', term });
      enqueue.emit(voteWrite(ticket, { term, votedFor: context.id }));
    }),
    claim: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ granted: ownVote(context), isTransfer: false });
      enqueue.emit({
        type: 'wire.send',
        to: ALL,
        message: {
          type: 'election.claim',
          term: context.term,
          transfer: context.isTransfer,
          ...logEnd(context),
        },
      });
    }),
    count: assign(({ context, event }) =>
      'from' in event ? { granted: [...context.granted, event.from].sort() } : {},
    ),
    /** Asks for the vote to be written; it is cast when that is done, and not before. */
    promiseVote: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'election.claim') return;
      const { from, term } = event;
      const ticket = context.ticket + 1;
      enqueue.assign({ votedFor: from, ticket, claim: { from, term, ...logEnd(event) } });
      enqueue.emit(voteWrite(ticket, { term, votedFor: from }));
    }),
    castVote: enqueueActions(({ context, enqueue }) => {
      if (!context.claim) return;
      enqueue.assign({ claim: null });
      const { from: to } = context.claim;
      enqueue.emit(reply(context, { type: 'election.vote', to, granted: true }));
    }),
    answerClaim: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'election.claim' || event.from === context.id) return;
      // While the vote is being written, `claim` is set, and nothing is granted yet.
      const isCast = context.votedFor === event.from && context.claim === null;
      const granted = event.term === context.term && isCast;
      enqueue.emit(reply(context, { type: 'election.vote', to: event.from, granted }));
    }),
    lead: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ leader: context.id, followers: {}, attempt: 0, refusedPoll: null });
      enqueue.emit({ type: 'election.elected', leader: context.id, term: context.term });
    }),
    noteFollower: assign(({ context, event }) => {
      if (event.type !== 'detector.beat' || event.leader !== context.id) return {};
      if (event.term !== context.term) return {};
      const { from, at: heardAt, store, index } = event;
      return { followers: { ...context.followers, [from]: { at: heardAt, store, index } } };
    }),
    askForQuorumCheck: enqueueActions(({ context, event, enqueue }) => {
      const atMs = event.at + context.timing.leaderSilenceMs;
      enqueue.emit({ type: 'clock.wake', id: 'election:quorum', atMs });
    }),
    /** Names the voter to stand at once: of those that still follow, one that holds all. */
    handOver: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'replica.drained') return;
      const to = successorOf(context, event.holders, event.at);
      if (to === undefined) return;
      const message = { type: 'election.handover' as const, term: context.term };
      enqueue.emit({ type: 'wire.send', to, message });
    }),
  },
}).createMachine({
  id: 'election',
  context: ({ input: { id, store, timing, stored } }) => ({
    id,
    store,
    timing,
    ...stored,
    voters: [],
    former: [],
    leader: null,
    lost: null,
    lastTerm: 0,
    lastIndex: 0,
    attempt: 0,
    granted: [],
    ticket: 0,
    claim: null,
    refusedPoll: null,
    followers: {},
    isTransfer: false,
  }),
  initial: 'follower',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
    // After a restart the log may end in a newer term than that of the last vote: a leader's entries
    // are stored, its term is not. Section 5.1 wants the term as new as the log at least.
    'replica.appended': [
      { guard: 'isNewer', target: '.follower.leaderless', actions: ['advance', 'noteLogEnd'] },
      { actions: 'noteLogEnd' },
    ],
    'replica.configured': { actions: 'noteVoters' },
    'election.poll': { actions: 'answerPoll' },
    'election.claim': [
      {
        guard: and(['isOther', 'isEligible']),
        target: '.follower.voting',
        actions: ['advance', 'promiseVote'],
      },
      {
        guard: and(['isOther', 'isNewer']),
        target: '.follower.leaderless',
        actions: ['advance', 'answerClaim'],
      },
      { actions: 'answerClaim' },
    ],
    'election.lean': { guard: 'isNewer', target: '.follower.leaderless', actions: 'advance' },
    'election.vote': { guard: 'isNewer', target: '.follower.leaderless', actions: 'advance' },
    'detector.beat': {
      guard: 'isFromLeader',
      target: '.follower.following',
      actions: ['advance', 'noteLeader'],
    },
    'replica.prepare': {
      guard: 'isFromLeader',
      target: '.follower.following',
      actions: ['advance', 'noteLeader'],
    },
  },
  states: {
    follower: {
      initial: 'waiting',
      states: {
        /** Until the voters are known there is no election. */
        waiting: {
          entry: 'tellTerm',
          on: {
            'replica.appended': { actions: ['advance', 'noteLogEnd'] },
            'replica.configured': {
              target: 'leaderless',
              actions: 'noteVoters',
            },
          },
        },
        following: {
          after: { leaderSilence: { target: 'leaderless', actions: 'loseLeader' } },
          on: {
            'detector.suspected': {
              guard: 'isAboutLeader',
              target: 'leaderless',
              actions: 'loseLeader',
            },
            'membership.left': {
              guard: 'isAboutLeader',
              target: 'leaderless',
              actions: 'loseLeader',
            },
            'detector.beat': [
              { guard: 'hasResigned', target: 'leaderless', actions: 'loseLeader' },
              { guard: 'isFromMyLeader', target: 'following', reenter: true },
              {
                guard: 'isFromLeader',
                target: 'following',
                reenter: true,
                actions: ['advance', 'noteLeader'],
              },
            ],
            'replica.prepare': [
              { guard: 'isFromMyLeader', target: 'following', reenter: true },
              {
                guard: 'isFromLeader',
                target: 'following',
                reenter: true,
                actions: ['advance', 'noteLeader'],
              },
            ],
            'election.poll': { actions: 'refusePoll' },
            // Thesis section 4.2.3: who hears a leader heeds no candidate, unless the leader sent it.
            'election.claim': [
              {
                guard: and(['isTransfer', 'isOther', 'isEligible']),
                target: 'voting',
                actions: ['advance', 'promiseVote'],
              },
              { guard: 'isRepeated', actions: 'answerClaim' },
              {},
            ],
            'election.handover': {
              guard: and(['isForMyTerm', 'isVoter']),
              target: '#election.candidate',
              actions: assign({ isTransfer: true }),
            },
          },
        },
        leaderless: {
          entry: ['withdrawRefusal', assign({ granted: [], isTransfer: false })],
          after: {
            place: [
              { guard: 'mayStand', target: '#election.prospective' },
              { target: 'leaderless', reenter: true },
            ],
          },
        },
        voting: {
          on: {
            'election.claim': { guard: 'isRepeated' },
            'storage.written': [
              {
                guard: and(['isWritten', 'isClaimStillGood']),
                target: 'leaderless',
                actions: ['castVote', 'tryAgain'],
              },
              { guard: 'isWritten', target: 'leaderless' },
            ],
          },
        },
      },
    },
    prospective: {
      entry: 'poll',
      always: { guard: 'hasMajority', target: 'candidate' },
      on: {
        'election.lean': [
          { guard: 'isGrant', actions: 'count' },
          { guard: 'isNewer', target: 'follower.leaderless', actions: 'advance' },
          { guard: 'isAhead', target: 'follower.leaderless', actions: 'tryAgain' },
        ],
      },
      after: { round: { target: 'follower.leaderless', actions: 'tryAgain' } },
    },
    candidate: {
      initial: 'writing',
      entry: 'stand',
      states: {
        writing: { on: { 'storage.written': { guard: 'isWritten', target: 'asking' } } },
        asking: {
          entry: 'claim',
          always: { guard: 'hasMajority', target: '#election.leader' },
          on: {
            'election.vote': [
              { guard: 'isGrant', actions: 'count' },
              { guard: 'isNewer', target: '#election.follower.leaderless', actions: 'advance' },
            ],
          },
        },
      },
      after: { voteRound: { target: 'follower.leaderless', actions: 'tryAgain' } },
    },
    leader: {
      entry: ['lead', 'askForQuorumCheck'],
      on: {
        'detector.beat': [
          { guard: 'isNewer', target: 'follower.leaderless', actions: ['stepDown', 'advance'] },
          { actions: 'noteFollower' },
        ],
        'replica.prepare': {
          guard: 'isNewer',
          target: 'follower.following',
          actions: ['stepDown', 'advance', 'noteLeader'],
        },
        'election.poll': { actions: 'refusePoll' },
        'election.claim': [
          {
            guard: and(['isOther', 'isEligible']),
            target: 'follower.voting',
            actions: ['stepDown', 'advance', 'promiseVote'],
          },
          {
            guard: 'isNewer',
            target: 'follower.leaderless',
            actions: ['stepDown', 'advance', 'answerClaim'],
          },
          { actions: 'answerClaim' },
        ],
        'election.lean': {},
        'election.vote': {
          guard: 'isNewer',
          target: 'follower.leaderless',
          actions: ['stepDown', 'advance'],
        },
        'clock.due': [
          { guard: and(['isQuorumCheck', 'hasQuorum']), actions: 'askForQuorumCheck' },
          { guard: 'isQuorumCheck', target: 'follower.leaderless', actions: 'stepDown' },
        ],
        'replica.drained': { actions: 'handOver' },
        // Rights of way are timed by its clock, and so is its lease: others must lead now.
        'clock.jumped': { target: 'follower.leaderless', actions: 'stepDown' },
      },
    },
  },
});
