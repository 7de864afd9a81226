/**
 * Gives a node its group. A district's group is founded by a ballot: single-decree Paxos (Lamport,
 * "Paxos Made Simple", 2001, section 2.2) in which every node is proposer, acceptor and learner,
 * and what is chosen is a group's name with its first voters.
 *
 * Safety: a ballot is one attempt of one node with one store, so it proposes one group: the number
 * is promised on disk before it is said, and the group is accepted on disk by its proposer before
 * it is proposed. A node promises no lesser ballot, accepts none, and both are on disk before they
 * are said. A proposer has heard promises of a majority of N and takes up what the greatest ballot
 * among them accepted. So once a majority of N has accepted one ballot, every later one proposes
 * the same group: two groups are never both founded while at most N nodes, each with one store, take
 * part. N is what the district file expects, or the number of nodes met if that is more; without
 * `expect` nodes that never met may found groups apart, which `merge.ts` brings together.
 *
 * A group is founded when a majority of N has accepted it *and* most of its first voters have, so
 * that it can elect a leader. The first voters are taken from those that promised: they hear and
 * are heard. Nodes that meet a group that is founded join it as learners.
 *
 * Departures: who proposes is settled by place (the least id of those met first, each next one a
 * discovery window later), not by chance. What is proposed again may name voters whose disks are
 * gone: when most of them answer with other stores, that group can never live, and it is void.
 */
import { and, assign, enqueueActions, not, setup } from 'xstate';
import type { Voter } from '../protocol/command.ts';
import {
  ALL,
  type Ballot,
  type Emitted,
  type FactAs,
  type HeardAs,
  type Message,
  type Proposal,
} from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import {
  compareBallots,
  firstVoters,
  including,
  isChosen,
  isSameBallot,
  isVoid,
  quorumOf,
  type StoredBallot,
  type Tally,
  tallied,
} from './founding.ts';
import { type Pairs, valueAt, withoutPair, withPair } from './map.ts';
import { groupName } from './rank.ts';

export interface GenesisInput {
  readonly id: string;
  readonly store: string;
  readonly district: string;
  readonly timing: Timing;
  /** Nodes the district is founded with; founding waits for a majority of them. */
  readonly expect: number;
  readonly isObserver: boolean;
  /** What the store remembers of an earlier life. */
  readonly stored: { readonly group: string; readonly voters: readonly Voter[] } | null;
  /** What the store remembers of a ballot that was under way. */
  readonly ballot: StoredBallot | null;
}

export interface Context extends Omit<GenesisInput, 'ballot'>, StoredBallot {
  /** Nodes met that have no group either: their stores, and in which round they were met last. */
  readonly groupless: Pairs<{ readonly store: string; readonly round: number }>;
  /** Windows of discovery that found no group. */
  readonly round: number;
  /** Windows since this node last took part in a ballot: its turn comes by its place. */
  readonly waited: number;
  /** The greatest round of a ballot that was heard of. */
  readonly heard: number;
  /** As proposer: who promised this ballot, the greatest proposal any of them accepted, and how
   *  often it was asked. */
  readonly promises: readonly Voter[];
  readonly best: Proposal | null;
  readonly tries: number;
  readonly tally: Tally | null;
  readonly ticket: number;
  readonly group: string;
  readonly voters: readonly Voter[];
}

export type Events =
  | HeardAs<'genesis.prepare' | 'genesis.promise' | 'genesis.propose' | 'genesis.accept'>
  | FactAs<'membership.sighted' | 'membership.settled' | 'storage.written'>
  | FactAs<'contract.changed'>;

/** Announcements of a node that may be missed before it counts as gone. */
const MISSED_MAX = 2;
/** How often one ballot is repeated before its proposer looks who is there. */
const TRIES_MAX = 3;

const self = ({ id, store }: Context): Voter => ({ node: id, store });

/** Who could found a group: this node and those it met. */
const met = (context: Context): Voter[] => {
  const others = context.groupless.map(([node, { store }]) => ({ node, store }));
  return including(others, self(context));
};

/** How many nodes there are, as far as this one knows: N of the argument above. */
const nodesOf = (context: Context) => Math.max(context.expect, met(context).length);

