/**
 * Keeps, on the leader, the schedule of every shared intersection committed ahead of time: opens
 * the timescale of its term, and proposes rights of way on it, stage by stage (`next-grant.ts`).
 *
 * Whether a right may be granted is decided from the log (`rights.ts`), where it is checked when it
 * is proposed and again when it is applied. Four things that this machine says the log cannot check:
 * what time it is on its timescale (`startMs`, `nowMs`), how far that may be from an earlier one, and
 * who was here when. A district without shared intersections has no timescale, and its leader
 * nothing to do here.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import type { Command, State } from '../protocol/command.ts';
import { type Intersection, isShared } from '../protocol/district.ts';
import type { Emitted, FactAs, HeardAs } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { apply, initialState, intersectionsOf } from './district-state.ts';
import { at as known, without } from './map.ts';
import { nextGrant } from './next-grant.ts';
import { type Heard, heardIn } from './preempting.ts';
import { driftMs, newestOf } from './rights.ts';
import {
  type Cabinets,
  cabinetsAfter,
  callerAt,
  isDark,
  overCalls,
  transitAt,
  transitsAfter,
  type Vehicle,
  walksAt,
} from './wishes.ts';

export interface ScheduleInput {
  readonly id: string;
  readonly timing: Timing;
}

/** The timescale that this node keeps as leader. */
export interface Kept {
  readonly term: number;
  readonly offsetMs: number;
  readonly keptAt: number;
  /** How far it may be from earlier ones, the last first. */
  readonly related: readonly { readonly term: number; readonly boundMs: number }[];
}

export interface Context extends ScheduleInput {
  readonly state: State;
  readonly kept: Kept | null;
  /** Until when, on the timescale of the term, nodes are known to have been here. */
  readonly present: Readonly<Record<string, number>>;
  /** Peers in the view, sorted. */
  readonly peers: readonly string[];
  /** Whether this node counts as one of this group for good. */
  readonly settled: boolean;
  readonly heard: Heard;
  /** Transit vehicles on their way. */
  readonly transits: readonly Vehicle[];
  /** What nodes said of their cabinets last. */
  readonly cabinets: Cabinets;
  readonly ticket: number;
  /** What is asked for and not answered, by what it is for: when it was asked. */
  readonly asked: Readonly<Record<string, { readonly ticket: number; readonly atMs: number }>>;
}

export type Events =
  | HeardAs<'demand.tell'>
  | FactAs<'demand.changed'>
  | FactAs<'timekeeper.kept' | 'timekeeper.present' | 'holder.settled'>
  | FactAs<'membership.joined' | 'membership.left'>
  | FactAs<'election.elected' | 'election.lost' | 'clock.jumped' | 'clock.due'>
  | FactAs<'replica.committed' | 'replica.restored' | 'replica.answered'>
  | FactAs<'contract.changed'>;

const WAKE = 'schedule:look';
/** What `asked` holds the opening of a timescale under: no intersection has a blank in its name. */
const OPENING = 'the timescale';

const sharedOf = (state: State): Intersection[] => intersectionsOf(state).filter(isShared);

const opening = ({ timing, state }: Context, kept: Kept, nowMs: number): Command => {
  const { term, offsetMs, keptAt, related } = kept;
  const to = related.find((one) => state.timescales?.some((scale) => scale.term === one.term));
  const grownMs = driftMs(nowMs - keptAt, timing.clockDriftPpmMax);
  return {
    kind: 'timescale.open',
    term,
    startMs: nowMs + offsetMs,
    clockBoundMs: timing.clockBoundMsMax,
    horizonMs: timing.rightHorizonMs,
    driftPpm: timing.clockDriftPpmMax,
    ...(to && { to: { ...to, boundMs: to.boundMs + grownMs } }),
  };
};

/** What is to be proposed now, each with what it is for. */
const wanted = (context: Context, nowMs: number): [string, Command][] => {
  const { state, kept, timing, id, peers, settled } = context;
  const shared = sharedOf(state);
  if (!kept || shared.length === 0) return [];
  if (newestOf(state)?.term !== kept.term) return [[OPENING, opening(context, kept, nowMs)]];
  const groupMs = nowMs + kept.offsetMs;
  const present = settled ? { ...context.present, [id]: groupMs } : context.present;
  const here = [...peers, id].filter((node) => !isDark(context, node, nowMs));
  const outlook = { state, timing, nowMs: groupMs, present, here };
  return shared.flatMap((intersection): [string, Command][] => {
    const caller = callerAt(context, intersection, nowMs);
    const transit = transitAt(context, intersection, nowMs);
    const walks = walksAt(context, intersection, nowMs);
    const grant = nextGrant(outlook, intersection, { caller, transit, walks });
    const over = overCalls(context, { intersection, outlook, caller, nowMs });
    return [...over, ...(grant ? [[intersection.id, grant] as [string, Command]] : [])];
  });
};

const isAsked = ({ asked, timing }: Context, what: string, nowMs: number): boolean =>
  nowMs - (known(asked, what)?.atMs ?? Number.NEGATIVE_INFINITY) < 2 * timing.retryMs;

