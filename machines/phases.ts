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
 * nobody else for that, so a node cut off goes on alone: by the last plan it knows and, while its
 * clock keeps near the group's, in step with the others.
 *
 * Who calls (a preemption from the log, or an input of the cabinet, which needs no log and goes
 * first) has green as soon as that is safe: what is lit has its minimum, amber and clearance, then
 * comes a stage with the called group, which is *held*: its end is put off by a little again and
 * again, so that a node that dies while it holds leaves lamps that end by themselves. A sequence
 * that was sent may be replaced as long as the lamps have not come to where the two differ; the
 * driver refuses what comes too late, and then this starts anew from red. When the call is over
 * the stages go on in the order of the plan, and come into step as after any other delay.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import { type Intersection, isShared } from '../protocol/district.ts';
import type { Emitted, FactAs, HeardAs } from '../protocol/event.ts';
import { isLit, type Lamps } from '../protocol/lamp.ts';
import type { Plan } from '../protocol/plan.ts';
import { litBy } from '../protocol/stage.ts';
import type { Timing } from '../protocol/timing.ts';
import {
  boundaryMs,
  type Call,
  type CallEvent,
  callsAfter,
  overAt,
  transitCall,
  urgentCall,
} from './calls.ts';
import type { Expected } from './expectation.ts';
import { adapt, heedsPlan, sensingControl, waitInside } from './sensing.ts';
import { amberMs, clearanceMs, type Green, heldOf, sequenceOf } from './sequence.ts';
import { LATE_MS, leastMs, plannedOf, type Situation } from './splits.ts';
import { AT_ONCE_MS, decide, favour, firstGreen, protects, turnInChange } from './stage-choice.ts';
import {
  type Tell,
  takenWords,
  tellsTo,
  type Watcher,
  watcherOf,
  withWatcher,
} from './watchers.ts';

/** By how many leads the end of a green is put off that is held. */
const HOLD_LEADS = 3;

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
  readonly calls: readonly Call[];
  /** Groups for which a pedestrian has called. */
  readonly walks: readonly string[];
  /** What is expected of the traffic; null while no sensor tells. */
  readonly expected: Expected | null;
  /** Operators who want to hear what the lamps follow. */
  readonly watchers: readonly Watcher[];
}

export type Events =
  | CallEvent
  | HeardAs<'phases.ask'>
  | FactAs<'arrivals.expected' | 'arrivals.lost'>
  | FactAs<'lamps.ready' | 'lamps.refused' | 'lamps.shown' | 'clock.due'>
  | FactAs<'timekeeper.synced' | 'node.stopping' | 'contract.changed'>;

/** Whether the driver says that all is lit that the stage lights. */
const isShown = ({ shown }: Context, { stage }: Green): boolean =>
  litBy(stage).every((group) => isLit(shown?.[group] ?? 'red'));

/**
 * The present green, which counts from now if the driver has not lit all of it yet: because what
 * was lit before ended late, or because its word is still on its way. The driver lights nothing
 * for less than its minimum, and counts that from when it lit it.
 */
const seen = (context: Context, at: number): Green | null => {
  const { now } = context;
  if (!now || isShown(context, now)) return now;
  return { ...now, fromMs: Math.max(now.fromMs, at) };
};

const situationOf = (context: Context, at: number): Situation | null =>
  context.intersection && {
    ...context,
    intersection: context.intersection,
    plan: heedsPlan(context.intersection) ? context.plan : null,
    now: seen(context, at),
  };

/** Whether the called group is green now, by a stage that does not yield. */
const isHere = ({ calls, now }: Context, at: number): boolean => {
  const call = urgentCall(calls, at);
  return call !== undefined && now !== null && protects(now.stage, call.group);
};

/** Whether somebody calls for a group that is not green. */
const isElsewhere = ({ calls, now }: Context, at: number): boolean => {
  const call = urgentCall(calls, at);
  return call !== undefined && now !== null && !protects(now.stage, call.group);
};

/** How the lamps are run: for who calls, by sensors, by plan and time, by plan alone, or freely. */
const modeOf = (context: Context, at: number): string => {
  const situation = situationOf(context, at);
  if (isHere(context, at)) return 'preempted';
  const sensing = situation && sensingControl(situation);
  if (sensing) return sensing;
  if (!situation || !plannedOf(situation)) return 'free';
  return context.offsetMs === null ? 'fixed' : 'coordinated';
};

/** What is told of the intersection, to everybody who asked for it and waits. Of a shared one its
 *  witnesses tell. */
