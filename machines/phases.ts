/**
 * Decides what the lamps of one intersection show: stages in the order of the plan, each at least
 * its minimum green, with amber and red clearance between them.
 *
 * It never commands a colour, only timed sequences that end in red. The next stage is decided, and
 * sent to the lamps, a little before the present one ends (`sequenceLeadMs`), because timers come
 * late; what was sent is what happens, so deciding late changes nothing that is lit.
 *
 * With a plan and the group's time it is coordinated: a stage ends where the plan's cycle says
 * (its force-off, NTCIP 1202), and a node out of step comes back into step by lengthening or
 * shortening greens within their bounds. Without either it runs the same stages freely. It needs
 * nobody else for that, so a node cut off goes on alone.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import { type Intersection, isShared, type Stage } from '../protocol/district.ts';
import type { Emitted, FactAs } from '../protocol/event.ts';
import { isLit, type Lamps } from '../protocol/lamp.ts';
import type { Plan } from '../protocol/plan.ts';
import type { Timing } from '../protocol/timing.ts';
import {
  amberMs,
  changeMs,
  clearanceMs,
  type Green,
  maxGreenMs,
  minGreenMs,
  sequenceOf,
} from './sequence.ts';

/** A green may be this much longer than planned while coming into step. */
const STRETCH = 1.5;
/** Green planned beyond the minimum, because a timer that comes late shortens what is seen. */
const LATE_MS = 200;
/** Green of a stage without a plan. */
const GREEN_DEFAULT_MS = 20_000;

export interface PhasesInput {
  readonly id: string;
  readonly timing: Timing;
  readonly intersection: Intersection | null;
}

export interface Context extends PhasesInput {
  readonly plan: Plan | null;
  /** The group's time less our clock, once known. */
  readonly offsetMs: number | null;
  /** What is green, or was last. */
  readonly now: Green | null;
  /** What was sent to follow. */
  readonly next: Green | null;
  /** What the lamp driver says it shows. */
  readonly shown: Lamps | null;
}

export type Events =
  | FactAs<'lamps.ready' | 'lamps.lost' | 'lamps.refused' | 'lamps.shown' | 'clock.due'>
  | FactAs<'replica.committed' | 'replica.restored' | 'timekeeper.synced' | 'node.stopping'>;

interface Split {
  readonly stage: Stage;
  readonly splitMs: number | null;
}

/** The stages in their order, with the plan's splits where there is one for this intersection. */
const splitsOf = ({ plan, intersection }: Context): Split[] => {
  const stages = intersection?.stages ?? [];
  const planned = plan?.intersections.find(({ id }) => id === intersection?.id);
  const splits = (planned?.splits ?? []).flatMap(({ stage, splitS }) => {
    const found = stages.find(({ id }) => id === stage);
    return found ? [{ stage: found, splitMs: splitS * 1000 }] : [];
  });
  return splits.length > 0 ? splits : stages.map((stage) => ({ stage, splitMs: null }));
};

/** Least green of a stage as it is planned. */
const leastMs = (intersection: Intersection, stage: Stage): number =>
  minGreenMs(intersection, stage) + LATE_MS;

/** What the greens of one cycle can give up together to make up for a delay. */
const spareMs = (intersection: Intersection, splits: readonly Split[]): number =>
  splits.reduce((sum, { stage, splitMs }, place) => {
    const after = (splits[(place + 1) % splits.length] as Split).stage;
    const greenMs = (splitMs ?? 0) - changeMs(intersection, stage, after);
    return sum + Math.max(0, greenMs - leastMs(intersection, stage));
  }, 0);

