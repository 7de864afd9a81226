/**
 * Turns the rights of a node at a shared intersection into a timed sequence for its lamp driver.
 * Pure neighbour of `holder.ts`.
 *
 * A right is used only as long as this node knows its timescale well enough; its group is green from
 * the start of the right, and its amber and red clearance end inside what is used. Rights that touch,
 * also on different timescales, are one green. What is lit without a right any more, because the time
 * was lost, ends as soon as the lamp driver lets it.
 */
import type { State } from '../protocol/command.ts';
import type { Group, Intersection } from '../protocol/district.ts';
import type { Show } from '../protocol/event.ts';
import type { Interval } from '../protocol/right.ts';
import type { Timing } from '../protocol/timing.ts';
import { AT_ONCE_MS, LATE_MS, tailMs } from './granting.ts';
import { courseOf, type Span } from './lamp-course.ts';
import type { Called } from './preempting.ts';
import { driftMs, isCompatible, rightOf } from './rights.ts';
import { TAIL_RED_MS } from './sequence.ts';
import { boundAt, type Estimate } from './time-estimate.ts';

/** A sequence is sent again when an instant has moved by more than this. */
export const MOVED_MS = 20;
/** Rights closer than this touch: they were one on different clocks. */
const TOUCH_MS = 50;
/** Steps in which a right is shortened to what is known of its time. */
const SHORTER_MS = 1_000;

type Timelines = Show['timelines'];

/** A right that was given up, whether or not the log says so yet. */
export interface Given {
  readonly group: string;
  readonly term: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Holding {
  readonly id: string;
  readonly timing: Timing;
  readonly intersection: Intersection;
  readonly state: State;
  readonly estimates: readonly Estimate[];
  /** How far the lamp driver's clock may be from ours. */
  readonly lampBoundMs: number;
  readonly given: readonly Given[];
}

/** The groups that this node commands. */
export const ownGroups = ({ id, intersection }: Pick<Holding, 'id' | 'intersection'>): Group[] =>
  intersection.groups.filter((group) => intersection.nodes?.[group.id] === id);

/**
 * What this node gives up so that who calls gets green: what has not begun, because the turn of the
 * stages is over; and of a green in its way, all beyond its minimum. What was granted for the call
 * itself stays.
 */
export const giveUp = (
  holding: Holding,
  called: Pick<Called, 'id' | 'group'>,
  nowMs: number,
): Given[] => {
  const { state, intersection, given } = holding;
  const isTogether = isCompatible(intersection);
  const own = new Map(ownGroups(holding).map((group) => [group.id, group]));
  return (rightOf(state, intersection.id)?.intervals ?? []).flatMap((interval): Given[] => {
    const { group: id, term, fromMs, released } = interval;
    const group = own.get(id);
    const clock = clockOf(holding, term);
    const isGiven = given.some((gave) => isOf(gave, interval));
    if (!group || !clock || released || isGiven || interval.call === called.id) return [];
    const startMs = fromMs - clock.offsetMs;
    if (startMs > nowMs + AT_ONCE_MS) return [{ group: id, term, fromMs, untilMs: fromMs }];
    if (isTogether(interval, { group: called.group, permissive: false })) return [];
    const { redAmberS = 0, minGreenS } = group;
    const leastMs = startMs + (redAmberS + minGreenS) * 1000 + LATE_MS;
    const endMs = Math.max(leastMs, nowMs + AT_ONCE_MS) + tailMs(group) + clock.offsetMs;
    return [{ group: id, term, fromMs, untilMs: Math.min(endMs, interval.untilMs) }];
  });
};

const isOf = ({ group, term, fromMs }: Given, interval: Interval): boolean =>
  group === interval.group && term === interval.term && fromMs === interval.fromMs;

/** What was given up and stands in the log as if it were not. */
export const unsaid = (
  given: readonly Given[],
  state: State,
  intersection: string,
): readonly Given[] => {
  if (given.length === 0) return given;
  const intervals = rightOf(state, intersection)?.intervals ?? [];
  return given.filter((gave) => intervals.some((one) => !one.released && isOf(gave, one)));
};

const untilOf = ({ given }: Holding, interval: Interval): number =>
  given
    .filter((gave) => isOf(gave, interval))
    .reduce((until, gave) => Math.min(until, gave.untilMs), interval.untilMs);

/**
 * What is known of a timescale: the offset of our clock, and how far that may be off at an instant.
 * Of one that was left before this life began, there is only what a later leader has said of it.
 */
const clockOf = ({ estimates, state, timing }: Holding, term: number) => {
  const direct = estimates.find((known) => known.term === term);
  if (direct) {
    return { offsetMs: direct.offsetMs, boundMs: (atMs: number) => boundAt(direct, atMs, timing) };
  }
  for (const known of estimates.toReversed()) {
    const scale = state.timescales?.find((one) => one.term === known.term);
    const relation = scale?.related.find((one) => one.term === term);
    if (!scale || !relation) continue;
    const { offsetMs } = known;
    const openedMs = scale.startMs - offsetMs;
    const boundMs = (atMs: number) =>
      boundAt(known, atMs, timing) +
      relation.boundMs +
      driftMs(atMs - openedMs, timing.clockDriftPpmMax);
    return { offsetMs, boundMs };
  }
  return undefined;
};

/** Whether a timescale is known at an instant of our clock as well as its rights take for granted. */
const isKnownAt = (
  { state, lampBoundMs }: Holding,
  term: number,
  { boundMs }: NonNullable<ReturnType<typeof clockOf>>,
) => {
  const allowedMs = state.timescales?.find((one) => one.term === term)?.clockBoundMs ?? 0;
  return (atMs: number) => boundMs(atMs) + lampBoundMs + MOVED_MS <= allowedMs;
};

/** The right on our clock, as far as its time is known well enough; null, when it is not. */
export const spanOf = (holding: Holding, interval: Interval): Span | null => {
  const clock = clockOf(holding, interval.term);
  if (!clock) return null;
  const isKnown = isKnownAt(holding, interval.term, clock);
  const untilMs = untilOf(holding, interval) - clock.offsetMs;
  const fromMs = interval.fromMs - clock.offsetMs;
  const { permissive } = interval;
  if (isKnown(untilMs)) return { permissive, fromMs, untilMs };
  // An extension must not cost what could be used before it.
  let knownMs = untilMs;
  while (knownMs > fromMs && !isKnown(knownMs)) knownMs -= SHORTER_MS;
  return knownMs > fromMs ? { permissive, fromMs, untilMs: knownMs } : null;
};

/**
 * What was given up, as late as lamps that follow `timelines` let go of it: a green that was lit late
 * keeps its minimum, and so lasts longer than was meant. What cannot be told in time is left out.
 */
export const letGo = (holding: Holding, timelines: Timelines): Given[] =>
  holding.given.flatMap((gave): Given[] => {
    const group = ownGroups(holding).find(({ id }) => id === gave.group);
    const clock = clockOf(holding, gave.term);
    if (!group || !clock) return [];
    const litMs = litBefore(timelines[gave.group] ?? [], gave.untilMs - clock.offsetMs);
    if (litMs === undefined) return [gave];
    const clearMs = litMs + group.redClearanceS * 1000 + LATE_MS;
    if (!isKnownAt(holding, gave.term, clock)(clearMs)) return [];
    return [{ ...gave, untilMs: Math.max(gave.untilMs, clearMs + clock.offsetMs) }];
  });

/** When the last of what is lit before an instant turns red. */
const litBefore = (steps: Timelines[string], beforeMs: number): number | undefined => {
  let fromMs = Number.NEGATIVE_INFINITY;
  let litMs: number | undefined;
  for (const { lamp, untilMs } of steps) {
    if (lamp === 'red') fromMs = untilMs;
    else if (fromMs < beforeMs) litMs = untilMs;
  }
  return litMs;
};

/** Spans in order, those that touch put together. */
const joined = (spans: readonly Span[]): Span[] => {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = result.at(-1);
    if (last && last.permissive === span.permissive && span.fromMs <= last.untilMs + TOUCH_MS) {
      result[result.length - 1] = { ...last, untilMs: Math.max(last.untilMs, span.untilMs) };
    } else result.push(span);
  }
  return result;
};

