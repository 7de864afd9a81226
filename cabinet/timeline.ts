/**
 * Reads timelines: where the clock stands in one. A sequence arrives late as often as early, so a
 * driver never plays it from its start; it asks at every instant what should be shown now.
 */

import type { Lamp } from '../protocol/lamp.ts';
import type { Timeline } from '../protocol/lamp-line.ts';
import { isGreen } from './gate.ts';

/** How late a green may begin and still count as begun on time, because timers come late. */
export const START_LATE_MS_MAX = 250;
/** By how much the instants of one sequence may miss each other: clocks are compared anew for each. */
export const TOLERANCE_MS = 50;

/** What a timeline wants at one instant. */
export interface Wanted {
  readonly lamp: Lamp;
  /** When it began, or `nowMs` when the timeline does not say. */
  readonly fromMs: number;
  /** The green that runs or is announced by red with amber: from its start to its amber. */
  readonly greenFromMs: number;
  readonly greenUntilMs: number;
}

/** What `timeline` wants at `nowMs`: red when it is over, or when there is none. */
export const wantedAt = (timeline: Timeline | undefined, nowMs: number): Wanted => {
  const steps = timeline ?? [];
  const at = steps.findIndex(({ untilMs }) => untilMs > nowMs);
  const step = steps[at];
  if (!step) {
    const fromMs = steps.at(-1)?.untilMs ?? nowMs;
    return { lamp: 'red', fromMs, greenFromMs: fromMs, greenUntilMs: fromMs };
  }
  // A lamp may be said in several steps on end.
  let first = at;
  while (steps[first - 1]?.lamp === step.lamp) first -= 1;
  const fromMs = steps[first - 1]?.untilMs ?? nowMs;
  let greenFromMs = fromMs;
  let greenUntilMs = fromMs;
  for (const { lamp, untilMs } of steps.slice(at)) {
    if (lamp === 'redAmber') greenFromMs = untilMs;
    else if (!isGreen(lamp)) break;
    greenUntilMs = untilMs;
  }
  return { lamp: step.lamp, fromMs, greenFromMs, greenUntilMs };
};

/** When `timeline` wants something else than at `nowMs`; undefined when it is over. */
export const nextChangeMs = (timeline: Timeline | undefined, nowMs: number): number | undefined =>
  timeline?.find(({ untilMs }) => untilMs > nowMs)?.untilMs;

/** Whether nothing of `timeline` is to come. */
export const isOver = (timeline: Timeline | undefined, nowMs: number): boolean =>
  nextChangeMs(timeline, nowMs) === undefined;

/** From when a green counts that was wanted from `fromMs` and begins at `nowMs`. */
export const countedFrom = (fromMs: number, nowMs: number): number =>
  nowMs - fromMs <= START_LATE_MS_MAX ? fromMs : nowMs;

/** How much green is left to a group that would begin at `nowMs`. */
export const greenLeftMs = (wanted: Wanted, nowMs: number): number =>
  wanted.greenUntilMs - Math.max(wanted.greenFromMs, countedFrom(wanted.fromMs, nowMs));