/** The stage that follows `now`, from `fromMs`, and when its green is to end. */
const decide = (context: Context, fromMs: number | null): Green => {
  const intersection = context.intersection as Intersection;
  const splits = splitsOf(context);
  const last = splits.findIndex(({ stage }) => stage.id === context.now?.stage.id);
  const place = fromMs === null ? (last + 1) % splits.length : Math.max(0, last);
  const { stage, splitMs } = splits[place] as Split;
  const after = (splits[(place + 1) % splits.length] as Split).stage;
  const startMs =
    fromMs ??
    (context.now as Green).untilMs + changeMs(intersection, (context.now as Green).stage, stage);
  const least = leastMs(intersection, stage);
  const change = changeMs(intersection, stage, after);
  if (splitMs === null) {
    const greenMs = Math.max(least, Math.min(GREEN_DEFAULT_MS, maxGreenMs(intersection, stage)));
    return { stage, fromMs: startMs, untilMs: startMs + greenMs };
  }
  const greenMs = Math.max(least, splitMs - change);
  const planned = context.plan?.intersections.find(({ id }) => id === intersection.id);
  if (context.offsetMs === null || !planned || !context.plan) {
    return { stage, fromMs: startMs, untilMs: startMs + greenMs };
  }
  const forceOffMs =
    planned.offsetS * 1000 +
    splits.slice(0, place + 1).reduce((sum, split) => sum + (split.splitMs ?? 0), 0) -
    change;
  const cycleMs = context.plan.cycleS * 1000;
  const earliestMs = startMs + least;
  const waitMs = mod(forceOffMs - (earliestMs + context.offsetMs), cycleMs);
  const mostMs = Math.max(least, greenMs * STRETCH);
  if (least + waitMs <= mostMs) return { stage, fromMs: startMs, untilMs: earliestMs + waitMs };
  // A force-off just missed is made up for by shorter greens; one missed by far, by longer ones.
  const isSoonMadeUp = cycleMs - waitMs <= spareMs(intersection, splits);
  const untilMs = isSoonMadeUp ? earliestMs : startMs + mostMs;
  return { stage, fromMs: startMs, untilMs };
};

const mod = (value: number, by: number) => ((value % by) + by) % by;

