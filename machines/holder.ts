/**
 * Holds the rights of way of a node that serves part of an intersection: shows green inside them,
 * and red otherwise. Who serves a whole intersection has nothing to do here (`phases.ts`).
 *
 * - *Settling*: the node's former life, or the one before, may have been counted in another group,
 *   whose rights may still be lit. So a node that comes to a group shows nothing and is counted
 *   nowhere for a horizon; then it writes down that it has settled, and is spared this after a
 *   restart in the same group.
 * - *Entering*: after a start it may have forgotten what it gave up. So it enters through the log:
 *   when it has applied its own entry, it knows everything that was agreed before, and a word of a
 *   former life that arrives later does nothing. Where the log knows a later life, which this one,
 *   having lost its disk, had forgotten, it says so: it can never enter, and must begin anew.
 * - *Following*: its rights are what the log says, less what it has given up since. They are final:
 *   nobody can shorten one but this node, so whatever it missed, what it knows of them is true, and
 *   it needs neither leader nor majority to use what it has.
 *
 * What it gives up is first taken from the lamps: `right.release` is asked for when the lamp driver
 * has accepted a sequence without it, says when that sequence lets go, and until the log has it
 * nothing is lit beyond.
 */
import { assign, emit, enqueueActions, not, setup, stateIn } from 'xstate';
import type { State } from '../protocol/command.ts';
import { type Intersection, isShared } from '../protocol/district.ts';
import type { Emitted, FactAs, Show } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { apply, initialState } from './district-state.ts';
import {
  type Given,
  giveUp,
  type Holding,
  holdingSequence,
  isAlike,
  letGo,
  litUntilOf,
  unsaid,
} from './holding.ts';
import { calledAt, type Heard, heardIn, nextBoundaryMs } from './preempting.ts';
import { settlingMs } from './rights.ts';
import { type Estimate, withEstimate } from './time-estimate.ts';

export interface HolderInput {
  readonly id: string;
  readonly incarnation: number;
  readonly timing: Timing;
  /** What its file says, and said when it was counted wherever it was before. */
  readonly filed: Timing;
  readonly intersection: Intersection | null;
  /** The group in which it had settled, as the store says. */
  readonly settled: string | null;
}

export interface Context extends HolderInput {
  readonly group: string;
  readonly state: State;
  readonly estimates: readonly Estimate[];
  readonly lampBoundMs: number;
  readonly given: readonly Given[];
  /** What is given up once the lamp driver has accepted the sequence with this ticket. */
  readonly ticket: number;
  readonly heard: Heard;
  /** What the lamps were told last; null, when they must be told anew. */
  readonly shown: Show['timelines'] | null;
  /** What the lamp driver is known to have accepted last. */
  readonly followed: Show['timelines'] | null;
  /** After this, nothing that the lamps were ever told is lit. */
  readonly litUntilMs: number;
}

export type Events =
  | FactAs<'genesis.formed' | 'storage.written' | 'election.elected' | 'clock.due'>
  | FactAs<'replica.committed' | 'replica.restored'>
  | FactAs<'timekeeper.synced' | 'timekeeper.voided'>
  | FactAs<'lamps.ready' | 'lamps.lost' | 'lamps.refused' | 'lamps.accepted' | 'node.stopping'>
  | FactAs<'contract.changed'>;

const SETTLED = 1;
const ENTER = 1;
const RELEASE = 2;
const WAKE_SETTLED = 'holder:settled';
const WAKE_AGAIN = 'holder:again';
const WAKE_CALL = 'holder:call';

/** The state after an event; the same one when it says nothing of it. */
const stateAfter = (state: State, event: Events): State => {
  if (event.type === 'replica.restored') return event.state;
  return event.type === 'replica.committed' ? apply(state, event.command) : state;
};

/** The life of a node that has entered. */
const lifeIn = ({ entered = [] }: State, id: string): number =>
  entered.find(({ node }) => node === id)?.incarnation ?? -1;

const holdingOf = ({ intersection, ...context }: Context): Holding | null =>
  intersection && { ...context, intersection };

