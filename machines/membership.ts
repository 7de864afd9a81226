/**
 * Keeps the view: who is here. Announces itself by multicast, hears others do so, and needs no
 * list of addresses.
 *
 * A peer is in the view when it announces the same district, contract and group, and leaves it by
 * its goodbye or when the detector fails it. A node with another contract is refused, and both
 * sides say which keys differ. A node that finds its own id answering elsewhere is a duplicate.
 * (Views as in SWIM, Das, Gupta, Motivala, DSN 2002; incarnations as in its section 4.2.)
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import {
  ALL,
  type Emitted,
  type FactAs,
  type HeardAs,
  type Message,
  type Only,
} from '../protocol/event.ts';
import {
  type Contract,
  contractDifferences,
  contractDigest,
  type Timing,
} from '../protocol/timing.ts';
import { at, without } from './map.ts';

export const VIEW_MAX = 1000;
/** Refused peers remembered, so that each is told once and not at every announcement. */
const REFUSED_MAX = 100;

export interface Peer {
  readonly incarnation: number;
  readonly store: string;
  readonly host: string;
  readonly port: number;
}

export interface MembershipInput {
  readonly id: string;
  readonly incarnation: number;
  readonly store: string;
  readonly district: string;
  readonly contract: Contract;
  readonly versions: readonly [number, number];
  readonly isObserver: boolean;
  readonly intersection?: { readonly id: string; readonly digest: string };
}

type Announce = HeardAs<'membership.announce'>;

export interface Context extends MembershipInput {
  readonly digest: string;
  readonly timing: Timing;
  readonly address?: { readonly host: string; readonly port: number };
  readonly group: string;
  readonly term: number;
  readonly leader: string | null;
  readonly view: Readonly<Record<string, Peer>>;
  /** Peers refused, with the life in which they were. */
  readonly refused: Readonly<Record<string, number>>;
}

export type Events =
  | Announce
  | HeardAs<'membership.goodbye'>
  | HeardAs<'membership.contract'>
  | HeardAs<'membership.challenge'>
  | HeardAs<'membership.present'>
  | HeardAs<'detector.beat'>
  | FactAs<'wire.opened'>
  | FactAs<'genesis.formed'>
  | FactAs<'detector.failed'>
  | FactAs<'election.elected'>
  | FactAs<'election.lost'>
  | FactAs<'enrolment.refused'>
  | FactAs<'node.stopping'>;

const announcement = (
  context: Context,
  phase: 'joining' | 'member',
  asks: boolean,
): Only<Message, 'membership.announce'> => ({
  type: 'membership.announce',
  district: context.district,
  host: context.address?.host ?? '',
  port: context.address?.port ?? 0,
  store: context.store,
  phase: phase === 'member' && context.isObserver ? 'observer' : phase,
  asks,
  versions: [...context.versions],
  contract: context.digest,
  ...(context.intersection && { intersection: { ...context.intersection } }),
  ...(context.leader !== null && { leader: context.leader }),
  term: context.term,
});

const ourContract = ({ district, contract }: Context) => ({
  type: 'wire.send' as const,
  to: ALL,
  message: { type: 'membership.contract' as const, district, contract },
});

const goodbye = ({ district }: Context, why: 'goodbye' | 'refused') => ({
  type: 'wire.send' as const,
  to: ALL,
  message: { type: 'membership.goodbye' as const, district, why },
});

const isOurs = (context: Context, district: string) => district === context.district;
const isSelf = (context: Context, from: string) => from === context.id;
const isDouble = (context: Context, { from, district, store }: Announce) =>
  isSelf(context, from) && isOurs(context, district) && store !== context.store;