export const phasesMachine = setup({
  types: {} as { input: PhasesInput; context: Context; events: Events; emitted: Emitted },
  guards: {
    isUnserved: ({ context: { intersection } }) => intersection === null,
    isShared: ({ context: { intersection } }) => intersection !== null && isShared(intersection),
    /** Flashing is no sequence: it ends when the next one is accepted, through steady red. */
    isDark: ({ context: { shown } }) =>
      shown !== null &&
      !Object.values(shown).some((lamp) => isLit(lamp) && lamp !== 'flashingAmber'),
    isStart: ({ event }) => event.type === 'clock.due' && event.id === 'phases:start',
    isDecision: ({ event }) => event.type === 'clock.due' && event.id === 'phases:decide',
    isChange: ({ event }) => event.type === 'clock.due' && event.id === 'phases:change',
  },
  actions: {
    takePlan: assign(({ context, event }) => {
      if (event.type === 'replica.restored') return { plan: event.state.plan ?? context.plan };
      if (event.type !== 'replica.committed' || event.command.kind !== 'plan.adopt') return {};
      return { plan: event.command.plan };
    }),
    takeTime: assign(({ event }) =>
      event.type === 'timekeeper.synced' ? { offsetMs: event.offsetMs } : {},
    ),
    wakeToStart: emit(({ context, event }) => ({
      type: 'clock.wake' as const,
      id: 'phases:start',
      atMs: event.at + context.timing.retryMs,
    })),
    /** Sends red and then the first stage. */
    start: enqueueActions(({ context, event, enqueue }) => {
      const { intersection, timing } = context;
      if (!intersection) return;
      // Whatever was lit before is cleared by this red, and the driver wants to see it for itself.
      const redMs = Math.max(timing.startUpRedMs, clearanceMs(intersection)) + LATE_MS;
      const fromMs = event.at + redMs;
      const next = decide({ ...context, now: null }, fromMs);
      enqueue.assign({ now: null, next });
      enqueue.emit({ type: 'lamps.show', ...sequenceOf(intersection, { now: null, next }) });
      enqueue.emit({ type: 'clock.wake', id: 'phases:change', atMs: fromMs });
    }),
    /** Decides what follows, and sends it while the present stage is still green. */
    decide: enqueueActions(({ context, enqueue }) => {
      const { intersection, now } = context;
      if (!intersection || !now) return;
      const next = decide(context, null);
      enqueue.assign({ next });
      enqueue.emit({ type: 'lamps.show', ...sequenceOf(intersection, { now, next }) });
      enqueue.emit({ type: 'clock.wake', id: 'phases:change', atMs: now.untilMs });
    }),
    wakeForChange: enqueueActions(({ context, enqueue }) => {
      const { intersection, now, next } = context;
      if (!intersection || !now || !next) return;
      const atMs = now.untilMs + amberMs(intersection, now.stage, next.stage);
      enqueue.emit({ type: 'clock.wake', id: 'phases:change', atMs });
    }),
    wakeForGreen: enqueueActions(({ context, enqueue }) => {
      if (!context.next) return;
      enqueue.emit({ type: 'clock.wake', id: 'phases:change', atMs: context.next.fromMs });
    }),
    turnGreen: enqueueActions(({ context, enqueue }) => {
      const { intersection, next, timing } = context;
      if (!intersection || !next) return;
      enqueue.assign({ now: next, next: null });
      const greenS = Math.round(next.untilMs - next.fromMs) / 1000;
      const mode = modeOf(context);
      enqueue.emit({ type: 'phases.changed', stage: next.stage.id, mode, greenS });
      const atMs = next.untilMs - timing.sequenceLeadMs;
      enqueue.emit({ type: 'clock.wake', id: 'phases:decide', atMs });
    }),
    leaveLamps: emit({ type: 'lamps.leave' as const }),
  },
}).createMachine({
  id: 'phases',
  context: ({ input }) => ({
    ...input,
    plan: null,
    offsetMs: null,
    now: null,
    next: null,
    shown: null,
  }),
  initial: 'dark',
  on: {
    'replica.committed': { actions: 'takePlan' },
    'replica.restored': { actions: 'takePlan' },
    'timekeeper.synced': { actions: 'takeTime' },
    'lamps.shown': { actions: assign({ shown: ({ event }) => event.lamps }) },
    'lamps.lost': '.dark',
    'lamps.refused': '.startUp',
    'node.stopping': { target: '.stopped', actions: 'leaveLamps' },
  },
  states: {
    /** No lamp driver answers: nothing is shown through us. */
    dark: {
      on: {
        'lamps.ready': [
          { guard: 'isUnserved' },
          { guard: 'isShared', target: 'awaitingRightOfWay' },
          { target: 'startUp' },
        ],
        // Refused, say, for its description: there is no driver to start anew with.
        'lamps.refused': {},
      },
    },
    /** A shared intersection is green only inside a right of way, which another concern holds. */
    awaitingRightOfWay: { on: { 'lamps.refused': {} } },
    startUp: {
      initial: 'waiting',
      states: {
        /** A driver that refuses is not asked again at once. */
        waiting: {
          entry: 'wakeToStart',
          on: { 'clock.due': { guard: 'isStart', target: 'clearing' } },
        },
        /** Somebody may still be moving on what an earlier sequence lit. */
        clearing: { always: { guard: 'isDark', target: '#phases.allRed' } },
      },
    },
    allRed: { entry: 'start', on: { 'clock.due': { guard: 'isChange', target: 'green' } } },
    green: {
      entry: 'turnGreen',
      initial: 'undecided',
      states: {
        undecided: { on: { 'clock.due': { guard: 'isDecision', target: 'decided' } } },
        decided: {
          entry: 'decide',
          on: { 'clock.due': { guard: 'isChange', target: '#phases.amber' } },
        },
      },
    },
    amber: {
      entry: 'wakeForChange',
      on: { 'clock.due': { guard: 'isChange', target: 'redClearance' } },
    },
    redClearance: {
      entry: 'wakeForGreen',
      on: { 'clock.due': { guard: 'isChange', target: 'green' } },
    },
    stopped: { on: { 'lamps.lost': {}, 'lamps.refused': {}, 'node.stopping': {} } },
  },
});

/** How the lamps are run: by plan and group time, by plan alone, or freely. */
const modeOf = (context: Context): string => {
  const planned = context.plan?.intersections.some(({ id }) => id === context.intersection?.id);
  if (!planned) return 'free';
  return context.offsetMs === null ? 'fixed' : 'coordinated';
};
