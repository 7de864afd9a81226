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
import { tailMs } from './next-grant.ts';
import { rightOf } from './rights.ts';
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

const untilOf = ({ given }: Holding, { group, term, fromMs, untilMs }: Interval): number =>
  given
    .filter((gave) => gave.group === group && gave.term === term && gave.fromMs === fromMs)
    .reduce((until, gave) => Math.min(until, gave.untilMs), untilMs);

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

/** Whether a sequence lights anything after an instant. */
export const isLitAfter = (timelines: Timelines | null, nowMs: number): boolean =>
  Object.values(timelines ?? {}).some((steps) =>
    steps.some(({ lamp, untilMs }) => lamp !== 'red' && untilMs > nowMs),
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