export const holderMachine = setup({
  types: {} as { input: HolderInput; context: Context; events: Events; emitted: Emitted },
  delays: { retry: ({ context }) => context.timing.retryMs },
  guards: {
    isShared: ({ context: { intersection } }) => intersection !== null && isShared(intersection),
    wasHere: ({ context }) => context.settled === context.group,
    isSettled: ({ event }) => event.type === 'clock.due' && event.id === WAKE_SETTLED,
    isAgain: ({ event }) => event.type === 'clock.due' && event.id === WAKE_AGAIN,
    isCall: ({ event }) => event.type === 'clock.due' && event.id === WAKE_CALL,
    isWritten: ({ event }) =>
      event.type === 'storage.written' && event.owner === 'holder' && event.ticket === SETTLED,
    hasEntered: ({ context: { state, id, incarnation } }) => lifeIn(state, id) === incarnation,
    maySpeak: stateIn({ active: { standing: 'following', driver: 'present' } }),
  },
  actions: {
    learn: enqueueActions(({ context, event, enqueue }) => {
      const state = stateAfter(context.state, event);
      if (state === context.state) return;
      const given = unsaid(context.given, state, context.intersection?.id ?? '');
      const command = event.type === 'replica.committed' ? { command: event.command } : {};
      const heard = heardIn(state, context.heard, { now: event.at, ...command });
      enqueue.assign({ state, given, heard });
      const by = lifeIn(state, context.id);
      if (by <= context.incarnation || by === lifeIn(context.state, context.id)) return;
      enqueue.emit({ type: 'holder.outlived', by });
    }),
    takeTime: assign(({ context, event }) => {
      if (event.type !== 'timekeeper.synced') return {};
      const { term, offsetMs, boundMs, isOwn, at: takenMs } = event;
      return {
        estimates: withEstimate(context.estimates, { term, offsetMs, boundMs, takenMs, isOwn }),
      };
    }),
    /** Takes from the lamps what who calls must have; it is released when they have let go. */
    giveUp: enqueueActions(({ context, event, enqueue }) => {
      const holding = holdingOf(context);
      if (!holding) return;
      const place = { intersection: holding.intersection.id, now: event.at };
      const called = calledAt(context.state, context.heard, place);
      const given = called ? giveUp(holding, called, event.at) : [];
      if (given.length > 0) enqueue.assign({ given: [...context.given, ...given], shown: null });
      const atMs = nextBoundaryMs(context.state, context.heard, place);
      if (atMs !== undefined) enqueue.emit({ type: 'clock.wake', id: WAKE_CALL, atMs });
    }),
    show: enqueueActions(({ context, event, enqueue }) => {
      const holding = holdingOf(context);
      if (!holding) return;
      const { shown, followed: told, litUntilMs: litMs } = context;
      const sequence = holdingSequence(holding, event.at, { told, litMs });
      if (!sequence || (shown && isAlike(shown, sequence.timelines))) return;
      const ticket = context.ticket + 1;
      const litUntilMs = Math.max(litMs, litUntilOf(sequence.timelines));
      enqueue.assign({ shown: sequence.timelines, ticket, litUntilMs });
      const { lampBoundMs: boundMs } = context;
      enqueue.emit({ type: 'lamps.show', ticket, boundMs, ...sequence });
      if (context.given.length > 0) {
        enqueue.emit({
          type: 'clock.wake',
          id: WAKE_AGAIN,
          atMs: event.at + context.timing.retryMs,
        });
      }
    }),
    /** The lamps have let go of it: now others may have it. */
    release: enqueueActions(({ context, event, enqueue }) => {
      const { id: node, incarnation, ticket, shown } = context;
      const holding = holdingOf(context);
      if (event.type !== 'lamps.accepted' || event.ticket !== ticket || !holding || !shown) return;
      const place = { kind: 'right.release' as const, intersection: holding.intersection.id };
      for (const gave of letGo(holding, shown)) {
        const command = { ...place, node, incarnation, ...gave };
        enqueue.emit({ type: 'replica.request', owner: 'holder', ticket: RELEASE, command });
      }
    }),
    takeBound: assign(({ event }) =>
      event.type === 'lamps.ready' ? { lampBoundMs: event.boundMs ?? 0 } : {},
    ),
    forgetShown: assign({ shown: null }),
    noteAccepted: assign(({ context, event }) =>
      event.type === 'lamps.accepted' && event.ticket === context.ticket && context.shown
        ? { followed: context.shown }
        : {},
    ),
    /** They are taken to follow what they were told last. */
    keepShown: assign(({ context: { shown, followed } }) => ({
      shown: null,
      followed: shown ?? followed,
    })),
    wakeToSettle: emit(({ context, event }) => ({
      type: 'clock.wake' as const,
      id: WAKE_SETTLED,
      atMs: event.at + Math.max(settlingMs(context.timing), settlingMs(context.filed)),
    })),
    wakeAgain: emit(({ context, event }) => ({
      type: 'clock.wake' as const,
      id: WAKE_AGAIN,
      atMs: event.at + context.timing.retryMs,
    })),
    writeSettled: emit(({ context }) => ({
      type: 'storage.write' as const,
      owner: 'holder',
      ticket: SETTLED,
      puts: [{ key: 'settled', value: { group: context.group } }],
      removes: [],
    })),
    tellSettled: emit({ type: 'holder.settled' as const }),
    askToEnter: emit(({ context: { id, incarnation } }) => ({
      type: 'replica.request' as const,
      owner: 'holder',
      ticket: ENTER,
      command: { kind: 'right.enter' as const, node: id, incarnation },
    })),
    tellMode: emit((_, { mode }: { mode: string }) => ({
      type: 'holder.changed' as const,
      mode,
    })),
    leaveLamps: emit({ type: 'lamps.leave' as const }),
  },
}).createMachine({
  id: 'holder',
  context: ({ input }) => ({
    ...input,
    group: '',
    state: initialState([]),
    estimates: [],
    lampBoundMs: 0,
    given: [],
    ticket: 0,
    heard: {},
    shown: null,
    followed: null,
    litUntilMs: 0,
  }),
  initial: 'inactive',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
  },
  states: {
    inactive: { always: { guard: 'isShared', target: 'active' } },
    active: {
      type: 'parallel',
      states: {
        knowledge: {
          on: {
            'replica.committed': { actions: 'learn' },
            'replica.restored': { actions: 'learn' },
            'timekeeper.synced': { actions: 'takeTime' },
            'timekeeper.voided': { actions: assign({ estimates: [] }) },
          },
        },
        standing: {
          initial: 'outside',
          states: {
            outside: {
              on: {
                'genesis.formed': {
                  target: 'joining',
                  actions: [assign({ group: ({ event }) => event.group }), 'wakeToSettle'],
                },
              },
            },
            joining: { always: [{ guard: 'wasHere', target: 'settled' }, { target: 'settling' }] },
            settling: {
              entry: { type: 'tellMode', params: { mode: 'settling' } },
              on: { 'clock.due': { guard: 'isSettled', target: 'writing' } },
            },
            writing: {
              entry: 'writeSettled',
              on: { 'storage.written': { guard: 'isWritten', target: 'settled' } },
            },
            settled: { entry: 'tellSettled', always: 'entering' },
            entering: {
              entry: ['askToEnter', { type: 'tellMode', params: { mode: 'entering' } }],
              always: { guard: 'hasEntered', target: 'following' },
              after: { retry: { target: 'entering', reenter: true } },
            },
            following: {
              entry: { type: 'tellMode', params: { mode: 'following' } },
              always: [{ guard: not('hasEntered'), target: 'entering' }],
            },
          },
        },
        driver: {
          initial: 'absent',
          states: {
            absent: {
              on: {
                'lamps.ready': { target: 'present', actions: 'takeBound' },
              },
            },
            present: {
              on: {
                'lamps.lost': 'absent',
                // Its clock is known better or worse than before: instants are to be sent anew.
                'lamps.ready': { actions: ['takeBound', 'forgetShown'] },
                'lamps.refused': { actions: ['forgetShown', 'wakeAgain'] },
              },
            },
          },
        },
        /** Tells the lamps what the rights come to, whenever something bears on it. */
        lamps: {
          initial: 'silent',
          on: { 'node.stopping': { target: '.left', actions: 'leaveLamps' } },
          states: {
            silent: { always: { guard: 'maySpeak', target: 'speaking' } },
            speaking: {
              entry: ['giveUp', 'show'],
              exit: 'keepShown',
              always: { guard: not('maySpeak'), target: 'silent' },
              on: {
                'replica.committed': { actions: ['giveUp', 'show'] },
                'replica.restored': { actions: ['giveUp', 'show'] },
                'timekeeper.synced': { actions: 'show' },
                'timekeeper.voided': { actions: 'show' },
                'lamps.ready': { actions: 'show' },
                'lamps.accepted': { actions: ['noteAccepted', 'release'] },
                'clock.due': [
                  { guard: 'isAgain', actions: ['forgetShown', 'show'] },
                  { guard: 'isCall', actions: ['giveUp', 'show'] },
                ],
              },
            },
            /** What was sent goes on to its end. */
            left: {},
          },
        },
      },
    },
  },
});
