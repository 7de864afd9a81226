/**
 * Keeps the view: who is here. Announces itself by multicast, hears others do so, and needs no
 * list of addresses.
 *
 * A peer is in the view when it announces the same district, contract and group, and leaves it by
 * its goodbye or when the detector fails it. A node with another contract is refused, and both
 * sides say which keys differ; one that the group had before or is to have is accepted
 * (`kinship.ts`). A node that finds its own id answering elsewhere is a duplicate; so
 * is one that was silent when another came, and hears that it has become a member.
 *
 * A node that lost its disk while its time of day was set back is in a life with a lower number
 * than its former one, and whoever remembers that refuses it: peers, which tell it; its lamp
 * driver; the log. It is *outlived*. It looks whether anybody answers to its id, and if not, ends
 * this life and begins a later one. Two that do not hear each other would outbid each other by
 * what others tell them, so a process does so a few times only, and then takes itself for a
 * duplicate. What lies farther ahead than any clock is not believed (`protocol/life.ts`).
 *
 * Where hundreds come at once, each says one thing less, what a lone newcomer repeats because
 * datagrams are lost: who misses one word of so many hears of its speaker when that has settled.
 *
 * What this costs must not grow with the square of the district. So settled members announce
 * themselves the more rarely the more they are, all together a few times in a period; who asks is
 * answered by everybody in a small view, and in a larger one by the leader alone. What is lost
 * that way is repaired by comparison: the leader's beat carries a print of its view, and who
 * differs for a while sends it the prints of the parts of its own. The leader answers with the
 * parts that differ. Whom it has there is taken into the view; whom it has not is doubted, and the
 * detector asks whether it lives; who is not there itself announces itself. The leader may be
 * wrong too: a dead peer of its view that others take back is failed once more by its monitors.
 * (Views as in SWIM, Das, Gupta, Motivala, DSN 2002; incarnations as in its section 4.2.)
 */
import { assign, emit, enqueueActions, not, setup } from 'xstate';
import type { ContractState } from '../protocol/contract.ts';
import {
  ALL,
  type Emitted,
  type FactAs,
  type HeardAs,
  type Message,
  type Only,
  type Send,
  VIEW_MAX,
} from '../protocol/event.ts';
import { LIFE_STEP_MAX, OUTBIDS_MAX } from '../protocol/life.ts';
import {
  type Contract,
  contractDifferences,
  contractDigest,
  type Timing,
} from '../protocol/timing.ts';
import { acceptedBy, type Digests, digestsOf, isAkin } from './kinship.ts';
import { at, type Pairs, valueAt, without, withoutPair, withPair } from './map.ts';
import { ALL_TO_ALL_MAX, lifeOf, partOf, partPrints, shareOf } from './neighbours.ts';

/** Announcements of settled members in one period, all together. */
const ANNOUNCE_MAX = 4;
/** From so many announcements since one's own on, a crowd is coming, and each says less. */
const CROWD = 2 * ALL_TO_ALL_MAX;
/** Refused or departed peers remembered: each is told once, and not at every announcement. */
const REMEMBERED_MAX = 100;

export interface Peer {
  readonly incarnation: number;
  readonly store: string;
  readonly host: string;
  readonly port: number;
}

export interface MembershipInput {
  readonly id: string;
  readonly incarnation: number;
  readonly outbids: number;
  readonly store: string;
  readonly district: string;
  readonly contract: Contract;
  /** What the node's file says, and what its store does of changes, if there were any. */
  readonly filed: Timing;
  readonly agreed: ContractState | null;
  readonly versions: readonly [number, number];
  readonly isObserver: boolean;
  readonly intersection?: { readonly id: string; readonly digest: string };
}

type Announce = HeardAs<'membership.announce'>;

interface Departed {
  readonly life: number;
  readonly atMs: number;
}

