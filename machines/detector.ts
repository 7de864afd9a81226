/**
 * Detects who has gone silent, on two levels. *Suspected*: φ of the silence has reached the
 * threshold; a leader may lose its office for it, a member loses nothing. *Failed*: after T_hb of
 * our own running time, a direct probe and indirect ones; or at once, when the peer's host says
 * that nobody listens there any more.
 *
 * φ-accrual: Hayashibara et al., SRDS 2004. Indirect probes: SWIM, DSN 2002, section 3.1. Doubting
 * oneself first: Lifeguard, Dadgar, Phillips, Currey, DSN 2018; here a late timer is its sign.
 * Every suspicion says why.
 */
import { assign, enqueueActions, setup } from 'xstate';
import { ALL, type Emitted, type FactAs, type HeardAs } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { at, names, without } from './map.ts';
import { arrivalsOf, phiAfter, silenceUntil } from './phi.ts';

/** Intervals kept for each peer. */
const WINDOW = 32;
/** Peers asked to probe in our place. */
const HELPERS_MAX = 3;
/** Failing a peer is planned this much before T_hb, so that a late timer still keeps the bound. */
const MARGIN_MS = 100;
/** A timer later than this says that our own loop stalled. */
const STALL_MS = 200;

export interface Watched {
  readonly incarnation: number;
  /** When it was last heard on our clock, moved on by the time we stalled since. */
  readonly lastAt: number;
  readonly intervalsMs: readonly number[];
  readonly standing: 'trusted' | 'suspected';
  readonly probe: 'none' | 'direct' | 'indirect';
}

export interface DetectorInput {
  readonly id: string;
  readonly store: string;
  readonly timing: Timing;
}

export interface Context extends DetectorInput {
  readonly peers: Readonly<Record<string, Watched>>;
  readonly term: number;
  readonly leader: string | null;
  readonly index: number;
  readonly commit: number;
}

type Sign = HeardAs<'detector.beat' | 'detector.alive' | 'detector.probe' | 'detector.vouch'>;
export type Events =
  | Sign
  | HeardAs<'detector.ask'>
  | FactAs<'clock.due' | 'wire.lost' | 'genesis.formed' | 'node.stopping' | 'enrolment.refused'>
  | FactAs<'membership.joined' | 'membership.left'>
  | FactAs<'election.advanced' | 'election.elected' | 'election.lost' | 'replica.appended'>;

const WAKE = 'detector:';

const normal = ({ timing }: Context, { intervalsMs }: Watched) => {
  const limits = { expectedMs: timing.beatMs, floorMs: timing.deviationFloorMs };
  const { meanMs, deviationMs } = arrivalsOf(intervalsMs, limits);
  return { meanMs: meanMs + timing.acceptablePauseMs, deviationMs };
};

/** When a peer's silence has its next consequence, if it stays silent. */
const nextLookAt = (context: Context, watched: Watched): number => {
  const { suspicionPhi, heartbeatTimeoutMs, probeTimeoutMs } = context.timing;
  const failedMs = heartbeatTimeoutMs - MARGIN_MS;
  const waits = [failedMs];
  if (watched.standing === 'trusted') {
    waits.push(silenceUntil(suspicionPhi, normal(context, watched)));
  }
  if (watched.probe === 'none') waits.push(heartbeatTimeoutMs / 2);
  if (watched.probe === 'direct') waits.push(heartbeatTimeoutMs / 2 + probeTimeoutMs);
  return watched.lastAt + Math.min(...waits);
};

