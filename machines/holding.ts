/**
 * Turns the rights of a node at a shared intersection into a timed sequence for its lamp driver.
 * Pure neighbour of `holder.ts`.
 *
 * A right is used only when this node knows its timescale well enough until the right ends; then its
 * group is green from the start of the right, and its amber and red clearance end inside it. Rights
 * that touch, also on different timescales, are one green.
 */
import type { State } from '../protocol/command.ts';
import type { Group, Intersection } from '../protocol/district.ts';
import type { Show } from '../protocol/event.ts';
import type { Interval } from '../protocol/right.ts';
import type { Timing } from '../protocol/timing.ts';
import { AT_ONCE_MS, LATE_MS, tailMs } from './granting.ts';
import type { Called } from './preempting.ts';
import { isCompatible, rightOf } from './rights.ts';
import { TAIL_RED_MS } from './sequence.ts';
import { boundAt, type Estimate } from './time-estimate.ts';

/** A sequence is sent again when an instant has moved by more than this. */
export const MOVED_MS = 20;
/** Rights closer than this touch: they were one on different clocks. */
const TOUCH_MS = 50;

type Timelines = Show['timelines'];
type Step = Timelines[string][number];

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

/** What a group may be lit for, on our clock. */
interface Span {
  readonly permissive: boolean;
  readonly fromMs: number;
  readonly untilMs: number;
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
  const { state, intersection, given, estimates } = holding;
  const isTogether = isCompatible(intersection);
  const own = new Map(ownGroups(holding).map((group) => [group.id, group]));
  return (rightOf(state, intersection.id)?.intervals ?? []).flatMap((interval): Given[] => {
    const { group: id, term, fromMs, released } = interval;
    const group = own.get(id);
    const estimate = estimates.find((known) => known.term === term);
    const isGiven = given.some((gave) => isOf(gave, interval));
    if (!group || !estimate || released || isGiven || interval.call === called.id) return [];
    const startMs = fromMs - estimate.offsetMs;
    if (startMs > nowMs + AT_ONCE_MS) return [{ group: id, term, fromMs, untilMs: fromMs }];
    if (isTogether(interval, { group: called.group, permissive: false })) return [];
    const { redAmberS = 0, minGreenS } = group;
    const leastMs = startMs + (redAmberS + minGreenS) * 1000 + LATE_MS;
    const endMs = Math.max(leastMs, nowMs + AT_ONCE_MS) + tailMs(group) + estimate.offsetMs;
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

/** The right on our clock; null, when its time is not known well enough. */
export const spanOf = (holding: Holding, interval: Interval): Span | null => {
  const { estimates, timing, lampBoundMs } = holding;
  const estimate = estimates.find(({ term }) => term === interval.term);
  if (!estimate) return null;
  const untilMs = untilOf(holding, interval) - estimate.offsetMs;
  const boundMs = boundAt(estimate, untilMs, timing) + lampBoundMs + MOVED_MS;
  const allowedMs =
    holding.state.timescales?.find(({ term }) => term === interval.term)?.clockBoundMs ?? 0;
  if (boundMs > allowedMs) return null;
  const { permissive } = interval;
  return { permissive, fromMs: interval.fromMs - estimate.offsetMs, untilMs };
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

/**
 * The sequence for all groups of this node. Null, when nobody has a right that is still to end, and
 * nothing has to be taken back from the lamps (`isLit`).
 */
export const holdingSequence = (
  holding: Holding,
  nowMs: number,
  isLit: boolean,
): Pick<Show, 'timelines' | 'notAfterMs'> | null => {
  const { state, intersection, timing } = holding;
  const intervals = rightOf(state, intersection.id)?.intervals ?? [];
  const ends = intervals.flatMap((interval) => spanOf(holding, interval)?.untilMs ?? []);
  const lastMs = Math.max(nowMs, ...ends);
  if (lastMs === nowMs && !isLit) return null;
  const endMs = lastMs + TAIL_RED_MS;
  const timelines: Timelines = {};
  for (const group of ownGroups(holding)) {
    const own = intervals.filter((interval) => interval.group === group.id);
    const spans = joined(own.flatMap((interval) => spanOf(holding, interval) ?? []));
    const coming = spans.filter(({ untilMs }) => untilMs > nowMs);
    timelines[group.id] = timelineOf(group, coming, endMs);
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

const timelineOf = (group: Group, spans: readonly Span[], endMs: number): Step[] => {
  const { redAmberS = 0, amberS, minGreenS } = group;
  const steps: Step[] = [];
  for (const { permissive, fromMs, untilMs } of spans) {
    const greenMs = fromMs + redAmberS * 1000;
    const amberMs = untilMs - tailMs(group);
    if (amberMs - greenMs < minGreenS * 1000) continue;
    steps.push({ lamp: 'red', untilMs: fromMs });
    if (redAmberS > 0) steps.push({ lamp: 'redAmber', untilMs: greenMs });
    steps.push({ lamp: permissive ? 'greenPermissive' : 'green', untilMs: amberMs });
    steps.push({ lamp: 'amber', untilMs: amberMs + amberS * 1000 });
  }
  return [...steps, { lamp: 'red', untilMs: endMs }];
};

/** Whether a sequence says the same as another, but for what an estimate moves. */
export const isAlike = (a: Timelines, b: Timelines): boolean =>
  Object.entries(a).every(([group, steps]) => {
    const others = b[group];
    return (
      others?.length === steps.length &&
      steps.every(({ lamp, untilMs }, k) => {
        const other = others[k] as Step;
        return other.lamp === lamp && Math.abs(other.untilMs - untilMs) <= MOVED_MS;
      })
    );
  });
