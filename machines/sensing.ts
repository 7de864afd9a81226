/**
 * Runs the lamps of one intersection by what its sensors say: whether a green goes on or ends, what
 * follows, and whether a green must wait until nobody is left inside. Pure neighbour of `phases.ts`.
 *
 * The best control that the district allows, and for which enough is known, is used: adaptive by
 * sensors; else coordinated by plan and group time; else actuated by sensors; else by times alone.
 * Whatever is advised, a green lasts its minimum, and a change takes its amber and clearance.
 */
import type { Control } from '../protocol/control.ts';
import type { Intersection } from '../protocol/district.ts';
import { actuate } from './actuation.ts';
import type { Expected } from './expectation.ts';
import { advise } from './planner.ts';
import { changeMs, type Green, lengthOf, minGreenMs } from './sequence.ts';
import { LATE_MS, leastMs, plannedOf, type Situation } from './splits.ts';
import { AT_ONCE_MS, redAmberMs, served } from './stage-choice.ts';

/** By how many leads the end of a green is put off that goes on. */
const HOLD_LEADS = 5;
/** How long before its end, in leads, a green is put off. */
const HOLD_WITHIN_LEADS = 3;
/** What timers may be late for a green to have its minimum all the same. */
const SLACK_MS = 20;
/** So long a green waits at the most for who is still inside. */
const INSIDE_MS_MAX = 6000;
/** What is to be put off must reach the lamps before it begins. */
const IN_TIME_MS = 100;

const ceilingOf = ({ control = 'adaptive' }: Intersection): Control => control;

/** Whether plans of the district are followed here at all. */
export const heedsPlan = (intersection: Intersection): boolean =>
  ceilingOf(intersection) === 'adaptive' || ceilingOf(intersection) === 'coordinated';

/** The control by sensors that is to be used now; null, when there is a better one, or none. */
export const sensingControl = (situation: Situation): 'adaptive' | 'actuated' | null => {
  const { expected, intersection, offsetMs } = situation;
  const ceiling = ceilingOf(intersection);
  if (!expected || ceiling === 'fixed') return null;
  if (ceiling === 'adaptive') return 'adaptive';
  const isCoordinated = plannedOf(situation) !== undefined && offsetMs !== null;
  return ceiling === 'coordinated' && isCoordinated ? null : 'actuated';
};

/** What becomes of the present green; the lamps must hear of it before `beforeMs`. */
export interface Adapted {
  readonly now: Green;
  /** What follows; null, when the green goes on. */
  readonly next: Green | null;
  readonly beforeMs: number;
}

/** What sensors make of the present green; null, when nothing is to be done about it yet. */
export const adapt = (situation: Situation, at: number, leadMs: number): Adapted | null => {
  const { intersection, now, expected, walks } = situation;
  if (!now || !expected) return null;
  const endMs = Math.max(
    now.fromMs + minGreenMs(intersection, now.stage) + SLACK_MS,
    at + AT_ONCE_MS,
    now.leastUntilMs ?? 0,
  );
  const isRipe = endMs <= at + AT_ONCE_MS + SLACK_MS;
  const stage = isRipe ? chosen(situation, { now, expected, walks }, at) : null;
  if (!stage) {
    if (now.untilMs > at + HOLD_WITHIN_LEADS * leadMs) return null;
    const { plan: _, ...free } = now;
    const untilMs = Math.max(now.untilMs, endMs, at + HOLD_LEADS * leadMs);
    return { now: { ...free, untilMs }, next: null, beforeMs: now.untilMs };
  }
  const fromMs = endMs + changeMs(intersection, now.stage, stage);
  const untilMs = fromMs + Math.max(leastMs(intersection, stage), HOLD_LEADS * leadMs);
  return {
    now: { ...now, untilMs: endMs },
    next: { stage, fromMs, untilMs },
    beforeMs: Math.min(now.untilMs, endMs),
  };
};

const chosen = (
  situation: Situation,
  { now, expected, walks }: { now: Green; expected: Expected; walks: readonly string[] },
  at: number,
) => {
  const view = { intersection: situation.intersection, stage: now.stage, expected, walks };
  const isAdaptive = sensingControl(situation) === 'adaptive';
  const stage = isAdaptive ? advise(view) : actuate(view, at - now.fromMs);
  return stage && served(situation, stage);
};

/**
 * The next green, put off to the next step of the sensors because somebody is still inside: null,
 * when it need not wait, cannot any more, or has waited long enough.
 */
export const waitInside = (
  {
    intersection,
    now,
    next,
  }: { intersection: Intersection | null; now: Green | null; next: Green | null },
  { inside, stepS }: Pick<Expected, 'inside' | 'stepS'>,
  at: number,
): Green | null => {
  if (!intersection || !now || !next || inside === 0) return null;
  const { ended = [] } = now;
  const redMs = redAmberMs(intersection, next.stage);
  const stepMs = stepS * 1000 + AT_ONCE_MS;
  const dueMs = now.untilMs + lengthOf(intersection, { from: now.stage, to: next.stage, ended });
  const isSoon = next.fromMs - redMs < at + stepMs;
  const isInTime = at + IN_TIME_MS <= next.fromMs - redMs;
  const fromMs = at + stepMs + redMs;
  if (!isSoon || !isInTime || fromMs - dueMs > INSIDE_MS_MAX + LATE_MS) return null;
  return { ...next, fromMs, untilMs: next.untilMs + fromMs - next.fromMs };
};
