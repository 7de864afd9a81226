/**
 * What a move comes to, as far as it can be seen from outside: the state, what was said, what the
 * machine knows that it did not know before, and which of its delays run. This is what a generated
 * test expects; long values stand there by their digest.
 */
import type { AnyStateMachine } from 'xstate';
import { digestOf } from '../../protocol/digest.ts';
import { canonicalText } from '../search/interner.ts';
import { type Moment, type Move, Player, type Said } from './moment.ts';
import { pathsIn } from './places.ts';

export interface Outcome {
  /** Its path; of parallel regions, each one's. */
  readonly state: string | readonly string[];
  /** All it says and does, in order; this and the rest are left out when they are empty. */
  readonly says?: readonly unknown[];
  /** Of the context, what is other than before. What is gone is null. */
  readonly learns?: Readonly<Record<string, unknown>>;
  /** Delays that run, in milliseconds from now. */
  readonly waits?: Readonly<Record<string, number>>;
  readonly throws?: string;
}

/** Longer values are given by their digest. In characters. */
const LONG = 500;

/** A value as it stands in a test. */
const told = (value: unknown): unknown => {
  const text = JSON.stringify(value) ?? 'null';
  return text.length > LONG ? `${text.length} characters: ${digestOf(value)}` : value;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What of `after` is other than in `before`, field by field. */
const changesIn = (before: unknown, after: unknown): Record<string, unknown> => {
  const [was, is] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}];
  const changed = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (key) => canonicalText(was[key]) !== canonicalText(is[key]),
  );
  return Object.fromEntries(
    changed.map((key) => {
      const isDeep = isRecord(was[key]) && isRecord(is[key]);
      return [key, isDeep ? changesIn(was[key], is[key]) : told(is[key] ?? null)];
    }),
  );
};

const DELAY = /^xstate\.after\.([^.]+)\.[^.]+\.?(.*)$/;

const waitsOf = ({ alarms, nowMs }: Moment): Record<string, number> =>
  Object.fromEntries(
    alarms.flatMap(({ id, atMs }) => {
      const [, delay, state] = DELAY.exec(id) ?? [];
      return delay === undefined ? [] : [[`${delay} of ${state}`, atMs - nowMs]];
    }),
  );

/** The state as a test tells it. */
export const stateWords = ({ snapshot }: Moment): string | readonly string[] => {
  const paths = pathsIn(snapshot.value);
  return paths.length === 1 ? (paths[0] as string) : paths;
};

/** Without the fields that have nothing in them. */
const filled = <T extends Readonly<Record<string, object>>>(fields: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => Object.keys(value).length > 0),
  ) as Partial<T>;

export const outcomeOf = (before: Moment, after: Moment): Outcome => ({
  state: stateWords(after),
  ...filled({
    says: after.says.map(told),
    learns: changesIn(before.snapshot.context, after.snapshot.context),
    waits: waitsOf(after),
  }),
  ...(after.throws !== undefined && { throws: after.throws }),
});

/**
 * A move in the words of a generated test: `start`, the name of an event, `wait`, or `stall 1200`; several
 * of a kind in a row are one, `wait × 3`.
 */
export type MoveName = string;

export interface Case {
  readonly proves: string;
  readonly start: string;
  readonly given: readonly MoveName[];
  readonly when: MoveName;
  readonly outcome: Outcome;
}

/** What the names in cases mean. */
export interface Words {
  readonly starts: Readonly<Record<string, unknown>>;
  readonly events: Readonly<Record<string, Said>>;
}

const REPEATED = /^(.*) × (\d+)$/;

/** Several of a kind in a row as one. */
export const inShort = (names: readonly MoveName[]): MoveName[] => {
  const runs: { name: MoveName; count: number }[] = [];
  for (const name of names) {
    const last = runs.at(-1);
    if (last?.name === name) last.count += 1;
    else runs.push({ name, count: 1 });
  }
  return runs.map(({ name, count }) => (count === 1 ? name : `${name} × ${count}`));
};

const inFull = (names: readonly MoveName[]): MoveName[] =>
  names.flatMap((text) => {
    const [, name, count] = REPEATED.exec(text) ?? [];
    return name === undefined ? [text] : Array.from({ length: Number(count) }, () => name);
  });

const moveNamed = (name: MoveName, { events }: Words): Move => {
  const event = events[name];
  if (event) return { type: 'hear', event };
  if (name === 'wait') return { type: 'wait' };
  const [, ms] = /^stall (\d+)$/.exec(name) ?? [];
  if (ms === undefined) throw new Error(`no move is called ${name}`);
  return { type: 'stall', ms: Number(ms) };
};

/** What a machine says when it starts, and what it knows beside what it was given. */
export const startOutcome = (input: unknown, first: Moment): Outcome => {
  const { state, says, waits } = outcomeOf(first, first);
  const learns = changesIn(input, first.snapshot.context);
  return { state, ...(says && { says }), ...filled({ learns }), ...(waits && { waits }) };
};

/** Plays a case on a machine: what generated tests call. */
export const played = (
  machine: AnyStateMachine,
  words: Words,
  { start, given, when }: Omit<Case, 'proves' | 'outcome'>,
): Outcome => {
  const player = new Player(machine, words.starts[start], { isMarked: false });
  if (when === 'start') return startOutcome(words.starts[start], player.begin());
  const before = inFull(given).reduce(
    (moment, name) => player.after(moment, moveNamed(name, words)),
    player.begin(),
  );
  return outcomeOf(before, player.after(before, moveNamed(when, words)));
};
