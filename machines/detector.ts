/**
 * Detects who has gone silent, on two levels. *Suspected*: φ of the silence has reached the
 * threshold; a leader may lose its office for it, a member loses nothing. *Failed*: after T_hb of
 * our own running time, a direct probe and indirect ones; or at once, when the peer's host says
 * that nobody listens there any more.
 *
 * In a small view all beat to all, and each node judges every other by itself. In a larger one a
 * node beats as often, but to one of its few monitors in turn, so that what it sends does not grow
 * with the district; voters beat to the leader too, which counts them; the leader alone beats to
 * all. A monitor that fails a peer tells everybody (`detector.obituary`). Who hears that fails the
 * peer as well, unless it has heard the peer itself of late; a living peer that hears it announces
 * itself and is taken back. A node that hears nobody tells nobody: it is itself that is cut off.
 * T_hb holds for monitors as it does for all in a small view; each of them heard the peer at
 * another time, and the first to fail it speaks for the others. When views differ for a while, a
 * monitor may wait for beats that go to others; then its probe is answered, and nothing comes of it.
 *
 * φ-accrual: Hayashibara et al., SRDS 2004. Indirect probes, and failures told to all: SWIM, DSN
 * 2002, sections 3.1 and 4.1. Doubting oneself first: Lifeguard, Dadgar, Phillips, Currey, DSN
 * 2018; here a late timer is its sign. Every suspicion says why.
 */
import { assign, enqueueActions, setup } from 'xstate';
import type { Voter } from '../protocol/command.ts';
import { ALL, type Emitted, type FactAs, type HeardAs, type Send } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { isVoter } from './ballot.ts';
import {
  failure,
  helpersFor,
  isHearing,
  nextWake,
  type Post,
  probeOf,
  rewatch,
  WAKE,
  watchedSince,
} from './duties.ts';
import { at, names, without } from './map.ts';
import {
  isSmall,
  lifeIn,
  lifeOf,
  monitorsOf,
  printOf,
  withLife,
  withoutLife,
} from './neighbours.ts';
import { phiAfter } from './phi.ts';
import { arrivalsAt, judge, nextLookAt, type Watched } from './silence.ts';

/** Intervals kept for each peer. */
const WINDOW = 32;
/** A timer later than this says that our own loop stalled. */
const STALL_MS = 200;
/** At the soonest one looks again after so long, whatever rounding makes of a deadline. */
const LOOK_MS_MIN = 1;

export interface DetectorInput {
  readonly id: string;
  readonly store: string;
  readonly timing: Timing;
}

export interface Context extends DetectorInput, Post {
  readonly voters: readonly Voter[];
  /** Whose turn of our monitors it is to hear our beat. */
  readonly turn: number;
  readonly term: number;
  readonly index: number;
  readonly commit: number;
}

type Sign = HeardAs<
  'detector.beat' | 'detector.pulse' | 'detector.alive' | 'detector.probe' | 'detector.vouch'
>;
export type Events =
  | Sign
  | HeardAs<'detector.ask' | 'detector.obituary'>
  | FactAs<'clock.due' | 'wire.lost' | 'genesis.formed' | 'node.stopping' | 'enrolment.refused'>
  | FactAs<'membership.joined' | 'membership.left' | 'membership.doubted'>
  | FactAs<'election.advanced' | 'election.elected' | 'election.lost'>
  | FactAs<'replica.appended' | 'replica.configured' | 'contract.changed'>;

/** The peer of which this event is a sign of life, if it is watched in that life. */
const watchedIn = (
  { peers }: Context,
  event: Events,
): { readonly peer: string; readonly watched: Watched } | undefined => {
  if (!('from' in event) || event.type === 'detector.ask') return undefined;
  if (event.type === 'detector.obituary') return undefined;
  const isVouched = event.type === 'detector.vouch';
  const peer = isVouched ? event.peer : event.from;
  const watched = at(peers, peer);
  const life = isVouched ? event.peerIncarnation : event.incarnation;
  return watched?.incarnation === life ? { peer, watched } : undefined;
};