const isMine = ({ id, store }: Context, ballot: Ballot | null) =>
  ballot?.node === id && ballot.store === store;

const toAll = (message: Message) => ({ type: 'wire.send' as const, to: ALL, message });

/** What a proposer proposes: what may have been chosen already, or a group of those that promised. */
const choice = (context: Context, ballot: Ballot): Proposal => {
  const { best, promises } = context;
  const quorum = quorumOf(nodesOf(context));
  if (best && !isVoid(best, promises)) return { ...best, ballot, quorum };
  const founders = promises.length;
  const genesis = groupName({ generation: 1, founders, ...ballot });
  return { ballot, genesis, voters: firstVoters(promises), quorum };
};

export const genesisMachine = setup({
  types: {} as { input: GenesisInput; context: Context; events: Events; emitted: Emitted },
  delays: {
    discovery: ({ context }) => context.timing.discoveryMs,
    retry: ({ context }) => context.timing.retryMs,
  },
  guards: {
    remembers: ({ context }) => context.stored !== null,
    isObserver: ({ context }) => context.isObserver,
    /** Its place has come, and enough nodes are here for a majority. */
    isOurTurn: ({ context }) => {
      const nodes = met(context);
      const place = nodes.findIndex(({ node }) => node === context.id);
      return place <= context.waited && nodes.length >= quorumOf(nodesOf(context));
    },
    isFormed: ({ event }) => event.type === 'membership.sighted' && event.group !== '',
    isGreater: ({ context, event }) =>
      'ballot' in event && compareBallots(event.ballot, context.promised) > 0,
    isAcceptable: ({ context, event }) =>
      event.type === 'genesis.propose' &&
      compareBallots(event.ballot, context.promised) >= 0 &&
      compareBallots(event.ballot, context.accepted?.ballot ?? null) > 0,
    isAccepted: ({ context, event }) =>
      event.type === 'genesis.propose' &&
      isSameBallot(event.ballot, context.accepted?.ballot ?? null),
    isForMine: ({ context, event }) =>
      event.type === 'genesis.promise' && isSameBallot(event.ballot, context.promised),
    isUnanimous: ({ context }) => {
      const promised = new Set(context.promises.map(({ node }) => node));
      return met(context).every(({ node }) => promised.has(node));
    },
    hasQuorum: ({ context }) => context.promises.length >= quorumOf(nodesOf(context)),
    isTired: ({ context }) => context.tries >= TRIES_MAX,
    isChosen: ({ context }) => isChosen(context.accepted, context.tally),
    isWritten: ({ context, event }) =>
      event.type === 'storage.written' &&
      event.owner === 'genesis' &&
      event.ticket === context.ticket,
    isOurs: ({ context }) => isMine(context, context.promised),
  },
  actions: {
    meet: assign(({ context, event }) => {
      if (event.type !== 'membership.sighted') return {};
      const { peer, store, group, phase } = event;
      const { groupless, round } = context;
      if (group !== '' || phase === 'observer') {
        return { groupless: withoutPair(groupless, peer) };
      }
      const known = valueAt(groupless, peer);
      // Heard again is nothing new.
      if (known?.store === store && known.round === round) return {};
      return { groupless: withPair(groupless, peer, { store, round }) };
    }),
    /** Who was met and is gone must not be waited for, whatever its place. */
    lookAgain: assign(({ context: { groupless, round, waited, timing } }) => {
      const isHere = (last: number) =>
        (round - last) * timing.discoveryMs <= MISSED_MAX * timing.announceMs;
      const here = groupless.filter(([, { round: last }]) => isHere(last));
      return { groupless: here, round: round + 1, waited: waited + 1 };
    }),
    /** Who was not answered stands at the end of the line: others may be heard where it is not. */
    standBack: assign({ waited: ({ context }) => -met(context).length }),
    recall: assign(({ context }) => context.stored ?? {}),
    noteRound: assign(({ context, event }) =>
      'ballot' in event ? { heard: Math.max(context.heard, event.ballot.round) } : {},
    ),
    /** Numbers a ballot of our own: above all that was promised or heard of. */
    number: assign(({ context }) => {
      const round = Math.max(context.heard, context.promised?.round ?? 0) + 1;
      return { promised: { round, ...self(context) }, heard: round, promises: [], tries: 0 };
    }),
    promise: assign(({ event }) =>
      event.type === 'genesis.prepare' ? { promised: event.ballot, waited: 0 } : {},
    ),
    accept: assign(({ event }) => {
      if (event.type !== 'genesis.propose') return {};
      const { ballot, genesis, voters, quorum } = event;
      return { promised: ballot, accepted: { ballot, genesis, voters, quorum }, waited: 0 };
    }),
    /** Our own promise is on disk. */
    promiseOurselves: assign(({ context }) => ({
      promises: [self(context)],
      best: context.accepted,
    })),
    countPromise: assign(({ context, event }) => {
      if (event.type !== 'genesis.promise') return {};
      const { from: node, store, accepted } = event;
      const isBetter =
        accepted && compareBallots(accepted.ballot, context.best?.ballot ?? null) > 0;
      const promises = including(context.promises, { node, store });
      return { promises, ...(isBetter && { best: accepted }) };
    }),
    choose: assign(({ context }) =>
      context.promised ? { accepted: choice(context, context.promised), tries: 0 } : {},
    ),
    tryAgain: assign({ tries: ({ context }) => context.tries + 1 }),
    count: assign(({ context, event }) => {
      if (event.type !== 'genesis.accept') return {};
      const { from: node, store, ballot } = event;
      return { tally: tallied(context.tally, ballot, { node, store }) };
    }),
    /** Our own acceptance is on disk. */
    countOurselves: assign(({ context }) =>
      context.accepted
        ? { tally: tallied(context.tally, context.accepted.ballot, self(context)) }
        : {},
    ),
    found: assign(({ context: { accepted } }) =>
      accepted ? { group: accepted.genesis, voters: accepted.voters } : {},
    ),
    /** Who accepted the group that it meets knows its voters; others learn them. */
    join: assign(({ context: { accepted }, event }) => {
      if (event.type !== 'membership.sighted') return {};
      const isKnown = accepted?.genesis === event.group;
      return { group: event.group, voters: isKnown ? accepted.voters : [] };
    }),
    writeBallot: enqueueActions(({ context: { promised, accepted, ticket }, enqueue }) => {
      const puts = [{ key: 'genesis', value: { promised, accepted } }];
      enqueue.assign({ ticket: ticket + 1 });
      enqueue.emit({
        type: 'storage.write',
        ...{ owner: 'genesis', ticket: ticket + 1, puts, removes: [] },
      });
    }),
    writeGroup: enqueueActions(({ context: { group, voters, ticket }, enqueue }) => {
      const puts = [{ key: 'group', value: { group, voters } }];
      enqueue.assign({ ticket: ticket + 1 });
      enqueue.emit({
        type: 'storage.write',
        ...{ owner: 'genesis', ticket: ticket + 1, puts, removes: [] },
      });
    }),
    sayPrepare: enqueueActions(({ context: { district, promised }, enqueue }) => {
      if (promised) enqueue.emit(toAll({ type: 'genesis.prepare', district, ballot: promised }));
    }),
    sayPromise: enqueueActions(({ context, enqueue }) => {
      const { district, store, promised, accepted } = context;
      if (!promised) return;
      const last = accepted && { accepted };
      enqueue.emit(toAll({ type: 'genesis.promise', district, store, ballot: promised, ...last }));
    }),
    sayPropose: enqueueActions(({ context: { district, accepted }, enqueue }) => {
      if (accepted) enqueue.emit(toAll({ type: 'genesis.propose', district, ...accepted }));
    }),
    sayAccept: enqueueActions(({ context: { district, store, accepted }, enqueue }) => {
      if (!accepted) return;
      const { ballot } = accepted;
      enqueue.emit(toAll({ type: 'genesis.accept', district, store, ballot }));
    }),
    announce: enqueueActions(({ context: { group, voters }, enqueue }) => {
      const founded = voters.length > 0 && { voters: [...voters] };
      enqueue.emit({ type: 'genesis.formed', group, ...founded });
    }),
  },
}).createMachine({
  id: 'genesis',
  context: ({ input: { ballot, ...input } }) => ({
    ...input,
    ...(ballot ?? { promised: null, accepted: null }),
    groupless: [],
    round: 0,
    waited: 0,
    heard: 0,
    promises: [],
    best: null,
    tries: 0,
    tally: null,
    ticket: 0,
    group: '',
    voters: [],
  }),
  initial: 'unsettled',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
  },
  states: {
    /** Until it is sure that nobody else goes by its id, a node promises nothing. */
    unsettled: {
      on: {
        'membership.sighted': { actions: 'meet' },
        'membership.settled': [
          { guard: 'remembers', target: 'formed', actions: 'recall' },
          { guard: 'isObserver', target: 'watching' },
          { target: 'groupless' },
        ],
      },
    },
    /** An observer takes no part in a ballot. */
    watching: {
      on: { 'membership.sighted': { guard: 'isFormed', target: 'joining', actions: 'join' } },
    },
    groupless: {
      initial: 'seeking',
      on: {
        'membership.sighted': [
          { guard: 'isFormed', target: 'joining', actions: 'join' },
          { actions: 'meet' },
        ],
        'genesis.prepare': {
          guard: 'isGreater',
          target: '.promising',
          actions: ['promise', 'noteRound'],
        },
        'genesis.propose': {
          guard: 'isAcceptable',
          target: '.accepting',
          actions: ['accept', 'noteRound'],
        },
        'genesis.promise': { actions: 'noteRound' },
        'genesis.accept': { actions: ['count', 'noteRound'] },
      },
      states: {
        seeking: {
          always: { guard: 'isChosen', target: '#genesis.joining', actions: 'found' },
          on: {
            'genesis.prepare': [
              { guard: 'isGreater', target: 'promising', actions: ['promise', 'noteRound'] },
              { actions: 'sayPromise' },
            ],
            'genesis.propose': [
              { guard: 'isAcceptable', target: 'accepting', actions: ['accept', 'noteRound'] },
              { guard: 'isAccepted', actions: 'sayAccept' },
              { actions: 'sayPromise' },
            ],
          },
          after: {
            discovery: [
              { guard: 'isOurTurn', target: 'promising', actions: 'number' },
              { target: 'seeking', reenter: true, actions: 'lookAgain' },
            ],
          },
        },
        promising: {
          entry: 'writeBallot',
          on: {
            'storage.written': [
              { guard: not('isWritten') },
              { guard: 'isOurs', target: 'preparing', actions: 'promiseOurselves' },
              { target: 'seeking', actions: 'sayPromise' },
            ],
          },
        },
        preparing: {
          entry: 'sayPrepare',
          always: {
            guard: and(['isUnanimous', 'hasQuorum']),
            target: 'accepting',
            actions: 'choose',
          },
          on: {
            'genesis.promise': [
              { guard: 'isForMine', actions: 'countPromise' },
              { guard: 'isGreater', target: 'seeking', actions: 'noteRound' },
            ],
          },
          after: {
            retry: [
              { guard: 'hasQuorum', target: 'accepting', actions: 'choose' },
              { guard: 'isTired', target: 'seeking', actions: ['lookAgain', 'standBack'] },
              { target: 'preparing', reenter: true, actions: 'tryAgain' },
            ],
          },
        },
        accepting: {
          entry: 'writeBallot',
          on: {
            'storage.written': [
              { guard: not('isWritten') },
              { guard: 'isOurs', target: 'proposing', actions: 'countOurselves' },
              { target: 'seeking', actions: ['countOurselves', 'sayAccept'] },
            ],
          },
        },
        proposing: {
          entry: ['sayPropose', 'sayAccept'],
          always: { guard: 'isChosen', target: '#genesis.joining', actions: 'found' },
          on: {
            'genesis.promise': {
              guard: 'isGreater',
              target: 'seeking',
              actions: 'noteRound',
            },
          },
          after: {
            retry: [
              { guard: 'isTired', target: 'seeking', actions: ['lookAgain', 'standBack'] },
              { target: 'proposing', reenter: true, actions: 'tryAgain' },
            ],
          },
        },
      },
    },
    joining: {
      entry: 'writeGroup',
      on: { 'storage.written': { guard: 'isWritten', target: 'formed' } },
    },
    formed: { entry: 'announce' },
  },
});
