/**
 * Keeps the group's time, so that offsets mean the same everywhere, and rights of way can be told
 * apart. A timescale is the monotonic clock of one leader plus an offset, and is named by its term;
 * a new leader goes on with the offset it had, so that lamps do not jump when leaders change. Wall
 * clocks play no part.
 *
 * The offset to a timescale is taken from the best of recent round trips (Cristian, "Probabilistic
 * clock synchronization", Distributed Computing 1989); its bound is half that round trip, and grows
 * with its age, counted from the question, by what both clocks may drift. What is known of earlier
 * timescales is kept, because rights of way are judged on their own; it runs free. An answer names
 * the life of the node that asked: every process counts time from its own start. Each question is
 * answered once, by who leads: what answers none is not heeded, and nobody else knows when it was asked.
 *
 * A clock that stood still or jumped makes everything void: when the host says so, or when a round
 * trip contradicts what is known by more than both bounds. Answers to what was asked before then are
 * not believed either: they may have waited at this host while its clock stood still, and would seem
 * to have come at once.
 *
 * Each question says what was answered last, when this node counts as one of this group. So the
 * leader knows, on its own clock, that the node was here not before it answered, however late
 * messages come.
 */
import { and, assign, emit, enqueueActions, setup } from 'xstate';
import type { Emitted, FactAs, HeardAs } from '../protocol/event.ts';
import type { Timing } from '../protocol/timing.ts';
import { boundAt, type Estimate, type Sample, withEstimate } from './time-estimate.ts';

/** Questions that may still be answered: those of some seconds. */
const ASKED_MAX = 8;
/** Round trips remembered; the best says most. */
const SAMPLES_MAX = 8;
export interface TimekeeperInput {
  readonly id: string;
  readonly incarnation: number;
  readonly timing: Timing;
}

export interface Context extends TimekeeperInput {
  readonly leader: string | null;
  readonly term: number;
  /** Of the timescale `term`. */
  readonly samples: readonly Sample[];
  /** The last ones, oldest first. */
  readonly estimates: readonly Estimate[];
  /** Whether this node counts as one of this group for good. */
  readonly settled: boolean;
  /** What the leader of `term` answered last; null, when it has not. */
  readonly heardMs: number | null;
  /** When the last questions were asked: what answers none of them is made up. */
  readonly asked: readonly number[];
  /** When everything was void last: only what was asked later is believed. Null, when never. */
  readonly voidMs: number | null;
}

export type Events =
  | HeardAs<'timekeeper.ask' | 'timekeeper.tell'>
  | FactAs<'election.elected' | 'holder.settled' | 'clock.due' | 'clock.jumped'>
  | FactAs<'contract.changed'>;

const WAKE = 'timekeeper:ask';

type Tell = HeardAs<'timekeeper.tell'>;

const sampleOf = ({ sentMs, groupMs, at }: Tell): Sample => {
  const boundMs = (at - sentMs) / 2;
  // The leader's clock was read at some time since: both may have drifted from then on.
  return { offsetMs: groupMs - sentMs - boundMs, boundMs, takenMs: sentMs };
};

/** Whether a round trip cannot be true if what is known is, so that some clock has jumped. */
const contradicts = ({ estimates, term, timing }: Context, tell: Tell): boolean => {
  const known = estimates.find((estimate) => estimate.term === term);
  if (!known) return false;
  const { offsetMs, boundMs } = sampleOf(tell);
  return Math.abs(offsetMs - known.offsetMs) > boundMs + boundAt(known, tell.at, timing);
};

const learn = ({ term, timing, ...context }: Context, tell: Tell): Partial<Context> => {
  const samples = [...context.samples.slice(1 - SAMPLES_MAX), sampleOf(tell)];
  const known = context.estimates.filter((estimate) => estimate.term === term);
  const bound = (sample: Sample) => boundAt(sample, tell.at, timing);
  // What is known may be better than all that was heard of late, for all its age.
  const best = [...known, ...samples].reduce((a, b) => (bound(b) < bound(a) ? b : a));
  const estimates = withEstimate(context.estimates, { ...best, term, isOwn: false });
  const asked = context.asked.filter((sentMs) => sentMs !== tell.sentMs);
  return { samples, estimates, asked, heardMs: tell.groupMs };
};

const nothing = { asked: [], samples: [], estimates: [], heardMs: null };

const synced = ({ estimates, timing }: Context, nowMs: number): Emitted[] => {
  const last = estimates.at(-1);
  if (!last) return [];
  const { term, offsetMs } = last;
  const boundMs = boundAt(last, nowMs, timing);
  return [{ type: 'timekeeper.synced', offsetMs, boundMs, term, isOwn: false }];
};