export interface Context extends Omit<MembershipInput, 'filed' | 'agreed'> {
  readonly timing: Timing;
  readonly digests: Digests;
  readonly address?: { readonly host: string; readonly port: number };
  readonly group: string;
  readonly term: number;
  readonly leader: string | null;
  readonly view: Pairs<Peer>;
  /** Announcements heard since our own last one: how large a crowd is talking. */
  readonly crowd: number;
  /** The print of the lives in the view. */
  readonly print: number;
  /** Since when, or since when we asked why, the leader's view has differed from ours. */
  readonly differsAt: number | null;
  /** Peers refused, with the life in which they were. */
  readonly refused: Readonly<Record<string, number>>;
  /** Peers that said goodbye, with the life that did, and when. */
  readonly departed: Readonly<Record<string, Departed>>;
  /** The latest life of this node that others know; -1, when they know none that is later. */
  readonly latest: number;
  /** The last such life that was not believed: it is told once. */
  readonly unbelieved: number;
}

export type Events =
  | Announce
  | HeardAs<'membership.goodbye'>
  | HeardAs<'membership.contract'>
  | HeardAs<'membership.life'>
  | HeardAs<'membership.challenge'>
  | HeardAs<'membership.present'>
  | HeardAs<'membership.compare'>
  | HeardAs<'membership.view'>
  | HeardAs<'detector.beat'>
  | HeardAs<'detector.obituary'>
  | FactAs<'wire.opened'>
  | FactAs<'lamps.outlived' | 'holder.outlived'>
  | FactAs<'genesis.formed'>
  | FactAs<'detector.failed'>
  | FactAs<'election.elected'>
  | FactAs<'election.lost'>
  | FactAs<'enrolment.refused'>
  | FactAs<'contract.changed'>
  | FactAs<'node.stopping'>;

