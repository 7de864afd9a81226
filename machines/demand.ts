/**
 * Speaks for the cabinet of a node that shares an intersection: what its inputs ask for, and whether
 * its lamps can be lit at all. Who serves a whole intersection needs nobody for that (`phases.ts`).
 *
 * - *Push buttons, and lamps that nobody can light,* are told to the leader, who keeps the schedule:
 *   again and again while they stand, because a word that is not repeated is forgotten there. They
 *   are in no log: a call that is lost with its leader is told to the next, and a turn that was given
 *   in vain costs time, never safety.
 * - *A preempt input* (rail, fire) is proposed as a preemption of the district. Without a commit
 *   nothing could come of it: what is in its way is lit by other nodes, whose cabinets this one
 *   cannot reach. It is best effort for that reason: it needs a leader and a majority. It stands as
 *   long as it is renewed, so that it ends soon when its node dies, and goes before other calls.
 *
 * All nodes at one cabinet hear its inputs; whoever commands the group speaks first, and the others
 * only if nothing came of it.
 */
import { assign, enqueueActions, not, or, setup, stateIn } from 'xstate';
import { type Intersection, isShared } from '../protocol/district.ts';
import type { Emitted, FactAs } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { callId, type Inputs, withCommand, withInput } from './inputs.ts';
import { names } from './map.ts';

/** How long an input preempts when it is not renewed. */
const FOR_S = 60;
const CALL = 1;
const CLEAR = 2;

export interface DemandInput {
  readonly id: string;
  readonly timing: Timing;
  readonly intersection: Intersection | null;
}

export interface Context extends DemandInput, Inputs {
  readonly leader: string | null;
}

export type Events =
  | FactAs<'lamps.input' | 'lamps.ready' | 'lamps.lost' | 'lamps.refused' | 'lamps.accepted'>
  | FactAs<'lamps.shown' | 'election.elected' | 'replica.committed' | 'replica.answered'>
  | FactAs<'contract.changed'>;

const cannotLight = or([
  stateIn({ shared: { driver: 'dark' } }),
  stateIn({ shared: { driver: 'refused' } }),
]);