/** What is known of a peer after a sign of life. */
const trusted = ({ timing }: Context, watched: Watched, { type, at: now }: Events): Watched => {
  const intervalMs = now - watched.lastAt;
  const isRegular =
    (type === 'detector.beat' || type === 'detector.pulse') &&
    intervalMs < timing.heartbeatTimeoutMs;
  const { incarnation, everyMs, intervalsMs: known, why } = watched;
  const intervalsMs = isRegular ? known.slice(1 - WINDOW).concat(intervalMs) : known;
  const standing = 'trusted';
  return { incarnation, everyMs, why, lastAt: now, intervalsMs, standing, probe: 'none' };
};

/** Nobody is to blame for the time that we slept. */
const excused = ({ peers }: Context, lateMs: number, now: number): Context['peers'] =>
  Object.fromEntries(
    Object.entries(peers).map(([peer, watched]) => {
      return [peer, { ...watched, lastAt: Math.min(now, watched.lastAt + lateMs) }];
    }),
  );

/** Judges those whose silence has a consequence now. Who is failed is watched no more. */
const lookAt = (
  context: Context,
  now: number,
): { readonly peers: Context['peers']; readonly says: readonly Emitted[] } => {
  let { peers } = context;
  const says: Emitted[] = [];
  for (const peer of names(peers)) {
    const watched = context.peers[peer] as Watched;
    if (nextLookAt(context.timing, watched) > now) continue;
    const suspect = { peer, watched, helpers: () => helpersFor(context, peer) };
    const judged = judge(context.timing, suspect, now);
    says.push(...judged.says);
    if (judged.failed === undefined) {
      if (judged.next !== watched) peers = { ...peers, [peer]: judged.next };
      continue;
    }
    peers = without(peers, peer);
    const isSure = watched.why === 'duty' && isHearing(context, peer, now);
    const last: Emitted = { type: 'detector.failed', peer, reason: judged.failed };
    says.push(...(isSure ? failure(context, peer, judged.failed) : [last]));
  }
  return { peers, says };
};

const beatTo = (to: string, context: Context): Send => {
  const { id, term, leader, store, index, commit, ring } = context;
  const view = () => printOf(ring.filter((life) => life.id !== id));
  return {
    type: 'wire.send',
    to,
    message: {
      type: 'detector.beat',
      term,
      ...(leader !== null && { leader }),
      store,
      index,
      commit,
      ...(leader === id && { view: view() }),
    },
  };
};