const announcement = (
  context: Context,
  phase: 'joining' | 'member',
  asks: boolean,
): Send<Only<Message, 'membership.announce'>> => ({
  type: 'wire.send',
  to: ALL,
  message: {
    type: 'membership.announce',
    district: context.district,
    host: context.address?.host ?? '',
    port: context.address?.port ?? 0,
    store: context.store,
    phase: phase === 'member' && context.isObserver ? 'observer' : phase,
    asks,
    versions: [...context.versions],
    contract: context.digests.contract,
    ...(context.digests.former.length > 0 && { former: [...context.digests.former] }),
    ...(context.digests.next !== null && { next: context.digests.next }),
    ...(context.intersection && { intersection: { ...context.intersection } }),
    ...(context.leader !== null && { leader: context.leader }),
    term: context.term,
  },
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
const sizeOf = ({ view }: Pick<Context, 'view'>) => view.length + 1;
const isSmall = (context: Pick<Context, 'view'>) => sizeOf(context) <= ALL_TO_ALL_MAX;
const isDouble = (context: Context, { from, district, store }: Announce) =>
  isSelf(context, from) && isOurs(context, district) && store !== context.store;

export const membershipMachine = setup({
  types: {} as { input: MembershipInput; context: Context; events: Events; emitted: Emitted },
  delays: {
    joinAnnounce: ({ context }) => context.timing.joinAnnounceMs,
    listen: ({ context }) => context.timing.joinAnnounceMs * 2,
    announce: ({ context }) =>
      context.timing.announceMs * Math.max(1, sizeOf(context) / ANNOUNCE_MAX),
    // The more talk at once, the longer each waits: one answer serves all who asked until then.
    answer: ({ context }) =>
      (context.timing.joinAnnounceMs / 5) *
      Math.max(1, Math.max(sizeOf(context), context.crowd) / ALL_TO_ALL_MAX),
    challenge: ({ context }) => context.timing.probeTimeoutMs,
    handover: ({ context }) => context.timing.probeTimeoutMs,
    repeat: ({ context }) => context.timing.joinAnnounceMs / 5,
  },
  guards: {
    isCrowded: ({ context }) => context.crowd >= CROWD,
    isDouble: ({ context, event }) =>
      event.type === 'membership.announce' && isDouble(context, event),
    /**
     * A later life of this node is a member: we answered nothing when it came, because we were
     * stopped or cut off, and our lamps and peers heed it alone. Of two with one number the one
     * with the lesser store stands.
     */
    isSuperseded: ({ context, event }) =>
      event.type === 'membership.announce' &&
      isDouble(context, event) &&
      event.phase === 'member' &&
      (event.incarnation > context.incarnation ||
        (event.incarnation === context.incarnation && event.store < context.store)),
    isOutlived: ({ context: { latest, incarnation } }) => latest >= incarnation,
    mayOutbid: ({ context }) => context.outbids < OUTBIDS_MAX,
    isAsking: ({ context, event }) =>
      event.type === 'membership.announce' &&
      event.asks &&
      !isSelf(context, event.from) &&
      isOurs(context, event.district) &&
      // Of those without a group each announces itself often enough.
      (context.group !== '' || event.group !== '' || event.phase !== 'member') &&
      // An observer wants to see everybody, and comes rarely.
      (isSmall(context) || context.leader === context.id || event.phase === 'observer'),
    /** Somebody to be met. In a large view a node that is lacking comes by comparison. */
    isStranger: ({ context, event }) =>
      event.type === 'detector.beat' &&
      valueAt(context.view, event.from) === undefined &&
      (isSmall(context) || event.leader === event.from),
    /** The leader's view differs from ours, or has until now. */
    isToCompare: ({ context, event }) =>
      event.type === 'detector.beat' &&
      event.view !== undefined &&
      event.from === context.leader &&
      event.from !== context.id &&
      (context.differsAt !== null || event.view !== printFor(context, event.from)),
    isOwnObituary: ({ context, event }) =>
      event.type === 'detector.obituary' &&
      isSelf(context, event.peer) &&
      event.peerIncarnation === context.incarnation,
    /** The leader does not have us in its view. */
    isMissing: ({ context, event }) =>
      event.type === 'membership.view' &&
      event.from === context.leader &&
      event.part === partOf(context.id) &&
      !event.members.some(
        ({ node, incarnation }) => node === context.id && incarnation === context.incarnation,
      ),
    isOtherTiming: ({ context: { contract, digests }, event }) =>
      event.type === 'contract.changed' &&
      contractDigest({ ...contract, timing: event.timing }) !== digests.contract,
    /** Who held our address before us may still be answered there. */
    isOwnName: ({ context, event }) =>
      event.type === 'membership.present' && isSelf(context, event.from),
    leads: ({ context }) => context.leader === context.id,
    leadsMany: ({ context, event }) =>
      event.type === 'election.elected' && event.leader === context.id && !isSmall(context),
  },
  actions: {
    announceJoining: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ crowd: 0 });
      enqueue.emit(announcement(context, 'joining', true));
    }),
    answer: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ crowd: 0 });
      enqueue.emit(announcement(context, 'member', false));
    }),
    /** Says again that it is there; without a group it looks for one. */
    announce: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ crowd: 0 });
      enqueue.emit(announcement(context, 'member', context.group === ''));
    }),
    askAll: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ crowd: 0 });
      enqueue.emit(announcement(context, 'member', true));
    }),
    tellSettled: emit({ type: 'membership.settled' as const }),
    sayGoodbye: emit(({ context }) => goodbye(context, 'goodbye')),
    sayRefused: emit(({ context }) => goodbye(context, 'refused')),
    /** Takes an announcement: refuses, sights, or brings the view up to date. */
    meet: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'membership.announce') return;
      const { from: peer, incarnation, store, host, port, group, phase, leader } = event;
      if (isSelf(context, peer) || !isOurs(context, event.district)) return;
      const crowd = context.crowd + 1;
      const [oldest, newest] = event.versions;
      const isVersionShared = oldest <= context.versions[1] && newest >= context.versions[0];
      if (!isVersionShared || !isAkin(context, event)) {
        enqueue.assign({ crowd });
        if (at(context.refused, peer) === incarnation) return;
        enqueue.emit(ourContract(context));
        if (isVersionShared) return;
        const reason = `protocol versions ${oldest}–${newest} there, ${context.versions.join('–')} here`;
        enqueue.assign({ refused: remember(context.refused, peer, incarnation) });
        enqueue.emit({ type: 'membership.refused', peer, reason });
        return;
      }
      const { gone, isGone } = departing(context, peer, event);
      const seen = valueAt(context.view, peer)?.incarnation ?? -1;
      // A late word of an earlier life must not lead anybody to where it lived.
      const isLate = seen > incarnation;
      if (isGone || isLate) {
        enqueue.assign({ crowd });
        // Or it is no late word, but of one that has forgotten its lives.
        const known = Math.max(gone, seen);
        if (known <= incarnation || !(isSmall(context) || context.leader === context.id)) return;
        enqueue.emit(lifeTold(context, { peer, announced: incarnation, known, host, port }));
        return;
      }
      const led = leader !== undefined && { leader };
      enqueue.emit({ type: 'membership.sighted', peer, store, group, phase, ...led, host, port });
      // An observer takes no part, so nobody watches it.
      const isPeer = context.group !== '' && group === context.group && phase === 'member';
      if (!isPeer) {
        enqueue.assign({ crowd });
        return;
      }
      const { changed, says } = taking(context, peer, { incarnation, store, host, port });
      enqueue.assign({ crowd, ...changed });
      for (const said of says) enqueue.emit(said);
    }),
    /** Hears from the leader's beat whether our views agree; asks, when they have not for a while. */
    compare: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'detector.beat' || event.view === undefined) return;
      const { leader, differsAt, address } = context;
      if (leader === null || !address) return;
      if (event.view === printFor(context, leader)) {
        enqueue.assign({ differsAt: null });
        return;
      }
      const isOld = differsAt !== null && event.at - differsAt >= patienceMs(context);
      if (differsAt === null || isOld) enqueue.assign({ differsAt: event.at });
      if (!isOld) return;
      const message = {
        type: 'membership.compare' as const,
        prints: partPrints(livesOf(context)),
        reply: { ...address },
      };
      enqueue.emit({ type: 'wire.send', to: leader, message });
    }),
    /** Shows who is in those parts of the leader's view that differ. */
    show: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'membership.compare' || context.leader !== context.id) return;
      const members = membersOf(context);
      for (const [part, print] of partPrints(livesOf(context)).entries()) {
        if (print === event.prints[part]) continue;
        const those = members.filter(({ node }) => partOf(node) === part);
        const message = { type: 'membership.view' as const, part, members: those };
        enqueue.emit({ type: 'wire.send', to: event.reply, message });
      }
    }),
    /** Takes whom the leader has in a part of its view; doubts whom it has not. */
    adopt: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'membership.view' || event.from !== context.leader) return;
      let { view, print } = context;
      for (const { node, ...peer } of event.members) {
        const { isGone } = departing(context, node, { ...peer, at: event.at });
        const isKnown = (valueAt(view, node)?.incarnation ?? -1) >= peer.incarnation;
        if (isSelf(context, node) || isGone || isKnown) continue;
        const { changed, says } = taking({ view, print }, node, peer);
        ({ view, print } = changed);
        for (const said of says) enqueue.emit(said);
      }
      enqueue.assign({ view, print });
      const there = new Set(event.members.map(({ node }) => node));
      for (const [peer] of context.view) {
        if (partOf(peer) !== event.part || there.has(peer)) continue;
        enqueue.emit({ type: 'membership.doubted', peer });
      }
    }),
    compareContracts: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'membership.contract' || !isOurs(context, event.district)) return;
      const { from: peer, incarnation } = event;
      if (isSelf(context, peer) || at(context.refused, peer) === incarnation) return;
      const differences = contractDifferences(context.contract, event.contract);
      if (differences.length === 0) return;
      if (acceptedBy(context.digests).includes(contractDigest(event.contract))) return;
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
      if (event.type === 'membership.goodbye' && isOurs(context, event.district)) {
        const { from, incarnation: life, at: atMs } = event;
        enqueue.assign({ departed: remember(context.departed, from, { life, atMs }) });
      }
      const leaving = departureOf(context, event);
      if (!leaving || valueAt(context.view, leaving.peer) === undefined) return;
      enqueue.assign({
        view: withoutPair(context.view, leaving.peer),
        print: viewPrintWithout(context, leaving.peer),
      });
      enqueue.emit({ type: 'membership.left', ...leaving });
    }),
    /** Takes what others know of this node's lives: whoever tells has compared them with this one. */
    noteLife: enqueueActions(({ context, event, enqueue }) => {
      const { id, incarnation, latest, unbelieved, isObserver } = context;
      const life = lifeIn(context, event);
      if (!life || isObserver || life.number < incarnation || life.number <= latest) return;
      if (life.number - incarnation <= LIFE_STEP_MAX) {
        enqueue.assign({ latest: life.number });
        return;
      }
      if (life.number === unbelieved) return;
      enqueue.assign({ unbelieved: life.number });
      const claim = `${life.whose} claims the life ${life.number} of ${id}`;
      const reason = `${claim}, farther ahead of ${incarnation} than any clock: not believed`;
      enqueue.emit({ type: 'membership.refused', peer: life.from, reason });
    }),
    tellOutlived: emit(({ context }) => ({
      type: 'membership.outlived' as const,
      by: context.latest,
    })),
    tellOutbid: emit(({ context: { id, latest } }) => ({
      type: 'membership.duplicate' as const,
      reason: `another node with the id ${id} is not heard here, but goes on to begin later lives (${latest})`,
    })),
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
    tellDuplicate: emit(({ context, event }) => {
      const isThere = event.type === 'membership.present';
      const isLater = event.type === 'membership.announce';
      const does = isLater ? 'has taken our place' : 'answers';
      const store = isThere || isLater ? event.store : 'unknown';
      return {
        type: 'membership.duplicate' as const,
        reason: `another node with the id ${context.id} ${does} (its store is ${store})`,
      };
    }),
    takeContract: assign(({ context, event }) => {
      if (event.type !== 'contract.changed') return {};
      const { timing, former, next = null } = event;
      const contract = { ...context.contract, timing };
      const { filed } = context.digests;
      const digests = digestsOf(contract.discovery, { timing, filed, former, next });
      return { contract, timing, digests };
    }),
    noteLeader: assign(({ event }) =>
      event.type === 'election.elected' ? { leader: event.leader, term: event.term } : {},
    ),
  },
}).createMachine({
  id: 'membership',
  context: ({ input: { filed, agreed, ...input } }) => ({
    ...input,
    timing: input.contract.timing,
    digests: digestsOf(input.contract.discovery, {
      timing: input.contract.timing,
      filed: contractDigest({ ...input.contract, timing: filed }),
      former: agreed?.former ?? [],
      next: agreed?.next?.timing ?? null,
    }),
    group: '',
    term: 0,
    leader: null,
    view: [],
    crowd: 0,
    print: 0,
    differsAt: null,
    refused: {},
    departed: {},
    latest: -1,
    unbelieved: -1,
  }),
  initial: 'offline',
  on: {
    'contract.changed': { actions: 'takeContract' },
    'membership.announce': { actions: 'meet' },
    'membership.contract': { actions: 'compareContracts' },
    'membership.goodbye': { actions: 'remove' },
    'membership.life': { actions: 'noteLife' },
    'lamps.outlived': { actions: 'noteLife' },
    'holder.outlived': { actions: 'noteLife' },
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
          after: {
            listen: [
              { guard: 'isOutlived', target: '#membership.outlived' },
              { target: '#membership.member' },
            ],
            joinAnnounce: { guard: not('isCrowded'), actions: 'announceJoining' },
          },
        },
        challenging: {
          after: {
            challenge: [
              { guard: 'isOutlived', target: '#membership.outlived' },
              { target: '#membership.member' },
            ],
          },
        },
      },
    },
    duplicate: {},
    member: {
      initial: 'settled',
      entry: ['tellSettled', 'askAll'],
      on: {
        'membership.challenge': { actions: 'stand' },
        'membership.compare': { actions: 'show' },
        'membership.view': { actions: 'adopt' },
        'detector.beat': { guard: 'isToCompare', actions: 'compare' },
        'genesis.formed': {
          target: '.asking',
          actions: assign({ group: ({ event }) => event.group }),
        },
        'enrolment.refused': 'refused',
        'node.stopping': [{ guard: 'leads', target: 'handingOver' }, { target: 'leaving' }],
      },
      states: {
        settled: {
          always: { guard: 'isOutlived', target: 'doubting' },
          after: { announce: { target: 'settled', reenter: true, actions: 'announce' } },
          on: {
            'membership.announce': [
              { guard: 'isSuperseded', target: '#membership.duplicate', actions: 'tellDuplicate' },
              { guard: 'isAsking', target: 'answering', actions: 'meet' },
              { guard: 'isDouble', target: 'answering' },
              { actions: 'meet' },
            ],
            'detector.beat': [
              { guard: 'isStranger', target: 'asking' },
              { guard: 'isToCompare', actions: 'compare' },
            ],
            'detector.obituary': { guard: 'isOwnObituary', target: 'answering' },
            // Who waits to see that a change has come to all hears it from each.
            'contract.changed': [
              { guard: 'isOtherTiming', target: 'answering', actions: 'takeContract' },
              { actions: 'takeContract' },
            ],
            'membership.view': [
              { guard: 'isMissing', target: 'answering', actions: 'adopt' },
              { actions: 'adopt' },
            ],
            // Who came while nobody led was not answered.
            'election.elected': [
              { guard: 'leadsMany', target: 'answering', actions: 'noteLeader' },
              { actions: 'noteLeader' },
            ],
          },
        },
        /** Others know a later life: is it of somebody who lives? */
        doubting: {
          entry: 'askAll',
          after: { listen: '#membership.outlived' },
          on: {
            'membership.announce': [
              { guard: 'isSuperseded', target: '#membership.duplicate', actions: 'tellDuplicate' },
              { guard: 'isDouble', actions: 'answer' },
              { actions: 'meet' },
            ],
          },
        },
        answering: { after: { answer: { target: 'settled', actions: 'answer' } } },
        asking: { after: { answer: { target: 'settled', actions: 'askAll' } } },
      },
    },
    /** Nobody answers to our id, and whoever remembers a later life refuses this one. */
    outlived: {
      always: [
        { guard: 'mayOutbid', target: 'outbidding' },
        { target: 'duplicate', actions: 'tellOutbid' },
      ],
    },
    /** The process ends this life, and begins another. */
    outbidding: { entry: 'tellOutlived', on: { 'node.stopping': 'left' } },
    /** Said twice, as every farewell is: a datagram may be lost. */
    refused: {
      initial: 'saying',
      entry: 'sayRefused',
      always: { guard: 'isOutlived', target: 'outlived' },
      on: { 'node.stopping': 'left' },
      states: {
        saying: { after: { repeat: { target: 'said', actions: 'sayRefused' } } },
        said: {},
      },
    },
    handingOver: {
      on: { 'election.elected': { target: 'leaving', actions: 'noteLeader' } },
      after: { handover: 'leaving' },
    },
    leaving: { entry: 'sayGoodbye', after: { repeat: { target: 'left', actions: 'sayGoodbye' } } },
    left: {},
  },
});

