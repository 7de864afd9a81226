/**
 * What a move comes to, as far as it can be seen from outside: the state, what was said, what the
 * machine knows that it did not know before, and which of its delays began or ended. This is what a
 * generated test expects.
 */
import { canonicalText } from '../search/interner.ts';
import type { Moment, Said } from './moment.ts';
import { pathsIn } from './places.ts';

export interface Outcome {
  /** The states that were entered, by their paths; none, when all are as before. */
  readonly entered: readonly string[];
  /** All it says and does, in order. */
  readonly says: readonly Said[];
  /** Of the context, what is other than before: by path, `peers.a.atMs`. What is gone is null. */
  readonly learns: Readonly<Record<string, unknown>>;
  /** Delays that began, in milliseconds from now, or that run no more: null. */
  readonly waits: Readonly<Record<string, number | null>>;
  readonly throws?: string;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What of `after` is other than in `before`, field by field. */
const changesIn = (before: unknown, after: unknown, above = ''): Record<string, unknown> => {
  const [was, is] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}];
  const changed = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (key) => canonicalText(was[key]) !== canonicalText(is[key]),
  );
  return Object.fromEntries(
    changed.flatMap((key) => {
      const isDeep = isRecord(was[key]) && isRecord(is[key]);
      const path = `${above}${key}`;
      return isDeep
        ? Object.entries(changesIn(was[key], is[key], `${path}.`))
        : [[path, is[key] ?? null]];
    }),
  );
};

const DELAY = /^xstate\.after\.([^.]+)\.[^.]+\.?(.*)$/;

const nameOfDelay = (id: string): string | undefined => {
  const [, delay, state] = DELAY.exec(id) ?? [];
  return state ? `${delay} of ${state}` : delay;
};

const waitsAfter = (before: Pick<Moment, 'alarms'>, after: Moment): Outcome['waits'] => {
  const begun = after.alarms.filter(({ id }) => after.armed.includes(id));
  const ended = before.alarms.filter(({ id }) => after.alarms.every((other) => other.id !== id));
  const all = [
    ...begun.map(({ id, atMs }) => [nameOfDelay(id), atMs - after.nowMs] as const),
    ...ended.map(({ id }) => [nameOfDelay(id), null] as const),
  ];
  return Object.fromEntries(all.filter(([name]) => name !== undefined));
};

/** Its state as paths; of parallel regions, each one's. */
export const statesOf = ({ snapshot }: Moment): readonly string[] => pathsIn(snapshot.value);

export const outcomeOf = (before: Moment, after: Moment): Outcome => {
  const left = statesOf(before);
  return {
    entered: statesOf(after).filter((path) => !left.includes(path)),
    says: after.says,
    learns: changesIn(before.snapshot.context, after.snapshot.context),
    waits: waitsAfter(before, after),
    ...(after.throws !== undefined && { throws: after.throws }),
  };
};

/** What a machine says when it starts, and what it knows beside what it was given. */
export const startOutcome = (input: unknown, first: Moment): Outcome => ({
  ...{ entered: statesOf(first), says: first.says },
  learns: changesIn(input, first.snapshot.context),
  waits: waitsAfter({ alarms: [] }, first),
});