/** What the lamps were told: what they follow, and until when anything may be lit of it. */
export interface Told {
  readonly told: Timelines | null;
  readonly litMs: number;
}

/**
 * The sequence for all groups of this node. Null, when nobody has a right that is still to end, and
 * nothing has to be taken back from the lamps.
 */
export const holdingSequence = (
  holding: Holding,
  nowMs: number,
  { told, litMs }: Told,
): Pick<Show, 'timelines' | 'notAfterMs'> | null => {
  const { state, intersection, timing } = holding;
  const intervals = rightOf(state, intersection.id)?.intervals ?? [];
  const ends = intervals.flatMap((interval) => spanOf(holding, interval)?.untilMs ?? []);
  const lastMs = Math.max(litMs, ...ends);
  if (lastMs <= nowMs) return null;
  const timelines: Timelines = {};
  for (const group of ownGroups(holding)) {
    const own = intervals.filter((interval) => interval.group === group.id);
    const spans = joined(own.flatMap((interval) => spanOf(holding, interval) ?? []));
    const coming = spans.filter(({ untilMs }) => untilMs > nowMs);
    const steps = courseOf({ group, spans: coming, told: told?.[group.id], nowMs });
    const endMs = Math.max(lastMs, steps.at(-1)?.untilMs ?? 0) + TAIL_RED_MS;
    timelines[group.id] = [...steps, { lamp: 'red', untilMs: endMs }];
  }
  return { timelines, notAfterMs: nowMs + timing.heartbeatTimeoutMs };
};

/** When the last lamp of a sequence turns red; 0, when it lights none. */
export const litUntilOf = (timelines: Timelines): number =>
  Math.max(
    0,
    ...Object.values(timelines).flatMap((steps) =>
      steps.filter(({ lamp }) => lamp !== 'red').map(({ untilMs }) => untilMs),
    ),
  );

/** Whether a sequence says the same as another, but for what an estimate moves. */
export const isAlike = (a: Timelines, b: Timelines): boolean =>
  Object.entries(a).every(([group, steps]) => {
    const others = b[group];
    return (
      others?.length === steps.length &&
      steps.every(({ lamp, untilMs }, k) => {
        const other = others[k] as Timelines[string][number];
        return other.lamp === lamp && Math.abs(other.untilMs - untilMs) <= MOVED_MS;
      })
    );
  });