const lifeTold = (
  { district }: Context,
  {
    host,
    port,
    ...told
  }: Omit<Only<Message, 'membership.life'>, 'type' | 'district'> & {
    readonly host: string;
    readonly port: number;
  },
): Send => ({
  type: 'wire.send',
  to: { host, port },
  message: { type: 'membership.life', district, ...told },
});

/** Which life of this node is known, and who says so. An answer to another life is none to us. */
const lifeIn = (context: Context, event: Events) => {
  const { id, incarnation } = context;
  if (event.type === 'lamps.outlived')
    return { number: event.by, from: id, whose: 'its lamp driver' };
  if (event.type === 'holder.outlived') return { number: event.by, from: id, whose: 'the log' };
  if (event.type !== 'membership.life' || !isOurs(context, event.district)) return undefined;
  if (event.peer !== id || event.announced !== incarnation) return undefined;
  return { number: event.known, from: event.from, whose: event.from };
};

/** Who leaves the view by this event, and how. */
const departureOf = (context: Context, event: Events) => {
  if (event.type === 'detector.failed') {
    return { peer: event.peer, how: 'failed' as const, reason: event.reason };
  }
  if (event.type !== 'membership.goodbye' || !isOurs(context, event.district)) return undefined;
  const { from: peer, why } = event;
  if (valueAt(context.view, peer)?.incarnation !== event.incarnation) return undefined;
  const reason = why === 'goodbye' ? 'said goodbye' : 'was refused by the district';
  return { peer, how: why, reason };
};

