/**
 * Tells operators what the lamps of a shared intersection follow, each node of its own groups; where
 * one node serves a whole intersection, `phases.ts` does.
 *
 * It has the turns of the stages from the grants in the log, and what is lit from the lamp driver.
 * A turn is told as lit when its time has come and a group of this node is green in it: so it is the
 * cabinet's word and not what was asked of it. Nobody's lamps depend on this concern, and while
 * nobody asks it wakes for nothing.
 */
import { assign, enqueueActions, setup } from 'xstate';
import type { Command } from '../protocol/command.ts';
import { type Intersection, isShared } from '../protocol/district.ts';
import type { Emitted, FactAs, HeardAs } from '../protocol/event.ts';
import { isGreen, type Lamps } from '../protocol/lamp.ts';
import {
  type Tell,
  takenWords,
  tellsTo,
  type Watcher,
  watcherOf,
  withWatcher,
} from './watchers.ts';

/** Turns and timescales that are remembered: those that are lit or still to come, and a few more. */
const TURNS_MAX = 8;
const TIMESCALES_MAX = 4;
/** A lamp may follow its turn so much early, by clocks that are a little off. In milliseconds. */
const EARLY_MS = 100;

export interface WitnessInput {
  readonly id: string;
  readonly intersection: Intersection | null;
}

/** A stage that was granted, as far as this node has groups in it. */
interface Turn {
  readonly term: number;
  /** On the timescale of the term. */
  readonly fromMs: number;
  readonly groups: readonly string[];
  readonly words: Pick<Tell, 'stage' | 'plan' | 'call'>;
  readonly isTold: boolean;
}

export interface Context extends WitnessInput {
  readonly watchers: readonly Watcher[];
  readonly turns: readonly Turn[];
  /** Timescales less our clock, the newest last. */
  readonly offsets: readonly { readonly term: number; readonly offsetMs: number }[];
  /** What the lamp driver says it shows. */
  readonly shown: Lamps | null;
}

export type Events =
  | HeardAs<'phases.ask'>
  | FactAs<'replica.committed' | 'timekeeper.synced' | 'lamps.shown' | 'lamps.lost' | 'clock.due'>;

type GrantRights = Extract<Command, { kind: 'right.grant' }>;

const WAKE_TURN = 'witness:turn';
const WAKE_OVER = 'witness:over';

const isOwn = ({ id, intersection }: Context, group: string): boolean =>
  intersection?.nodes?.[group] === id;

/** The turns with the one that a grant begins or goes on with. */
const withGrant = (context: Context, { term, last, grants }: GrantRights): readonly Turn[] => {
  const { stage, plan, call, fromMs } = last;
  const own = grants.map(({ group }) => group).filter((group) => isOwn(context, group));
  if (own.length === 0) return context.turns;
  const is = (turn: Turn) => turn.term === term && turn.fromMs === fromMs;
  const before = context.turns.find(is);
  const words = { stage, ...(plan !== undefined && { plan }), ...(call !== undefined && { call }) };
  const isSaid = before?.isTold === true && before.words.call === call;
  const groups = [...new Set([...(before?.groups ?? []), ...own])].sort();
  const turn: Turn = { term, fromMs, groups, words, isTold: isSaid };
  return [...context.turns.filter((one) => !is(one)), turn].slice(-TURNS_MAX);
};

/** When a turn begins, on our clock; undefined, when its timescale is not known here. */
const startOf = ({ offsets }: Context, { term, fromMs }: Turn): number | undefined => {
  const known = offsets.find((offset) => offset.term === term);
  return known && fromMs - known.offsetMs;
};

/** The turn that the lamps of this node follow now. */
const litTurn = (context: Context, at: number): Turn | undefined => {
  const begun = context.turns
    .map((turn) => ({ turn, startMs: startOf(context, turn) ?? Number.POSITIVE_INFINITY }))
    .filter(({ startMs }) => startMs <= at + EARLY_MS)
    .sort((a, b) => a.startMs - b.startMs);
  const last = begun.at(-1)?.turn;
  return last?.groups.some((group) => isGreen(context.shown?.[group])) ? last : undefined;
};

const withTold = (turns: readonly Turn[], told: Turn | undefined): readonly Turn[] =>
  turns.map((turn) => (turn === told ? { ...turn, isTold: true } : turn));

const tellsOf = (
  context: Context,
  at: number,
  said: Omit<Tell, 'type' | 'intersection' | 'mode'>,
) =>
  tellsTo(context.watchers, at, {
    intersection: context.intersection?.id ?? '',
    mode: 'shared',
    ...said,
  });