export const detectorMachine = setup({
  types: {} as { input: DetectorInput; context: Context; events: Events; emitted: Emitted },
  delays: { beat: ({ context }) => context.timing.beatMs },
  guards: {
    isOfDetector: ({ event }) => event.type === 'clock.due' && event.id.startsWith(WAKE),
  },
  actions: {
    beat: enqueueActions(({ context, enqueue }) => {
      const { term, leader, store, index, commit } = context;
      enqueue.emit({
        type: 'wire.send',
        to: ALL,
        message: {
          type: 'detector.beat',
          term,
          ...(leader !== null && { leader }),
          store,
          index,
          commit,
        },
      });
    }),
    watch: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'membership.joined') return;
      const { peer, peerIncarnation, at: now } = event;
      const watched: Watched = {
        incarnation: peerIncarnation,
        lastAt: now,
        intervalsMs: [],
        standing: 'trusted',
        probe: 'none',
      };
      enqueue.assign({ peers: { ...context.peers, [peer]: watched } });
      enqueue.emit({ type: 'clock.wake', id: WAKE + peer, atMs: nextLookAt(context, watched) });
      // Opens the connection whose reset will tell of the peer's death.
      enqueue.emit({ type: 'wire.send', to: peer, message: { type: 'detector.probe' } });
    }),
    forget: assign(({ context, event }) =>
      event.type === 'membership.left' ? { peers: without(context.peers, event.peer) } : {},
    ),
    /** Takes a sign of life: from the peer itself, or by a helper's word. */
    trust: enqueueActions(({ context, event, enqueue }) => {
      if (!('from' in event) || event.type === 'detector.ask') return;
      const peer = event.type === 'detector.vouch' ? event.peer : event.from;
      const life = event.type === 'detector.vouch' ? event.peerIncarnation : event.incarnation;
      const watched = at(context.peers, peer);
      if (!watched || watched.incarnation !== life) return;
      const intervalMs = event.at - watched.lastAt;
      const isRegular =
        event.type === 'detector.beat' && intervalMs < context.timing.heartbeatTimeoutMs;
      const intervalsMs = isRegular
        ? [...watched.intervalsMs.slice(1 - WINDOW), intervalMs]
        : watched.intervalsMs;
      const trusted: Watched = {
        ...watched,
        lastAt: event.at,
        intervalsMs,
        standing: 'trusted',
        probe: 'none',
      };
      enqueue.assign({ peers: { ...context.peers, [peer]: trusted } });
      if (watched.standing === 'suspected') {
        enqueue.emit({ type: 'detector.cleared', peer });
        enqueue.emit({ type: 'clock.wake', id: WAKE + peer, atMs: nextLookAt(context, trusted) });
      }
    }),
    /** Looks at one peer's silence; or, having stalled, at ourselves first. */
    look: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'clock.due') return;
      const peer = event.id.slice(WAKE.length);
      const lateMs = event.at - event.atMs;
      const watched = at(context.peers, peer);
      if (!watched) return;
      if (lateMs > STALL_MS) {
        const excused = { ...watched, lastAt: Math.min(event.at, watched.lastAt + lateMs) };
        enqueue.assign({ peers: { ...context.peers, [peer]: excused } });
        enqueue.emit({
          type: 'clock.wake',
          id: WAKE + peer,
          atMs: Math.max(event.at + context.timing.beatMs, nextLookAt(context, excused)),
        });
        return;
      }
      const { next, says } = judge(context, peer, event.at);
      for (const said of says) enqueue.emit(said);
      enqueue.assign({ peers: { ...context.peers, [peer]: next } });
      const isFailed = says.some(({ type }) => type === 'detector.failed');
      const atMs = nextLookAt(context, next);
      if (!isFailed) enqueue.emit({ type: 'clock.wake', id: WAKE + peer, atMs });
    }),
    /** A broken connection is worth a probe; a refused one is evidence of death. */
    weigh: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'wire.lost') return;
      const { peer, why } = event;
      const watched = at(context.peers, peer);
      if (!watched) return;
      if (why === 'reset') {
        enqueue.emit({ type: 'wire.send', to: peer, message: { type: 'detector.probe' } });
      }
      if (why !== 'refused') return;
      const reason = 'its host answers, but nobody listens there: the process is gone';
      if (watched.standing === 'trusted') {
        const phi = phiAfter(event.at - watched.lastAt, normal(context, watched));
        enqueue.emit({ type: 'detector.suspected', peer, reason, phi: Math.max(0, phi) });
      }
      enqueue.emit({ type: 'detector.failed', peer, reason });
    }),
    answer: enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'detector.probe') return;
      const message = { type: 'detector.alive' as const, ...(event.for && { for: event.for }) };
      enqueue.emit({ type: 'wire.send', to: event.from, message });
    }),
    probeFor: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'detector.ask' || at(context.peers, event.peer) === undefined) return;
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
  context: ({ input }) => ({ ...input, peers: {}, term: 0, leader: null, index: 0, commit: 0 }),
  initial: 'quiet',
  on: {
    'membership.joined': { actions: 'watch' },
    'membership.left': { actions: 'forget' },
    'detector.beat': { actions: 'trust' },
    'detector.probe': { actions: ['trust', 'answer'] },
    'detector.alive': { actions: ['trust', 'vouch'] },
    'detector.vouch': { actions: 'trust' },
    'detector.ask': { actions: 'probeFor' },
    'wire.lost': { actions: 'weigh' },
    'clock.due': { guard: 'isOfDetector', actions: 'look' },
    'election.advanced': { actions: assign({ term: ({ event }) => event.term }) },
    'election.elected': {
      actions: assign({ term: ({ event }) => event.term, leader: ({ event }) => event.leader }),
    },
    'election.lost': { actions: assign({ leader: null }) },
    'replica.appended': {
      actions: assign({ index: ({ event }) => event.matched, commit: ({ event }) => event.commit }),
    },
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
          actions: assign({ term: ({ event }) => event.term, leader: ({ event }) => event.leader }),
        },
        'node.stopping': 'quiet',
        'enrolment.refused': 'quiet',
      },
    },
  },
});