export const detectorMachine = setup({
  types: {} as { input: DetectorInput; context: Context; events: Events; emitted: Emitted },
  delays: { beat: ({ context }) => context.timing.beatMs },
  guards: {
    isLook: ({ event }) => event.type === 'clock.due' && event.id === WAKE,
    isWatched: ({ context, event }) => watchedIn(context, event) !== undefined,
    isSuspected: ({ context, event }) =>
      watchedIn(context, event)?.watched.standing === 'suspected',
    /** Of a large view nobody would hear it otherwise. */
    mustResign: ({ context }) => context.leader === context.id && !isSmall(context.ring),
  },
  actions: {
    beat: enqueueActions(({ context, enqueue }) => {
      const { id, ring, leader, turn } = context;
      if (isSmall(ring) || leader === id) {
        enqueue.emit(beatTo(ALL, context));
        return;
      }
      const isCounted = leader !== null && isVoter(context);
      if (isCounted) enqueue.emit(beatTo(leader, context));
      const monitors = monitorsOf(ring, id);
      const monitor = monitors[turn % monitors.length] as string;
      enqueue.assign({ turn: (turn + 1) % monitors.length });
      if (isCounted && monitor === leader) return;
      enqueue.emit({ type: 'wire.send', to: monitor, message: { type: 'detector.pulse' } });
    }),
    resign: enqueueActions(({ context, enqueue }) => {
      enqueue.emit(beatTo(ALL, { ...context, leader: null }));
    }),
    watch: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'membership.joined') return;
      const { peer, peerIncarnation, at: now } = event;
      const ring = withLife(context.ring, lifeOf(peer, peerIncarnation));
      const { peers, says } = rewatch(
        { ...context, ring, peers: without(context.peers, peer) },
        now,
      );
      enqueue.assign({ ring, peers });
      for (const said of says) enqueue.emit(said);
    }),
    forget: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'membership.left') return;
      const ring = withoutLife(context.ring, event.peer);
      const left = { ...context, ring, peers: without(context.peers, event.peer) };
      const { peers, says } = rewatch(left, event.at);
      enqueue.assign({ ring, peers });
      for (const said of says) enqueue.emit(said);
    }),
    /** All are looked at anew: how often each should be heard, and how long it may be silent. */
    takeTiming: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'contract.changed') return;
      const { timing } = event;
      const anew = Object.entries(context.peers).map(([peer, watched]) => [peer, { ...watched }]);
      const { peers } = rewatch({ ...context, timing, peers: Object.fromEntries(anew) }, event.at);
      enqueue.assign({ timing, peers });
      // Not in the past: a look that comes late makes this node doubt itself.
      for (const said of nextWake({ timing, peers }, event.at)) enqueue.emit(said);
    }),
    /** The leader is watched by all, because an election waits for its silence. */
    noteLeader: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'election.elected' && event.type !== 'election.lost') return;
      const isElected = event.type === 'election.elected';
      const [leader, term] = isElected ? [event.leader, event.term] : [null, context.term];
      const { peers, says } = rewatch({ ...context, leader }, event.at);
      enqueue.assign({ leader, term, peers });
      for (const said of says) enqueue.emit(said);
    }),
    /** Somebody else does not have this peer in its view: does it live? */
    doubt: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'membership.doubted') return;
      const { peer, at: now } = event;
      const life = lifeIn(context.ring, peer);
      if (!life || at(context.peers, peer)) return;
      const { incarnation } = life;
      const everyMs = context.timing.beatMs;
      const watched = watchedSince(now, { incarnation, everyMs, why: 'doubt' });
      const peers = { ...context.peers, [peer]: watched };
      enqueue.assign({ peers });
      enqueue.emit(probeOf(peer));
      for (const said of nextWake({ ...context, peers })) enqueue.emit(said);
    }),
    /** Takes a sign of life: from the peer itself, or by a helper's word. */
    trust: assign(({ context, event }) => {
      const known = watchedIn(context, event);
      if (!known) return {};
      const { peer, watched } = known;
      if (watched.why === 'doubt') return { peers: without(context.peers, peer) };
      return { peers: { ...context.peers, [peer]: trusted(context, watched, event) } };
    }),
    /** The peer was suspected: it is looked at as any other from now on. */
    clear: enqueueActions(({ context, event, enqueue }) => {
      const known = watchedIn(context, event);
      if (!known) return;
      const { peer, watched } = known;
      enqueue.emit({ type: 'detector.cleared', peer });
      const peers = { ...context.peers, [peer]: trusted(context, watched, event) };
      for (const said of nextWake({ ...context, peers })) enqueue.emit(said);
    }),
    /** Looks at those who are silent; or, having stalled, at ourselves first. */
    look: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'clock.due') return;
      const { timing } = context;
      const lateMs = event.at - event.atMs;
      const isLate = lateMs > STALL_MS;
      const { peers, says } = isLate
        ? { peers: excused(context, lateMs, event.at), says: [] }
        : lookAt(context, event.at);
      if (peers !== context.peers) enqueue.assign({ peers });
      for (const said of says) enqueue.emit(said);
      const soonestMs = event.at + (isLate ? timing.beatMs : LOOK_MS_MIN);
      for (const wake of nextWake({ timing, peers }, soonestMs)) enqueue.emit(wake);
    }),
    /** A broken connection is worth a probe; a refused one is evidence of death. */
    weigh: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'wire.lost') return;
      const { peer, why } = event;
      if (!lifeIn(context.ring, peer)) return;
      if (why === 'reset') enqueue.emit(probeOf(peer));
      if (why !== 'refused') return;
      const reason = 'its host answers, but nobody listens there: the process is gone';
      const watched = at(context.peers, peer);
      if (watched?.standing === 'trusted') {
        const arrivals = arrivalsAt(context.timing, watched);
        const phi = Math.max(0, phiAfter(event.at - watched.lastAt, arrivals));
        enqueue.emit({ type: 'detector.suspected', peer, reason, phi });
      }
      for (const said of failure(context, peer, reason)) enqueue.emit(said);
    }),
    /** Fails whom a monitor has failed, unless we know better. */
    mourn: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'detector.obituary') return;
      const { peer, peerIncarnation, from } = event;
      const life = lifeIn(context.ring, peer);
      if (peer === context.id || life?.incarnation !== peerIncarnation) return;
      const watched = at(context.peers, peer);
      const { heartbeatTimeoutMs } = context.timing;
      if (watched && event.at - watched.lastAt <= heartbeatTimeoutMs / 2) return;
      const reason = `${event.reason} (says ${from})`;
      enqueue.emit({ type: 'detector.failed', peer, reason });
    }),
    answer: enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'detector.probe') return;
      const message = { type: 'detector.alive' as const, ...(event.for && { for: event.for }) };
      enqueue.emit({ type: 'wire.send', to: event.from, message });
    }),
    probeFor: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'detector.ask' || !lifeIn(context.ring, event.peer)) return;
      const message = { type: 'detector.probe' as const, for: event.from };
      enqueue.emit({ type: 'wire.send', to: event.peer, message });
    }),
    vouch: enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'detector.alive' || event.for === undefined) return;
      enqueue.emit({
        type: 'wire.send',
        to: event.for,
        message: {
          type: 'detector.vouch',
          peer: event.from,
          peerIncarnation: event.incarnation,
        },
      });
    }),
  },
}).createMachine({
  id: 'detector',
  context: ({ input }) => ({
    ...input,
    peers: {},
    ring: [lifeOf(input.id, 0)],
    voters: [],
    turn: 0,
    term: 0,
    leader: null,
    index: 0,
    commit: 0,
  }),
  initial: 'quiet',
  on: {
    'contract.changed': { actions: 'takeTiming' },
    'membership.joined': { actions: 'watch' },
    'membership.left': { actions: 'forget' },
    'membership.doubted': { actions: 'doubt' },
    'detector.beat': [
      { guard: 'isSuspected', actions: ['clear', 'trust'] },
      { guard: 'isWatched', actions: 'trust' },
    ],
    'detector.pulse': [
      { guard: 'isSuspected', actions: ['clear', 'trust'] },
      { guard: 'isWatched', actions: 'trust' },
    ],
    'detector.probe': [
      { guard: 'isSuspected', actions: ['clear', 'trust', 'answer'] },
      { actions: ['trust', 'answer'] },
    ],
    'detector.alive': [
      { guard: 'isSuspected', actions: ['clear', 'trust', 'vouch'] },
      { actions: ['trust', 'vouch'] },
    ],
    'detector.vouch': [{ guard: 'isSuspected', actions: ['clear', 'trust'] }, { actions: 'trust' }],
    'detector.ask': { actions: 'probeFor' },
    'detector.obituary': { actions: 'mourn' },
    'wire.lost': { actions: 'weigh' },
    'clock.due': { guard: 'isLook', actions: 'look' },
    'election.advanced': { actions: assign({ term: ({ event }) => event.term }) },
    'election.elected': { actions: 'noteLeader' },
    'election.lost': { actions: 'noteLeader' },
    'replica.appended': {
      actions: assign({ index: ({ event }) => event.matched, commit: ({ event }) => event.commit }),
    },
    'replica.configured': { actions: assign({ voters: ({ event }) => event.voters }) },
  },
  states: {
    /** Without a group there is nobody to beat for. */
    quiet: { on: { 'genesis.formed': 'beating' } },
    beating: {
      entry: 'beat',
      after: { beat: { target: 'beating', reenter: true } },
      on: {
        // A new leader's first beat goes out at once: it is what ends the others' waiting.
        'election.elected': {
          guard: ({ context, event }) => event.leader === context.id,
          target: 'beating',
          reenter: true,
          actions: 'noteLeader',
        },
        'election.lost': [
          { guard: 'mustResign', actions: ['resign', 'noteLeader'] },
          { actions: 'noteLeader' },
        ],
        'node.stopping': 'quiet',
        'enrolment.refused': 'quiet',
      },
    },
  },
});