export const timekeeperMachine = setup({
  types: {} as { input: TimekeeperInput; context: Context; events: Events; emitted: Emitted },
  guards: {
    isSelf: ({ context, event }) =>
      event.type === 'election.elected' && event.leader === context.id,
    isDue: ({ event }) => event.type === 'clock.due' && event.id === WAKE,
    /** From the leader, and asked on this clock: that of an earlier life began at another time. */
    isCurrent: ({ context, event }) =>
      event.type === 'timekeeper.tell' &&
      context.asked.includes(event.sentMs) &&
      (context.voidMs === null || event.sentMs > context.voidMs) &&
      event.term === context.term &&
      event.from === context.leader &&
      event.life === context.incarnation &&
      event.sentMs <= event.at,
    contradicts: ({ context, event }) =>
      event.type === 'timekeeper.tell' && contradicts(context, event),
  },
  actions: {
    noteLeader: assign(({ event }) =>
      event.type === 'election.elected'
        ? { leader: event.leader, term: event.term, asked: [], samples: [], heardMs: null }
        : {},
    ),
    /** Our own clock is the timescale, and goes on from the last that is known. */
    keep: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'election.elected') return;
      const { estimates, timing } = context;
      const { term, at } = event;
      const before = estimates.at(-1);
      const offsetMs = before?.offsetMs ?? 0;
      const own = { term, offsetMs, boundMs: 0, takenMs: at, isOwn: true };
      enqueue.assign({ estimates: withEstimate(estimates, own) });
      const related = estimates.toReversed().map((known) => ({
        term: known.term,
        boundMs: Math.abs(offsetMs - known.offsetMs) + boundAt(known, at, timing),
      }));
      enqueue.emit({ type: 'timekeeper.kept', term, offsetMs, related });
      enqueue.emit({ type: 'timekeeper.synced', offsetMs, boundMs: 0, term, isOwn: true });
    }),
    ask: enqueueActions(({ context, event, enqueue }) => {
      const { leader, term, settled, heardMs } = context;
      if (leader === null) return;
      enqueue.assign({ asked: [...context.asked.slice(1 - ASKED_MAX), event.at] });
      const heard = settled && heardMs !== null ? { heard: { term, groupMs: heardMs } } : {};
      const message = { type: 'timekeeper.ask' as const, sentMs: event.at, ...heard };
      enqueue.emit({ type: 'wire.send', to: leader, message });
    }),
    askLater: emit(({ context, event }) => ({
      type: 'clock.wake' as const,
      id: WAKE,
      // The first few samples are taken quickly: the best of several is soon good.
      atMs: event.at + context.timing.timeSyncMs / (context.samples.length < 3 ? 10 : 1),
    })),
    tell: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'timekeeper.ask') return;
      const { term } = context;
      const groupMs = event.at + (context.estimates.at(-1)?.offsetMs ?? 0);
      const message = {
        type: 'timekeeper.tell' as const,
        ...{ term, sentMs: event.sentMs, groupMs, life: event.incarnation },
      };
      enqueue.emit({ type: 'wire.send', to: event.from, message });
      const { heard, from: peer } = event;
      if (heard?.term !== term || heard.groupMs > groupMs) return;
      enqueue.emit({ type: 'timekeeper.present', peer, term, sinceMs: heard.groupMs });
    }),
    learn: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'timekeeper.tell') return;
      const next = learn(context, event);
      enqueue.assign(next);
      for (const said of synced({ ...context, ...next }, event.at)) enqueue.emit(said);
    }),
    distrust: enqueueActions(({ event, enqueue }) => {
      const reason =
        event.type === 'clock.jumped'
          ? `our clock stood still or jumped by ${Math.round(event.byMs)} ms`
          : 'a round trip contradicts what was known of the time';
      enqueue.assign({ ...nothing, voidMs: event.at });
      enqueue.emit({ type: 'timekeeper.voided', reason });
    }),
  },
}).createMachine({
  id: 'timekeeper',
  context: ({ input }) => ({
    ...input,
    ...nothing,
    leader: null,
    term: 0,
    settled: false,
    voidMs: null,
  }),
  initial: 'unsynced',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
    'election.elected': [
      { guard: 'isSelf', target: '.keeping', actions: 'noteLeader' },
      { target: '.asking', actions: 'noteLeader' },
    ],
    'holder.settled': { actions: assign({ settled: true }) },
    'clock.jumped': { actions: 'distrust' },
  },
  states: {
    unsynced: {},
    asking: {
      entry: ['ask', 'askLater'],
      on: {
        'clock.due': { guard: 'isDue', actions: ['ask', 'askLater'] },
        'clock.jumped': { target: 'asking', reenter: true, actions: 'distrust' },
        'timekeeper.tell': [
          {
            guard: and(['isCurrent', 'contradicts']),
            target: 'asking',
            reenter: true,
            actions: 'distrust',
          },
          { guard: 'isCurrent', actions: 'learn' },
        ],
      },
    },
    keeping: {
      entry: 'keep',
      on: {
        'timekeeper.ask': { actions: 'tell' },
        // Its clock is the timescale, which must not jump: it tells no more time in this term.
        'clock.jumped': { target: 'unsynced', actions: 'distrust' },
      },
    },
  },
});
