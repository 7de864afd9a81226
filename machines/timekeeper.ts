/**
 * Keeps the group's time, so that offsets mean the same everywhere. The timescale is the leader's
 * monotonic clock plus an offset; a new leader goes on with the offset it had, so that lamps do
 * not jump when leaders change. Wall clocks play no part.
 *
 * The offset is taken from the best of recent round trips (Cristian, "Probabilistic clock
 * synchronization", Distributed Computing 1989); its bound is half that round trip.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import type { Emitted, FactAs, HeardAs } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';

/** Round trips remembered; the shortest says most. */
const SAMPLES_MAX = 8;

export interface Sample {
  readonly offsetMs: number;
  readonly boundMs: number;
}

export interface TimekeeperInput {
  readonly id: string;
  readonly timing: Timing;
}

export interface Context extends TimekeeperInput {
  readonly leader: string | null;
  readonly term: number;
  readonly samples: readonly Sample[];
  /** The group's time less our own clock, while known. */
  readonly offsetMs: number;
  readonly boundMs: number;
}

export type Events =
  | HeardAs<'timekeeper.ask' | 'timekeeper.tell'>
  | FactAs<'election.elected' | 'clock.due'>;

const WAKE = 'timekeeper:ask';

export const timekeeperMachine = setup({
  types: {} as { input: TimekeeperInput; context: Context; events: Events; emitted: Emitted },
  guards: {
    isSelf: ({ context, event }) =>
      event.type === 'election.elected' && event.leader === context.id,
    isDue: ({ event }) => event.type === 'clock.due' && event.id === WAKE,
    /** From the leader, and asked on this clock: one of an earlier life may have stood later. */
    isCurrent: ({ context, event }) =>
      event.type === 'timekeeper.tell' &&
      event.term === context.term &&
      event.from === context.leader &&
      event.sentMs <= event.at,
  },
  actions: {
    noteLeader: assign(({ event }) =>
      event.type === 'election.elected'
        ? { leader: event.leader, term: event.term, samples: [] }
        : {},
    ),
    ask: enqueueActions(({ context, event, enqueue }) => {
      if (context.leader === null) return;
      const message = { type: 'timekeeper.ask' as const, sentMs: event.at };
      enqueue.emit({ type: 'wire.send', to: context.leader, message });
    }),
    askLater: emit(({ context, event }) => ({
      type: 'clock.wake' as const,
      id: WAKE,
      // The first few samples are taken quickly: the best of several is soon good.
      atMs: event.at + context.timing.timeSyncMs / (context.samples.length < 3 ? 10 : 1),
    })),
    tell: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'timekeeper.ask') return;
      const { sentMs, at } = event;
      const groupMs = at + context.offsetMs;
      const message = { type: 'timekeeper.tell' as const, term: context.term, sentMs, groupMs };
      enqueue.emit({ type: 'wire.send', to: event.from, message });
    }),
    learn: assign(({ context, event }) => {
      if (event.type !== 'timekeeper.tell') return {};
      const boundMs = (event.at - event.sentMs) / 2;
      const sample = { offsetMs: event.groupMs - event.sentMs - boundMs, boundMs };
      const samples = [...context.samples.slice(1 - SAMPLES_MAX), sample];
      const best = samples.reduce((a, b) => (b.boundMs < a.boundMs ? b : a));
      return { samples, ...best };
    }),
    announce: emit(({ context: { offsetMs, boundMs, term } }) => ({
      type: 'timekeeper.synced' as const,
      offsetMs,
      boundMs,
      term,
    })),
  },
}).createMachine({
  id: 'timekeeper',
  context: ({ input }) => ({
    ...input,
    leader: null,
    term: 0,
    samples: [],
    offsetMs: 0,
    boundMs: 0,
  }),
  initial: 'unsynced',
  on: {
    'election.elected': [
      { guard: 'isSelf', target: '.keeping', actions: 'noteLeader' },
      { target: '.asking', actions: 'noteLeader' },
    ],
  },
  states: {
    unsynced: {},
    asking: {
      entry: ['ask', 'askLater'],
      on: {
        'clock.due': { guard: 'isDue', actions: ['ask', 'askLater'] },
        'timekeeper.tell': { guard: 'isCurrent', actions: ['learn', 'announce'] },
      },
    },
    keeping: { entry: 'announce', on: { 'timekeeper.ask': { actions: 'tell' } } },
  },
});