export const scheduleMachine = setup({
  types: {} as { input: ScheduleInput; context: Context; events: Events; emitted: Emitted },
  guards: {
    isLook: ({ event }) => event.type === 'clock.due' && event.id === WAKE,
    isOther: ({ context, event }) =>
      event.type === 'election.elected' && event.leader !== context.id,
    hasShared: ({ context }) => sharedOf(context.state).length > 0,
    isRight: ({ event }) =>
      event.type === 'replica.committed' &&
      ['right.', 'timescale.', 'preempt.', 'priority.'].some((owner) =>
        event.command.kind.startsWith(owner),
      ),
    isAnswer: ({ event }) =>
      event.type === 'replica.answered' && event.owner === 'schedule' && event.problems.length > 0,
  },
  actions: {
    learn: assign(({ context, event }) => {
      if (event.type === 'replica.restored') {
        const { state } = event;
        return { state, heard: heardIn(state, context.heard, { now: event.at }) };
      }
      if (event.type !== 'replica.committed') return {};
      const { command } = event;
      const what =
        command.kind === 'timescale.open'
          ? OPENING
          : command.kind === 'right.grant'
            ? command.intersection
            : null;
      const asked = what === null ? context.asked : without(context.asked, what);
      const state = apply(context.state, command);
      const heard = heardIn(state, context.heard, { now: event.at, command });
      return { state, asked, heard, transits: transitsAfter(context, event) };
    }),
    notePeer: assign(({ context, event }) => {
      if (event.type === 'membership.joined') {
        const others = context.peers.filter((peer) => peer !== event.peer);
        return { peers: [...others, event.peer].sort() };
      }
      if (event.type !== 'membership.left') return {};
      return { peers: context.peers.filter((peer) => peer !== event.peer) };
    }),
    keep: assign(({ event }) => {
      if (event.type !== 'timekeeper.kept') return {};
      const { term, offsetMs, related, at: keptAt } = event;
      return { kept: { term, offsetMs, keptAt, related }, present: {}, asked: {} };
    }),
    notePresent: assign(({ context, event }) => {
      if (event.type !== 'timekeeper.present' || event.term !== context.kept?.term) return {};
      const { peer, sinceMs } = event;
      const before = known(context.present, peer) ?? Number.NEGATIVE_INFINITY;
      return { present: { ...context.present, [peer]: Math.max(before, sinceMs) } };
    }),
    noteCabinet: assign(({ context, event }) =>
      event.type === 'demand.tell' || event.type === 'demand.changed'
        ? { cabinets: cabinetsAfter(context, event) }
        : {},
    ),
    forgetAsked: assign(({ context, event }) => {
      if (event.type !== 'replica.answered') return {};
      const { ticket } = event;
      const still = Object.entries(context.asked).filter(([, ask]) => ask.ticket !== ticket);
      return { asked: Object.fromEntries(still) };
    }),
    propose: enqueueActions(({ context, event, enqueue }) => {
      let { ticket, asked } = context;
      for (const [what, command] of wanted(context, event.at)) {
        if (isAsked(context, what, event.at)) continue;
        ticket += 1;
        asked = { ...asked, [what]: { ticket, atMs: event.at } };
        enqueue.emit({ type: 'replica.request', owner: 'schedule', ticket, command });
      }
      enqueue.assign({ ticket, asked });
    }),
    lookSoon: emit(({ context, event }) => ({
      type: 'clock.wake' as const,
      id: WAKE,
      atMs: event.at + context.timing.retryMs,
    })),
  },
}).createMachine({
  id: 'schedule',
  context: ({ input }) => ({
    ...input,
    state: initialState([]),
    kept: null,
    present: {},
    peers: [],
    settled: false,
    heard: {},
    transits: [],
    cabinets: {},
    ticket: 0,
    asked: {},
  }),
  initial: 'following',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
    'membership.joined': { actions: 'notePeer' },
    'membership.left': { actions: 'notePeer' },
    'replica.committed': { actions: 'learn' },
    'replica.restored': { actions: 'learn' },
    'demand.tell': { actions: 'noteCabinet' },
    'demand.changed': { actions: 'noteCabinet' },
    'holder.settled': { actions: assign({ settled: true }) },
    'timekeeper.kept': { target: '.idle', actions: 'keep' },
    'election.elected': { guard: 'isOther', target: '.following' },
    'election.lost': '.following',
    'clock.jumped': '.following',
  },
  states: {
    following: { entry: assign({ kept: null }) },
    /** In office, with nothing to schedule. */
    idle: {
      always: { guard: 'hasShared', target: 'scheduling' },
      on: { 'replica.committed': { actions: 'learn' } },
    },
    scheduling: {
      entry: ['propose', 'lookSoon'],
      on: {
        'clock.due': { guard: 'isLook', actions: ['propose', 'lookSoon'] },
        'timekeeper.present': { actions: 'notePresent' },
        'replica.answered': { guard: 'isAnswer', actions: 'forgetAsked' },
        'replica.committed': [
          { guard: 'isRight', actions: ['learn', 'propose'] },
          { actions: 'learn' },
        ],
      },
    },
  },
});