/** Whether who calls has green already: one who preempts, only if it is held for him. */
const isServedNow = (context: Context, command: Command, call: string | undefined): boolean => {
  if (command.kind !== 'priority.call' && command.kind !== 'preempt.call') return false;
  if (!isOwn(context, command.group) || !isGreen(context.shown?.[command.group])) return false;
  return command.kind === 'priority.call' || command.id === call;
};

export const witnessMachine = setup({
  types: {} as { input: WitnessInput; context: Context; events: Events; emitted: Emitted },
  guards: {
    isShared: ({ context: { intersection } }) => intersection !== null && isShared(intersection),
    isTurn: ({ event }) => event.type === 'clock.due' && event.id === WAKE_TURN,
    isOver: ({ context, event }) =>
      event.type === 'clock.due' &&
      event.id === WAKE_OVER &&
      context.watchers.every(({ untilMs }) => untilMs <= event.at),
  },
  actions: {
    note: assign(({ context, event }) => {
      if (event.type !== 'replica.committed') return {};
      const { command } = event;
      const isHere =
        command.kind === 'right.grant' && command.intersection === context.intersection?.id;
      return isHere ? { turns: withGrant(context, command) } : {};
    }),
    noteTime: assign(({ context, event }) => {
      if (event.type !== 'timekeeper.synced') return {};
      const { term, offsetMs } = event;
      const others = context.offsets.filter((known) => known.term !== term);
      return { offsets: [...others, { term, offsetMs }].slice(-TIMESCALES_MAX) };
    }),
    noteShown: assign(({ event }) => ({
      shown: event.type === 'lamps.shown' ? event.lamps : null,
    })),
    /** Answers who asks at once, and tells him of changes for as long as he said. */
    watch: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'phases.ask') return;
      const { at } = event;
      const watcher = watcherOf(event);
      const watchers = withWatcher(context.watchers, watcher, at);
      const lit = litTurn(context, at);
      const words = lit?.words ?? {};
      // Who asked before is to hear of it too, before it counts as told.
      if (lit && !lit.isTold) {
        for (const told of tellsOf(context, at, { moment: 'lit', ...words })) enqueue.emit(told);
      }
      enqueue.assign({ watchers, turns: withTold(context.turns, lit) });
      for (const told of tellsOf({ ...context, watchers: [watcher] }, at, {
        moment: 'asked',
        ...words,
      }))
        enqueue.emit(told);
      const atMs = Math.max(...watchers.map(({ untilMs }) => untilMs));
      enqueue.emit({ type: 'clock.wake', id: WAKE_OVER, atMs });
    }),
    tellTaken: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'replica.committed' || !context.intersection) return;
      const words = takenWords(event, context.intersection);
      if (!words) return;
      const tell = (said: Parameters<typeof tellsOf>[2]) => {
        for (const told of tellsOf(context, event.at, said)) enqueue.emit(told);
      };
      tell({ moment: 'taken', ...words });
      const lit = litTurn(context, event.at)?.words;
      if (!isServedNow(context, event.command, lit?.call)) return;
      tell({ moment: 'lit', ...lit, ...words });
    }),
    /** Tells once that a turn is lit, and wakes for the next, in which lamps may just go on. */
    tellLit: enqueueActions(({ context, event, enqueue }) => {
      const { at } = event;
      const lit = litTurn(context, at);
      if (lit && !lit.isTold) {
        enqueue.assign({ turns: withTold(context.turns, lit) });
        const said = { moment: 'lit' as const, ...lit.words };
        for (const told of tellsOf(context, at, said)) enqueue.emit(told);
      }
      const coming = context.turns.flatMap((turn) => startOf(context, turn) ?? []);
      const atMs = Math.min(...coming.filter((startMs) => startMs > at));
      if (Number.isFinite(atMs)) enqueue.emit({ type: 'clock.wake', id: WAKE_TURN, atMs });
    }),
  },
}).createMachine({
  id: 'witness',
  context: ({ input }) => ({ ...input, watchers: [], turns: [], offsets: [], shown: null }),
  initial: 'absent',
  states: {
    /** Where one node serves all, or none. */
    absent: { always: { guard: 'isShared', target: 'present' } },
    present: {
      initial: 'unwatched',
      on: {
        'timekeeper.synced': { actions: 'noteTime' },
        'lamps.shown': { actions: 'noteShown' },
        'lamps.lost': { actions: 'noteShown' },
        'replica.committed': { actions: 'note' },
        'phases.ask': { target: '.watched', actions: 'watch' },
      },
      states: {
        unwatched: {},
        watched: {
          entry: 'tellLit',
          on: {
            'lamps.shown': { actions: ['noteShown', 'tellLit'] },
            'replica.committed': { actions: ['tellTaken', 'note', 'tellLit'] },
            'clock.due': [
              { guard: 'isTurn', actions: 'tellLit' },
              { guard: 'isOver', target: 'unwatched' },
            ],
          },
        },
      },
    },
  },
});
