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
import { tailMs } from './next-grant.ts';
import { driftMs, rightOf } from './rights.ts';
import { TAIL_RED_MS } from './sequence.ts';
import { boundAt, type Estimate } from './time-estimate.ts';

/** A sequence is sent again when an instant has moved by more than this. */
export const MOVED_MS = 20;
/** Rights closer than this touch: they were one on different clocks. */
const TOUCH_MS = 50;
/** Steps in which a right is shortened to what is known of its time. */
const SHORTER_MS = 1_000;

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

/** The right on our clock, as far as its time is known well enough; null, when it is not. */
export const spanOf = (holding: Holding, interval: Interval): Span | null => {
  const clock = clockOf(holding, interval.term);
  if (!clock) return null;
  const allowedMs =
    holding.state.timescales?.find(({ term }) => term === interval.term)?.clockBoundMs ?? 0;
  const untilMs = untilOf(holding, interval) - clock.offsetMs;
  const fromMs = interval.fromMs - clock.offsetMs;
  const isKnown = (atMs: number) =>
    clock.boundMs(atMs) + holding.lampBoundMs + MOVED_MS <= allowedMs;
  const { permissive } = interval;
  if (isKnown(untilMs)) return { permissive, fromMs, untilMs };
  // An extension must not cost what could be used before it.
  let knownMs = untilMs;
  while (knownMs > fromMs && !isKnown(knownMs)) knownMs -= SHORTER_MS;
  return knownMs > fromMs ? { permissive, fromMs, untilMs: knownMs } : null;
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
 * The sequence for all groups of this node, whose lamps have followed `told` until now. Null, when
 * nobody has a right that is still to end, and nothing has to be taken back from the lamps.
 */
export const holdingSequence = (
  holding: Holding,
  nowMs: number,
  told: Timelines | null,
): Pick<Show, 'timelines' | 'notAfterMs'> | null => {
  const { state, intersection, timing } = holding;
  const intervals = rightOf(state, intersection.id)?.intervals ?? [];
  const ends = intervals.flatMap((interval) => spanOf(holding, interval)?.untilMs ?? []);
  const lastMs = Math.max(nowMs, ...ends);
  if (lastMs === nowMs && !isLitAfter(told, nowMs)) return null;
  const timelines: Timelines = {};
  for (const group of ownGroups(holding)) {
    const own = intervals.filter((interval) => interval.group === group.id);
    const spans = joined(own.flatMap((interval) => spanOf(holding, interval) ?? []));
    const coming = spans.filter(({ untilMs }) => untilMs > nowMs);
    const { steps, freeMs } = endingOf({ group, spans: coming, told: told?.[group.id], nowMs });
    const follows = stepsOf(group, coming, freeMs);
    const endMs = Math.max(lastMs, freeMs) + TAIL_RED_MS;
    timelines[group.id] = [...steps, ...follows, { lamp: 'red', untilMs: endMs }];
  }
  return { timelines, notAfterMs: nowMs + timing.heartbeatTimeoutMs };
};

/** Whether a sequence lights anything after an instant. */
const isLitAfter = (timelines: Timelines | null, nowMs: number): boolean =>
  Object.values(timelines ?? {}).some((steps) =>
    steps.some(({ lamp, untilMs }) => lamp !== 'red' && untilMs > nowMs),
  );

interface Ending {
  readonly group: Group;
  readonly spans: readonly Span[];
  readonly told: readonly Step[] | undefined;
  readonly nowMs: number;
}

/**
 * What a group still shows of what it was told, when its right does not go on: the end of its
 * minimum green, its amber. The lamp driver would refuse red at once, and go on as it was told.
 */
const endingOf = ({ group, spans, told = [], nowMs }: Ending) => {
  const at = told.findIndex(({ untilMs }) => untilMs > nowMs);
  const running = told[at];
  const free = { steps: [] as Step[], freeMs: Number.NEGATIVE_INFINITY };
  if (!running || running.lamp === 'red') return free;
  const clearMs = group.redClearanceS * 1000;
  if (running.lamp === 'amber') return { steps: [running], freeMs: running.untilMs + clearMs };
  const goesOn = ({ fromMs, untilMs }: Span) => fromMs <= nowMs && untilMs - tailMs(group) > nowMs;
  if (spans.some(goesOn)) return free;
  const green = running.lamp === 'redAmber' ? told[at + 1] : running;
  if (!green) return free;
  const fromMs = running === green ? (told[at - 1]?.untilMs ?? nowMs) : running.untilMs;
  const leastMs = Math.max(nowMs, fromMs + group.minGreenS * 1000);
  const greenMs = Math.min(green.untilMs, leastMs);
  const amberMs = greenMs + group.amberS * 1000;
  const before = running === green ? [] : [running];
  const steps: Step[] = [
    ...before,
    { lamp: green.lamp, untilMs: greenMs },
    { lamp: 'amber', untilMs: amberMs },
  ];
  return { steps, freeMs: amberMs + clearMs };
};

const stepsOf = (group: Group, spans: readonly Span[], freeMs: number): Step[] => {
  const { redAmberS = 0, amberS, minGreenS } = group;
  const steps: Step[] = [];
  for (const { permissive, untilMs, ...span } of spans) {
    const fromMs = Math.max(span.fromMs, freeMs, steps.at(-1)?.untilMs ?? freeMs);
    const greenMs = fromMs + redAmberS * 1000;
    const amberMs = untilMs - tailMs(group);
    if (amberMs - greenMs < minGreenS * 1000) continue;
    steps.push({ lamp: 'red', untilMs: fromMs });
    if (redAmberS > 0) steps.push({ lamp: 'redAmber', untilMs: greenMs });
    steps.push({ lamp: permissive ? 'greenPermissive' : 'green', untilMs: amberMs });
    steps.push({ lamp: 'amber', untilMs: amberMs + amberS * 1000 });
  }
  return steps;
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