export const membershipMachine = setup({
  types: {} as { input: MembershipInput; context: Context; events: Events; emitted: Emitted },
  delays: {
    joinAnnounce: ({ context }) => context.timing.joinAnnounceMs,
    listen: ({ context }) => context.timing.joinAnnounceMs * 2,
    announce: ({ context }) => context.timing.announceMs,
    answer: ({ context }) => context.timing.joinAnnounceMs / 5,
    challenge: ({ context }) => context.timing.probeTimeoutMs,
    handover: ({ context }) => context.timing.probeTimeoutMs,
    repeat: ({ context }) => context.timing.joinAnnounceMs / 5,
  },
  guards: {
    isDouble: ({ context, event }) =>
      event.type === 'membership.announce' && isDouble(context, event),
    isAsking: ({ context, event }) =>
      event.type === 'membership.announce' &&
      event.asks &&
      !isSelf(context, event.from) &&
      isOurs(context, event.district),
    isStranger: ({ context, event }) =>
      event.type === 'detector.beat' && at(context.view, event.from) === undefined,
    /** Who held our address before us may still be answered there. */
    isOwnName: ({ context, event }) =>
      event.type === 'membership.present' && isSelf(context, event.from),
    leads: ({ context }) => context.leader === context.id,
  },
  actions: {
    announceJoining: emit(({ context }) => ({
      type: 'wire.send' as const,
      to: ALL,
      message: announcement(context, 'joining', true),
    })),
    announce: emit(({ context }) => ({
      type: 'wire.send' as const,
      to: ALL,
      message: announcement(context, 'member', false),
    })),
    askAll: emit(({ context }) => ({
      type: 'wire.send' as const,
      to: ALL,
      message: announcement(context, 'member', true),
    })),
    tellSettled: emit({ type: 'membership.settled' as const }),
    sayGoodbye: emit(({ context }) => goodbye(context, 'goodbye')),
    sayRefused: emit(({ context }) => goodbye(context, 'refused')),
    /** Takes an announcement: refuses, sights, or brings the view up to date. */
    meet: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'membership.announce') return;
      const { from: peer, incarnation, store, host, port, group, phase, leader } = event;
      if (isSelf(context, peer) || !isOurs(context, event.district)) return;
      const [oldest, newest] = event.versions;
      const isVersionShared = oldest <= context.versions[1] && newest >= context.versions[0];
      if (!isVersionShared || event.contract !== context.digest) {
        if (at(context.refused, peer) === incarnation) return;
        enqueue.emit(ourContract(context));
        if (isVersionShared) return;
        const reason = `protocol versions ${oldest}–${newest} there, ${context.versions.join('–')} here`;
        enqueue.assign({ refused: remember(context.refused, peer, incarnation) });
        enqueue.emit({ type: 'membership.refused', peer, reason });
        return;
      }
      const known = at(context.view, peer);
      // A late word of an earlier life must not lead anybody to where it lived.
      if (known && known.incarnation > incarnation) return;
      const led = leader !== undefined && { leader };
      enqueue.emit({ type: 'membership.sighted', peer, store, group, phase, ...led, host, port });
      // An observer takes no part, so nobody watches it.
      if (context.group === '' || group !== context.group || phase !== 'member') return;
      const isSame = known?.incarnation === incarnation && known.store === store;
      if (isSame && known.host === host && known.port === port) return;
      if (!known && Object.keys(context.view).length >= VIEW_MAX) return;
      enqueue.assign({ view: { ...context.view, [peer]: { incarnation, store, host, port } } });
      if (known && !isSame) {
        const reason = `started anew as incarnation ${incarnation}`;
        enqueue.emit({ type: 'membership.left', peer, how: 'restarted', reason });
      }
      enqueue.emit({
        type: 'membership.joined',
        peer,
        peerIncarnation: incarnation,
        store,
        host,
        port,
      });
    }),
    compareContracts: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'membership.contract' || !isOurs(context, event.district)) return;
      const { from: peer, incarnation } = event;
      if (isSelf(context, peer) || at(context.refused, peer) === incarnation) return;
      const differences = contractDifferences(context.contract, event.contract);
      if (differences.length === 0) return;
      enqueue.assign({ refused: remember(context.refused, peer, incarnation) });
      enqueue.emit({
        type: 'membership.refused',
        peer,
        reason: `another contract: ${differences.join('; ')}`,
      });
      // Answers, so that the other side can name the keys too.
      enqueue.emit(ourContract(context));
    }),
    remove: enqueueActions(({ context, event, enqueue }) => {
      const leaving = departureOf(context, event);
      if (!leaving || at(context.view, leaving.peer) === undefined) return;
      enqueue.assign({ view: without(context.view, leaving.peer) });
      enqueue.emit({ type: 'membership.left', ...leaving });
    }),
    challenge: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'membership.announce' || !context.address) return;
      enqueue.emit({
        type: 'wire.send',
        to: { host: event.host, port: event.port },
        message: {
          type: 'membership.challenge',
          district: context.district,
          store: context.store,
          reply: { ...context.address },
        },
      });
    }),
    /** Answers a challenge: I am here. */
    stand: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'membership.challenge' || !isOurs(context, event.district)) return;
      if (event.store === context.store || !isSelf(context, event.from)) return;
      enqueue.emit({
        type: 'wire.send',
        to: event.reply,
        message: { type: 'membership.present', store: context.store },
      });
    }),
    tellDuplicate: emit(({ context, event }) => ({
      type: 'membership.duplicate' as const,
      reason: `another node with the id ${context.id} answers (its store is ${
        event.type === 'membership.present' ? event.store : 'unknown'
      })`,
    })),
    noteLeader: assign(({ event }) =>
      event.type === 'election.elected' ? { leader: event.leader, term: event.term } : {},
    ),
  },
}).createMachine({
  id: 'membership',
  context: ({ input }) => ({
    ...input,
    digest: contractDigest(input.contract),
    timing: input.contract.timing,
    group: '',
    term: 0,
    leader: null,
    view: {},
    refused: {},
  }),
  initial: 'offline',
  on: {
    'membership.announce': { actions: 'meet' },
    'membership.contract': { actions: 'compareContracts' },
    'membership.goodbye': { actions: 'remove' },
    'detector.failed': { actions: 'remove' },
    'election.elected': { actions: 'noteLeader' },
    'election.lost': {
      actions: assign({ leader: null }),
    },
    'genesis.formed': { actions: assign({ group: ({ event }) => event.group }) },
  },
  states: {
    offline: {
      on: {
        'wire.opened': {
          target: 'joining',
          actions: assign({ address: ({ event }) => ({ host: event.host, port: event.port }) }),
        },
      },
    },
    joining: {
      initial: 'listening',
      entry: 'announceJoining',
      on: {
        'membership.announce': [
          { guard: 'isDouble', target: '.challenging', actions: 'challenge' },
          { actions: 'meet' },
        ],
        // Of two that start together, the one with the lesser store stands.
        'membership.challenge': {
          guard: ({ context, event }) => context.store < event.store,
          actions: 'stand',
        },
        'membership.present': {
          guard: 'isOwnName',
          target: 'duplicate',
          actions: 'tellDuplicate',
        },
        'node.stopping': 'left',
      },
      states: {
        listening: {
          after: { listen: '#membership.member', joinAnnounce: { actions: 'announceJoining' } },
        },
        challenging: { after: { challenge: '#membership.member' } },
      },
    },
    duplicate: {},
    member: {
      initial: 'settled',
      entry: ['tellSettled', 'askAll'],
      on: {
        'membership.challenge': { actions: 'stand' },
        'genesis.formed': {
          target: '.asking',
          actions: assign({ group: ({ event }) => event.group }),
        },
        'enrolment.refused': 'refused',
        'node.stopping': [{ guard: 'leads', target: 'handingOver' }, { target: 'leaving' }],
      },
      states: {
        settled: {
          after: { announce: { target: 'settled', reenter: true, actions: 'announce' } },
          on: {
            'membership.announce': [
              { guard: 'isAsking', target: 'answering', actions: 'meet' },
              { guard: 'isDouble', target: 'answering' },
              { actions: 'meet' },
            ],
            'detector.beat': { guard: 'isStranger', target: 'asking' },
          },
        },
        answering: { after: { answer: { target: 'settled', actions: 'announce' } } },
        asking: { after: { answer: { target: 'settled', actions: 'askAll' } } },
      },
    },
    refused: { entry: 'sayRefused', on: { 'node.stopping': 'left' } },
    handingOver: {
      on: { 'election.elected': { target: 'leaving', actions: 'noteLeader' } },
      after: { handover: 'leaving' },
    },
    leaving: { entry: 'sayGoodbye', after: { repeat: { target: 'left', actions: 'sayGoodbye' } } },
    left: {},
  },
});

/** Who leaves the view by this event, and how. */
const departureOf = (context: Context, event: Events) => {
  if (event.type === 'detector.failed') {
    return { peer: event.peer, how: 'failed' as const, reason: event.reason };
  }
  if (event.type !== 'membership.goodbye' || !isOurs(context, event.district)) return undefined;
  const { from: peer, why } = event;
  if (at(context.view, peer)?.incarnation !== event.incarnation) return undefined;
  const reason = why === 'goodbye' ? 'said goodbye' : 'was refused by the district';
  return { peer, how: why, reason };
};

const remember = (
  refused: Readonly<Record<string, number>>,
  peer: string,
  incarnation: number,
): Record<string, number> => {
  const kept = Object.entries(refused).slice(-REFUSED_MAX + 1);
  return { ...Object.fromEntries(kept), [peer]: incarnation };
};
