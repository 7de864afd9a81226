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
 *   former life that arrives later does nothing.
 * - *Following*: its rights are what the log says, less what it has given up since. They are final:
 *   nobody can shorten one but this node, so whatever it missed, what it knows of them is true, and
 *   it needs neither leader nor majority to use what it has.
 *
 * What it gives up is first taken from the lamps: `right.release` is asked for when the lamp driver
 * has accepted a sequence without it, and until the log says so nothing is lit beyond.
 */
import { assign, emit, enqueueActions, not, setup, stateIn } from 'xstate';
import type { State } from '../protocol/command.ts';
import { type Intersection, isShared } from '../protocol/district.ts';
import type { Emitted, FactAs, Show } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { apply, initialState } from './district-state.ts';
import { type Given, holdingSequence, isAlike, isLitAfter } from './holding.ts';
import { settlingMs } from './rights.ts';
import { type Estimate, withEstimate } from './time-estimate.ts';

export interface HolderInput {
  readonly id: string;
  readonly incarnation: number;
  readonly timing: Timing;
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
  /** What the lamps were told last; null, when they must be told anew. */
  readonly shown: Show['timelines'] | null;
}

export type Events =
  | FactAs<'genesis.formed' | 'storage.written' | 'election.elected' | 'clock.due'>
  | FactAs<'replica.committed' | 'replica.restored'>
  | FactAs<'timekeeper.synced' | 'timekeeper.voided'>
  | FactAs<'lamps.ready' | 'lamps.lost' | 'lamps.refused' | 'node.stopping'>;

const SETTLED = 1;
const ENTER = 1;
const WAKE_SETTLED = 'holder:settled';
const WAKE_AGAIN = 'holder:again';

export const holderMachine = setup({
  types: {} as { input: HolderInput; context: Context; events: Events; emitted: Emitted },
  delays: { retry: ({ context }) => context.timing.retryMs },
  guards: {
    isShared: ({ context: { intersection } }) => intersection !== null && isShared(intersection),
    wasHere: ({ context }) => context.settled === context.group,
    isSettled: ({ event }) => event.type === 'clock.due' && event.id === WAKE_SETTLED,
    isAgain: ({ event }) => event.type === 'clock.due' && event.id === WAKE_AGAIN,
    isWritten: ({ event }) => event.type === 'storage.written' && event.ticket === SETTLED,
    hasEntered: ({ context }) =>
      context.state.entered?.some(
        ({ node, incarnation }) => node === context.id && incarnation === context.incarnation,
      ) ?? false,
    maySpeak: stateIn({ active: { standing: 'following', driver: 'present' } }),
  },
  actions: {
    learn: assign(({ context, event }) => {
      if (event.type === 'replica.restored') return { state: event.state };
      if (event.type !== 'replica.committed') return {};
      const { command } = event;
      const isSaid = ({ group, term, fromMs }: Given) =>
        command.kind === 'right.release' &&
        command.group === group &&
        command.term === term &&
        command.fromMs === fromMs;
      const given = context.given.filter((gave) => !isSaid(gave));
      return { state: apply(context.state, command), given };
    }),
    takeTime: assign(({ context, event }) => {
      if (event.type !== 'timekeeper.synced') return {};
      const { term, offsetMs, boundMs, isOwn, at: takenMs } = event;
      return {
        estimates: withEstimate(context.estimates, { term, offsetMs, boundMs, takenMs, isOwn }),
      };
    }),
    show: enqueueActions(({ context, event, enqueue }) => {
      const { intersection, shown } = context;
      if (!intersection) return;
      const holding = { ...context, intersection };
      const sequence = holdingSequence(holding, event.at, isLitAfter(shown, event.at));
      if (!sequence || (shown && isAlike(shown, sequence.timelines))) return;
      enqueue.assign({ shown: sequence.timelines });
      enqueue.emit({ type: 'lamps.show', ...sequence });
    }),
    forgetShown: assign({ shown: null }),
    wakeToSettle: emit(({ context, event }) => ({
      type: 'clock.wake' as const,
      id: WAKE_SETTLED,
      atMs: event.at + settlingMs(context.timing),
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
    shown: null,
  }),
  initial: 'inactive',
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
                'lamps.ready': {
                  target: 'present',
                  actions: assign({ lampBoundMs: ({ event }) => event.boundMs ?? 0 }),
                },
              },
            },
            present: {
              on: {
                'lamps.lost': 'absent',
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
              entry: 'show',
              exit: 'forgetShown',
              always: { guard: not('maySpeak'), target: 'silent' },
              on: {
                'replica.committed': { actions: 'show' },
                'replica.restored': { actions: 'show' },
                'timekeeper.synced': { actions: 'show' },
                'timekeeper.voided': { actions: 'show' },
                'clock.due': { guard: 'isAgain', actions: 'show' },
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