export const demandMachine = setup({
  types: {} as { input: DemandInput; context: Context; events: Events; emitted: Emitted },
  delays: {
    retry: ({ context }) => context.timing.retryMs,
    /** A refusal may be of one sequence that came late; the next is accepted. */
    doubt: ({ context }) => context.timing.heartbeatTimeoutMs,
    /** Then it is tried once more, because who is given no turn can show nothing else. */
    probation: ({ context }) => context.timing.rightHorizonMs,
  },
  guards: {
    isShared: ({ context: { intersection } }) => intersection !== null && isShared(intersection),
    hasCalls: ({ context }) => context.calls.length > 0,
    hasInputs: ({ context: { inputs, over } }) => names(inputs).length > 0 || over.length > 0,
  },
  actions: {
    noteLeader: assign(({ event }) =>
      event.type === 'election.elected' ? { leader: event.leader } : {},
    ),
    takeInput: assign(({ context, event }) =>
      event.type === 'lamps.input' ? withInput(context, event) : {},
    ),
    /** A cabinet that is gone says nothing of its inputs; when it is back it says all that stand. */
    dropInputs: assign(({ context: { inputs, over } }) => ({
      inputs: {},
      over: [...new Set([...over, ...names(inputs)])].sort(),
      shown: null,
    })),
    noteShown: assign(({ context, event }) => {
      if (event.type !== 'lamps.shown') return {};
      const { lamps: shown } = event;
      return { shown, calls: context.calls.filter((group) => shown[group] !== 'green') };
    }),
    learn: assign(({ context, event }) =>
      event.type === 'replica.committed' ? withCommand(context, event) : {},
    ),
    /** Nothing stands that could be cleared. */
    forgetOver: assign(({ event }) => {
      const isRefused =
        event.type === 'replica.answered' &&
        event.owner === 'demand' &&
        event.ticket === CLEAR &&
        event.problems.length > 0 &&
        !event.transient;
      return isRefused ? { over: [] } : {};
    }),
    tell: enqueueActions(({ context, enqueue }, { isDark }: { isDark: boolean }) => {
      const { id, leader, intersection } = context;
      const said = { intersection: intersection?.id ?? '', calls: [...context.calls], isDark };
      enqueue.emit({ type: 'demand.changed', ...said });
      if (leader === null || leader === id) return;
      enqueue.emit({ type: 'wire.send', to: leader, message: { type: 'demand.tell', ...said } });
    }),
    propose: enqueueActions(({ context, event, enqueue }) => {
      const { intersection, inputs, over } = context;
      const ask = { type: 'replica.request' as const, owner: 'demand' };
      for (const group of names(inputs)) {
        if ((inputs[group] ?? 0) > event.at) continue;
        const place = { id: callId(context, group), intersection: intersection?.id ?? '', group };
        const command = { kind: 'preempt.call' as const, ...place, forS: FOR_S, isLocal: true };
        enqueue.emit({ ...ask, ticket: CALL, command });
      }
      for (const group of over) {
        const command = { kind: 'preempt.clear' as const, id: callId(context, group) };
        enqueue.emit({ ...ask, ticket: CLEAR, command });
      }
    }),
  },
}).createMachine({
  id: 'demand',
  context: ({ input }) => ({
    ...input,
    leader: null,
    calls: [],
    inputs: {},
    over: [],
    shown: null,
  }),
  initial: 'alone',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
  },
  states: {
    /** One node serves all, or this one serves none. */
    alone: { always: { guard: 'isShared', target: 'shared' } },
    shared: {
      type: 'parallel',
      states: {
        knowledge: {
          on: {
            'election.elected': { actions: 'noteLeader' },
            'lamps.input': { actions: 'takeInput' },
            'lamps.lost': { actions: 'dropInputs' },
            'lamps.shown': { actions: 'noteShown' },
            'replica.committed': { actions: 'learn' },
            'replica.answered': { actions: 'forgetOver' },
          },
        },
        driver: {
          initial: 'absent',
          states: {
            /** It may be back at once. */
            absent: { on: { 'lamps.ready': 'present' }, after: { retry: 'dark' } },
            dark: { on: { 'lamps.ready': 'present' } },
            present: { on: { 'lamps.lost': 'absent', 'lamps.refused': 'refusing' } },
            refusing: {
              on: { 'lamps.lost': 'absent', 'lamps.accepted': 'present' },
              after: { doubt: 'refused' },
            },
            /** Latched, say. */
            refused: {
              on: { 'lamps.lost': 'absent', 'lamps.accepted': 'present' },
              after: { probation: 'present' },
            },
          },
        },
        /** Tells the leader, as long as there is anything to tell, and once that there is not. */
        words: {
          initial: 'none',
          on: { 'election.elected': '.none', 'lamps.input': '.none' },
          states: {
            none: {
              always: [
                { guard: cannotLight, target: 'dark' },
                { guard: 'hasCalls', target: 'calls' },
              ],
            },
            dark: {
              entry: { type: 'tell', params: { isDark: true } },
              always: { guard: not(cannotLight), target: 'over' },
              after: { retry: { target: 'dark', reenter: true } },
            },
            calls: {
              entry: { type: 'tell', params: { isDark: false } },
              always: [
                { guard: cannotLight, target: 'dark' },
                { guard: not('hasCalls'), target: 'over' },
              ],
              after: { retry: { target: 'calls', reenter: true } },
            },
            over: { entry: { type: 'tell', params: { isDark: false } }, always: 'none' },
          },
        },
        preempts: {
          initial: 'none',
          on: { 'lamps.input': '.none' },
          states: {
            none: { always: { guard: 'hasInputs', target: 'standing' } },
            standing: {
              entry: 'propose',
              always: { guard: not('hasInputs'), target: 'none' },
              after: { retry: { target: 'standing', reenter: true } },
            },
          },
        },
      },
    },
  },
});