type Said = Extract<Emitted, { type: 'detector.suspected' | 'detector.failed' | 'wire.send' }>;

/** What the silence of `peer` at `now` amounts to, and what is to be said about it. */
const judge = (context: Context, peer: string, now: number): { next: Watched; says: Said[] } => {
  const { heartbeatTimeoutMs, probeTimeoutMs, suspicionPhi } = context.timing;
  let next = context.peers[peer] as Watched;
  const silenceMs = now - next.lastAt;
  const arrivals = normal(context, next);
  const phi = phiAfter(silenceMs, arrivals);
  const says: Said[] = [];
  const expected = `expected every ${Math.round(arrivals.meanMs - context.timing.acceptablePauseMs)} ± ${Math.round(arrivals.deviationMs)} ms`;
  if (next.standing === 'trusted' && phi >= suspicionPhi - 1e-6) {
    next = { ...next, standing: 'suspected' };
    const reason = `silent for ${Math.round(silenceMs)} ms, ${expected}, φ ${phi.toFixed(1)}`;
    says.push({ type: 'detector.suspected', peer, reason, phi });
  }
  if (next.probe === 'none' && silenceMs >= heartbeatTimeoutMs / 2) {
    next = { ...next, probe: 'direct' };
    says.push({ type: 'wire.send', to: peer, message: { type: 'detector.probe' } });
  }
  if (next.probe === 'direct' && silenceMs >= heartbeatTimeoutMs / 2 + probeTimeoutMs) {
    next = { ...next, probe: 'indirect' };
    const helpers = names(context.peers).filter(
      (name) => name !== peer && context.peers[name]?.standing === 'trusted',
    );
    for (const helper of helpers.slice(0, HELPERS_MAX)) {
      says.push({ type: 'wire.send', to: helper, message: { type: 'detector.ask', peer } });
    }
  }
  if (silenceMs >= heartbeatTimeoutMs - MARGIN_MS) {
    const reason = `silent for ${Math.round(silenceMs)} ms; probes, direct and through peers, unanswered`;
    says.push({ type: 'detector.failed', peer, reason });
  }
  return { next, says };
};