const tellsOf = (context: Context, at: number, said: Partial<Tell>): Emitted[] => {
  const { intersection, watchers } = context;
  if (!intersection || isShared(intersection)) return [];
  const mode = modeOf(context, at);
  return tellsTo(watchers, at, { intersection: intersection.id, moment: 'asked', mode, ...said });
};

/** What a machine hears of the traffic. */
const expectedIn = (event: Events): { expected?: Expected | null } => {
  if (event.type === 'arrivals.lost') return { expected: null };
  return event.type === 'arrivals.expected' ? { expected: event } : {};
};

/** What is said of a green that is lit: its stage, its plan, its call. */
const greenWords = ({ stage, plan, call }: Green) => ({
  stage: stage.id,
  ...(plan !== undefined && { plan }),
  ...(call !== undefined && { call }),
});

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
    isCall: ({ event }) => event.type === 'clock.due' && event.id === 'phases:call',
    /** Who calls has green: it is not to end. Calls are heeded when an alarm rings, not before. */
    isHere: ({ context, event }) => event.type === 'clock.due' && isHere(context, event.at),
    /** Who calls has no green: what has is to end. */
    isElsewhere: ({ context, event }) =>
      event.type === 'clock.due' && isElsewhere(context, event.at),
    /** What was sent can still be replaced, because it differs only from the next amber on. */
    isHereAfterAll: ({ context, event }) =>
      event.type === 'clock.due' &&
      isHere(context, event.at) &&
      event.at + AT_ONCE_MS <= (context.now?.untilMs ?? 0),
    isElsewhereAfterAll: ({ context, event }) => {
      const { calls, next, now } = context;
      const call = urgentCall(calls, event.at);
      if (event.type !== 'clock.due' || !call || !next) return false;
      if (!isElsewhere(context, event.at)) return false;
      return !protects(next.stage, call.group) && event.at + AT_ONCE_MS <= (now?.untilMs ?? 0);
    },
    /** By what sensors say. Who calls goes first, and so does a transit vehicle. */
    isSensing: ({ context, event }) => {
      const situation = situationOf({ ...context, ...expectedIn(event) }, event.at);
      if (!situation || urgentCall(context.calls, event.at)) return false;
      return sensingControl(situation) !== null && !transitCall(context.calls, event.at);
    },
    isSwitching: ({ context }) => context.next !== null,
    mustWait: ({ context, event }) =>
      event.type === 'arrivals.expected' && waitInside(context, event, event.at) !== null,
    isTurnable: ({ context, event }) => {
      const situation = situationOf(context, event.at);
      if (event.type !== 'clock.due' || !situation || !context.next) return false;
      return turnInChange(situation, context.next, event.at) !== null;
    },
    isFavour: ({ context, event }) => {
      const situation = situationOf(context, event.at);
      if (event.type !== 'clock.due' || !situation) return false;
      return favour(situation, event.at) !== null;
    },
  },
  actions: {
    takePlan: assign(({ context, event }) => {
      if (event.type === 'replica.restored') return { plan: event.state.plan ?? context.plan };
      if (event.type !== 'replica.committed' || event.command.kind !== 'plan.adopt') return {};
      return { plan: event.command.plan };
    }),
    takeExpected: assign(({ event }) => expectedIn(event)),
    takeTime: assign(({ event }) =>
      event.type === 'timekeeper.synced' ? { offsetMs: event.offsetMs } : {},
    ),
    /** Takes who calls. It is heeded when all is heard that is there to be heard, because a node
     *  that catches up hears of calls and of their ends at once. */
    takeCall: enqueueActions(({ context, event, enqueue }) => {
      const { intersection, calls } = context;
      if (!intersection || isShared(intersection)) return;
      const after = callsAfter(calls, event as CallEvent, intersection);
      if (after === calls) return;
      enqueue.assign({ calls: after });
      enqueue.emit({ type: 'clock.wake', id: 'phases:call', atMs: event.at });
    }),
    takeWalk: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'lamps.input' || event.input !== 'call' || !event.active) return;
      const { intersection, walks, shown } = context;
      const isOurs = intersection?.groups.some(({ id }) => id === event.group);
      const isWalking = shown?.[event.group] === 'green';
      if (!isOurs || isWalking || walks.includes(event.group)) return;
      enqueue.assign({ walks: [...walks, event.group].sort() });
    }),
    /** Forgets the calls that have run out, and wakes for the next that begins or runs out. */
    heedCalls: enqueueActions(({ context, event, enqueue }) => {
      const over = overAt(context.calls, event.at);
      const calls = context.calls.filter((call) => !over.includes(call));
      if (over.length > 0) enqueue.assign({ calls });
      for (const { id, kind } of over) {
        // Whoever called may have forgotten it: the district is not to keep it for ever.
        if (kind !== 'district') continue;
        const command = { kind: 'preempt.clear' as const, id };
        enqueue.emit({ type: 'replica.request', owner: 'phases', ticket: 1, command });
      }
      const atMs = boundaryMs(calls, event.at);
      if (atMs !== undefined) enqueue.emit({ type: 'clock.wake', id: 'phases:call', atMs });
    }),
    watch: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'phases.ask') return;
      const { at } = event;
      const watcher = watcherOf(event);
      enqueue.assign({ watchers: withWatcher(context.watchers, watcher, at) });
      const words = {
        ...(context.plan && { plan: context.plan.id }),
        ...(context.now && { stage: context.now.stage.id }),
      };
      for (const said of tellsOf({ ...context, watchers: [watcher] }, at, words))
        enqueue.emit(said);
    }),
    tellTaken: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'replica.committed' || !context.intersection) return;
      const words = takenWords(event, context.intersection);
      if (!words) return;
      const said = { moment: 'taken' as const, ...words };
      for (const told of tellsOf(context, event.at, said)) enqueue.emit(told);
    }),
    /** A green that the driver lit late counts from when it was lit. */
    takeShown: assign(({ context, event }) => {
      if (event.type !== 'lamps.shown') return {};
      const { now, next } = context;
      const shown = event.lamps;
      const isLate = now !== null && next === null && event.at > now.fromMs + LATE_MS;
      const isNew = isLate && !isShown(context, now) && isShown({ ...context, shown }, now);
      return isNew ? { shown, now: { ...now, fromMs: event.at } } : { shown };
    }),
    wakeToStart: emit(({ context, event }) => ({
      type: 'clock.wake' as const,
      id: 'phases:start',
      atMs: event.at + context.timing.retryMs,
    })),
    /** Sends red and then the first stage. */
    start: enqueueActions(({ context, event, enqueue }) => {
      const { intersection, timing } = context;
      const situation = situationOf(context, event.at);
      if (!intersection || !situation) return;
      // Whatever was lit before is cleared by this red, and the driver wants to see it for itself.
      const redMs = Math.max(timing.startUpRedMs, clearanceMs(intersection)) + LATE_MS;
      const fromMs = event.at + redMs;
      const next = firstGreen(situation, fromMs);
      enqueue.assign({ now: null, next });
      enqueue.emit({ type: 'lamps.show', ...sequenceOf(intersection, { now: null, next }) });
      enqueue.emit({ type: 'clock.wake', id: 'phases:change', atMs: fromMs });
    }),
    /** Decides what follows, and sends it while the present stage is still green. */
    decide: enqueueActions(({ context, event, enqueue }) => {
      const situation = situationOf(context, event.at);
      if (!situation?.now) return;
      const { now, next } = decide(situation, event.at);
      enqueue.assign({ now, next });
      enqueue.emit({
        type: 'lamps.show',
        ...sequenceOf(situation.intersection, { now, next }),
      });
      enqueue.emit({ type: 'clock.wake', id: 'phases:change', atMs: now.untilMs });
    }),
    /** Puts off the end of a green for who calls; by its minimum, if it is not lit yet. */
    hold: enqueueActions(({ context, event, enqueue }) => {
      const { intersection, timing, calls } = context;
      const now = seen(context, event.at);
      const call = urgentCall(calls, event.at);
      if (!intersection || !now || !call) return;
      const least = isShown(context, now) ? 0 : leastMs(intersection, now.stage);
      const putOffMs = Math.max(timing.sequenceLeadMs * HOLD_LEADS, least);
      const untilMs = Math.max(now.untilMs, event.at + putOffMs);
      const held = { ...now, untilMs, call: call.id };
      enqueue.assign({ now: held, next: null });
      enqueue.emit({ type: 'lamps.show', ...heldOf(intersection, held, now.untilMs) });
      const atMs = untilMs - timing.sequenceLeadMs;
      enqueue.emit({ type: 'clock.wake', id: 'phases:decide', atMs });
    }),
    /** Puts off the end of a green, or sends what follows on it, by what sensors say. */
    adapt: enqueueActions(({ context, event, enqueue }) => {
      const { timing } = context;
      const situation = situationOf(context, event.at);
      const adapted = situation && adapt(situation, event.at, timing.sequenceLeadMs);
      if (!situation || !adapted) return;
      const { intersection } = situation;
      const { now, next, beforeMs } = adapted;
      enqueue.assign({ now, next });
      const sequence = next
        ? sequenceOf(intersection, { now, next })
        : heldOf(intersection, now, beforeMs);
      enqueue.emit({ type: 'lamps.show', ...sequence, notAfterMs: beforeMs });
      const id = next ? 'phases:change' : 'phases:decide';
      const atMs = next ? now.untilMs : now.untilMs - timing.sequenceLeadMs;
      enqueue.emit({ type: 'clock.wake', id, atMs });
    }),
    /** Puts off the next green, because somebody has not left the intersection yet. */
    wait: enqueueActions(({ context, event, enqueue }) => {
      const { intersection, now, next } = context;
      if (event.type !== 'arrivals.expected' || !intersection || !now || !next) return;
      const waited = waitInside(context, event, event.at);
      if (!waited) return;
      enqueue.assign({ next: waited });
      enqueue.emit({
        type: 'lamps.show',
        ...sequenceOf(intersection, { now, next: waited }),
        notAfterMs: next.fromMs,
      });
    }),
    /** It was green before anybody called for it. */
    tellHeld: enqueueActions(({ context, event, enqueue }) => {
      const { now, calls } = context;
      const call = urgentCall(calls, event.at);
      if (!now || !call || now.call === call.id) return;
      const said = { moment: 'lit' as const, ...greenWords({ ...now, call: call.id }) };
      for (const told of tellsOf(context, event.at, said)) enqueue.emit(told);
    }),
    /** Makes the present green longer or shorter for a transit vehicle, once. */
    favour: enqueueActions(({ context, event, enqueue }) => {
      const { intersection, now, calls, timing } = context;
      const situation = situationOf(context, event.at);
      const favoured = situation && favour(situation, event.at);
      const call = transitCall(calls, event.at);
      if (!intersection || !now || !favoured || !call) return;
      const isServed = litBy(now.stage).includes(call.group);
      const spent = { ...call, spentMs: now.fromMs };
      enqueue.assign({
        now: favoured,
        calls: calls.flatMap((one) => (one !== call ? [one] : isServed ? [] : [spent])),
      });
      const said = { moment: 'lit' as const, ...greenWords({ ...now, call: call.id }) };
      if (isServed) for (const told of tellsOf(context, event.at, said)) enqueue.emit(told);
      enqueue.emit({ type: 'lamps.show', ...heldOf(intersection, favoured, now.untilMs) });
      const atMs = favoured.untilMs - timing.sequenceLeadMs;
      enqueue.emit({ type: 'clock.wake', id: 'phases:decide', atMs });
    }),
    /** Replaces what the lamps are changing to. */
    turn: enqueueActions(({ context, event, enqueue }) => {
      const situation = situationOf(context, event.at);
      const turned = situation && context.next && turnInChange(situation, context.next, event.at);
      if (!turned) return;
      const { now, next, beforeMs } = turned;
      enqueue.assign({ now, next });
      enqueue.emit({
        type: 'lamps.show',
        ...sequenceOf(situation.intersection, { now, next }),
        notAfterMs: beforeMs,
      });
    }),
    wakeForChange: enqueueActions(({ context, enqueue }) => {
      const { intersection, now, next } = context;
      if (!intersection || !now || !next) return;
      const { ended = [] } = now;
      const change = { from: now.stage, to: next.stage, ended };
      const atMs = now.untilMs + amberMs(intersection, change);
      enqueue.emit({ type: 'clock.wake', id: 'phases:change', atMs });
    }),
    wakeForGreen: enqueueActions(({ context, enqueue }) => {
      if (!context.next) return;
      enqueue.emit({ type: 'clock.wake', id: 'phases:change', atMs: context.next.fromMs });
    }),
    turnGreen: enqueueActions(({ context, event, enqueue }) => {
      const { intersection, next, timing, walks, calls } = context;
      if (!intersection || !next) return;
      const lit = new Set(litBy(next.stage));
      const isServed = ({ kind, group }: Call) => kind === 'transit' && lit.has(group);
      enqueue.assign({
        now: next,
        next: null,
        walks: walks.filter((group) => !lit.has(group)),
        calls: calls.filter((call) => !isServed(call)),
      });
      const greenS = Math.round(next.untilMs - next.fromMs) / 1000;
      const call = next.call ?? calls.find(isServed)?.id;
      const words = { ...greenWords(next), ...(call !== undefined && { call }) };
      const mode = modeOf({ ...context, now: next }, event.at);
      enqueue.emit({ type: 'phases.changed', mode, greenS, ...words });
      for (const told of tellsOf(context, event.at, { moment: 'lit', ...words, mode })) {
        enqueue.emit(told);
      }
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
    calls: [],
    walks: [],
    expected: null,
    watchers: [],
  }),
  initial: 'dark',
  on: {
    'contract.changed': { actions: assign({ timing: ({ event }) => event.timing }) },
    'replica.committed': { actions: ['takePlan', 'takeCall', 'tellTaken'] },
    'replica.restored': { actions: ['takePlan', 'takeCall'] },
    'timekeeper.synced': { actions: 'takeTime' },
    'arrivals.expected': { actions: 'takeExpected' },
    'arrivals.lost': { actions: 'takeExpected' },
    'lamps.shown': { actions: 'takeShown' },
    'lamps.input': { actions: ['takeCall', 'takeWalk'] },
    'lamps.lost': { target: '.dark', actions: 'takeCall' },
    'lamps.refused': '.startUp',
    'clock.due': { guard: 'isCall', actions: 'heedCalls' },
    'phases.ask': { actions: 'watch' },
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
        undecided: {
          always: [
            { guard: 'isHere', target: 'held' },
            { guard: 'isElsewhere', target: 'decided' },
            { guard: 'isFavour', target: 'undecided', reenter: true, actions: 'favour' },
          ],
          on: {
            'clock.due': { guard: 'isDecision', target: 'decided' },
            'arrivals.expected': [
              { guard: 'isSensing', target: 'sensing', actions: 'takeExpected' },
              { actions: 'takeExpected' },
            ],
          },
        },
        /** Actuated or adaptive: at each step of the sensors the green goes on or ends. */
        sensing: {
          entry: 'adapt',
          always: [
            { guard: 'isHere', target: 'held' },
            { guard: 'isElsewhere', target: 'decided' },
            { guard: 'isFavour', target: 'undecided' },
            { guard: 'isSwitching', target: 'switching' },
          ],
          on: {
            'arrivals.expected': [
              { guard: 'isSensing', target: 'sensing', reenter: true, actions: 'takeExpected' },
              { target: 'undecided', actions: 'takeExpected' },
            ],
            'arrivals.lost': { target: 'undecided', actions: 'takeExpected' },
            // No sensor has spoken in time.
            'clock.due': { guard: 'isDecision', target: 'decided' },
          },
        },
        /** What follows was chosen by what sensors say, and sent. */
        switching: {
          always: [
            { guard: 'isHereAfterAll', target: 'held' },
            { guard: 'isElsewhereAfterAll', target: 'decided' },
          ],
          on: { 'clock.due': { guard: 'isChange', target: '#phases.amber' } },
        },
        /** Preempted: somebody has called for what is green. */
        held: {
          entry: ['tellHeld', 'hold'],
          always: { guard: 'isElsewhere', target: 'decided' },
          on: {
            'clock.due': [
              {
                guard: ({ context, event }) =>
                  event.id === 'phases:decide' && isHere(context, event.at),
                target: 'held',
                reenter: true,
              },
              { guard: 'isDecision', target: 'decided' },
            ],
          },
        },
        decided: {
          entry: 'decide',
          always: [
            { guard: 'isHereAfterAll', target: 'held' },
            { guard: 'isElsewhereAfterAll', target: 'decided', reenter: true },
          ],
          on: { 'clock.due': { guard: 'isChange', target: '#phases.amber' } },
        },
      },
    },
    amber: {
      entry: 'wakeForChange',
      always: { guard: 'isTurnable', target: 'amber', reenter: true, actions: 'turn' },
      on: {
        'clock.due': { guard: 'isChange', target: 'redClearance' },
        'arrivals.expected': [
          { guard: 'mustWait', actions: ['takeExpected', 'wait'] },
          { actions: 'takeExpected' },
        ],
      },
    },
    redClearance: {
      entry: 'wakeForGreen',
      always: { guard: 'isTurnable', target: 'redClearance', reenter: true, actions: 'turn' },
      on: {
        'clock.due': { guard: 'isChange', target: 'green' },
        'arrivals.expected': [
          { guard: 'mustWait', actions: ['takeExpected', 'wait', 'wakeForGreen'] },
          { actions: 'takeExpected' },
        ],
      },
    },
    stopped: { on: { 'lamps.lost': {}, 'lamps.refused': {}, 'node.stopping': {} } },
  },
});