const remember = <T>(
  lives: Readonly<Record<string, T>>,
  peer: string,
  what: T,
): Record<string, T> => {
  const kept = Object.entries(without(lives, peer)).slice(-REMEMBERED_MAX + 1);
  return { ...Object.fromEntries(kept), [peer]: what };
};

/**
 * Which life of a peer said goodbye last, and whether what is heard of one is older than that. An
 * announcement that its goodbye has overtaken must not bring it back; but who still speaks when that
 * must long have arrived has said no goodbye: somebody else has in its name.
 */
const departing = (
  { departed, timing }: Pick<Context, 'departed' | 'timing'>,
  peer: string,
  { incarnation, at: nowMs }: { readonly incarnation: number; readonly at: number },
) => {
  const { life, atMs } = at(departed, peer) ?? { life: -1, atMs: 0 };
  const isLate = life === incarnation && nowMs - atMs <= timing.heartbeatTimeoutMs;
  return { gone: life, isGone: life > incarnation || isLate };
};

type Viewing = Pick<Context, 'view' | 'print'>;

/** What becomes of the view when it takes a peer, or another life or address of one. */
const taking = ({ view, print }: Viewing, peer: string, entry: Peer) => {
  const { incarnation, store, host, port } = entry;
  const known = valueAt(view, peer);
  const isSame = known?.incarnation === incarnation && known.store === store;
  const isKnown = isSame && known.host === host && known.port === port;
  const says: Only<Emitted, 'membership.joined' | 'membership.left'>[] = [];
  if (isKnown || (!known && view.length >= VIEW_MAX)) {
    return { changed: { view, print }, says };
  }
  if (known && !isSame) {
    const reason = `started anew as incarnation ${incarnation}`;
    says.push({ type: 'membership.left', peer, how: 'restarted', reason });
  }
  const joined = { peer, peerIncarnation: incarnation, store, host, port };
  says.push({ type: 'membership.joined', ...joined });
  const before = known ? lifeOf(peer, known.incarnation).print : 0;
  const after = lifeOf(peer, incarnation).print;
  return {
    changed: { view: withPair(view, peer, entry), print: (print - before + after) >>> 0 },
    says,
  };
};

/** The print of the view without this peer. */
const viewPrintWithout = ({ view, print }: Viewing, peer: string): number => {
  const known = valueAt(view, peer);
  return known ? (print - lifeOf(peer, known.incarnation).print) >>> 0 : print;
};

/** What the leader's print is if our views agree: of all but itself, while ours is of all but us. */
const printFor = (context: Context, leader: string): number =>
  (viewPrintWithout(context, leader) + lifeOf(context.id, context.incarnation).print) >>> 0;

/** Everybody that is here, oneself included. */
const membersOf = ({ id: node, incarnation, store, address, view }: Context) => {
  const { host = '', port = 0 } = address ?? {};
  const others = view.map(([name, peer]) => ({ node: name, ...peer }));
  return [{ node, incarnation, store, host, port }, ...others];
};

const livesOf = (context: Context) =>
  membersOf(context).map(({ node, incarnation }) => lifeOf(node, incarnation));

/** How long views may differ, because news are on their way. Not all are to ask at once. */
const patienceMs = (context: Context): number => {
  const { retryMs, announceMs } = context.timing;
  return retryMs + announceMs * shareOf(context.id) * (sizeOf(context) / VIEW_MAX);
};
