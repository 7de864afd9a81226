/**
 * Cycle and splits of one intersection from measured flows. Pure neighbour of `green-wave.ts`.
 *
 * Source: Webster, "Traffic signal settings", Road Research Technical Paper 39 (1958): the cycle of
 * least delay is (1.5 L + 5) / (1 − Y) seconds, where L is what a cycle loses in changes and Y is
 * what the critical streams need of an hour; greens are in proportion to what those need, so that
 * they are all used to the same degree. A stream that is green in several stages is critical in none
 * of them alone: greens are found that serve all, by what each stage is worth to each stream.
 */
import { stageSecondsMin } from '../protocol/check-district.ts';
import type { Intersection, Stage } from '../protocol/district.ts';
import { changeMs } from './sequence.ts';
import { type Flows, START_S, type Stream, streamsOf } from './streams.ts';

/** Shorter cycles lose more than they gain as soon as somebody starts late. In seconds. */
export const CYCLE_MIN_S = 40;
/** Beyond, a longer cycle lets hardly more go, and all wait longer. In seconds. */
export const CYCLE_MAX_S = 120;
/** In which sets of stages are compared. In seconds. */
const CYCLE_USUAL_S = 90;
/** Degrees of use between which greens are sought: nobody comes, and four times what can be served. */
const USE_MIN = 0.01;
const USE_MAX = 4;
const HALVINGS = 14;

export interface Wish {
  readonly stage: string;
  readonly splitS: number;
  readonly leastS: number;
}

/** What a stage loses in its change, and its least green. In seconds. */
interface Frame {
  readonly stage: Stage;
  readonly changeS: number;
  readonly leastS: number;
}

const framesOf = (intersection: Intersection, stages: readonly Stage[]): Frame[] =>
  stages.map((stage, k) => {
    const next = stages[(k + 1) % stages.length] ?? stage;
    const changeS = changeMs(intersection, stage, next) / 1000;
    return { stage, changeS, leastS: Math.max(stageSecondsMin(intersection, stage), changeS) };
  });

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** The cycle of least delay, within bounds. In seconds. */
export const websterCycle = (
  intersection: Intersection,
  stages: readonly Stage[],
  flows: Flows,
): number => {
  const lostS = sumOf(framesOf(intersection, stages).map(({ changeS }) => changeS + START_S));
  const streams = streamsOf(intersection, stages, flows);
  const critical = sumOf(
    greensFor(
      stages.map((stage) => ({ stage, leastS: 0 })),
      streams,
      { wholeS: 1, startS: 0 },
    ),
  );
  const spare = 1 - critical;
  const bestS = spare > 0 ? (1.5 * lostS + 5) / spare : CYCLE_MAX_S;
  return Math.min(CYCLE_MAX_S, Math.max(CYCLE_MIN_S, bestS));
};

interface Task {
  readonly flows: Flows;
  readonly cycleS: number;
}

/** Greens with which all critical streams use theirs to the same degree, and that degree. */
const evenGreens = (
  intersection: Intersection,
  frames: readonly Frame[],
  { flows, cycleS }: Task,
): { greens: number[]; use: number } => {
  const bare = frames.map(({ stage, changeS, leastS }) => ({ stage, leastS: leastS - changeS }));
  const stages = frames.map(({ stage }) => stage);
  const streams = streamsOf(intersection, stages, flows);
  const roomS = cycleS - sumOf(frames.map(({ changeS }) => changeS));
  let [low, high] = [USE_MIN, USE_MAX];
  for (let k = 0; k < HALVINGS; k += 1) {
    const use = (low + high) / 2;
    const greens = greensFor(bare, streams, { wholeS: cycleS / use, startS: START_S });
    [low, high] = sumOf(greens) <= roomS ? [low, use] : [use, high];
  }
  const greens = greensFor(bare, streams, { wholeS: cycleS / high, startS: START_S });
  return { greens, use: high };
};

/** Splits that use all critical streams to the same degree; none goes below its least. */
export const websterSplits = (
  intersection: Intersection,
  stages: readonly Stage[],
  task: Task,
): Wish[] => {
  const frames = framesOf(intersection, stages);
  const { greens } = evenGreens(intersection, frames, task);
  return frames.map(({ stage, changeS, leastS }, k) => ({
    stage: stage.id,
    splitS: Math.max(leastS, (greens[k] ?? 0) + changeS),
    leastS,
  }));
};

/** To which degree the greens of these stages are used at the best, in a cycle of usual length. */
export const leastUse = (
  intersection: Intersection,
  stages: readonly Stage[],
  flows: Flows,
): number =>
  evenGreens(intersection, framesOf(intersection, stages), { flows, cycleS: CYCLE_USUAL_S }).use;

/**
 * Greens, none below its least, so that each stream has its ratio of `wholeS`, and `startS`. Who has
 * but one stage gets it there; who still lacks something, in the stage that serves most of what is
 * lacking.
 */
const greensFor = (
  stages: readonly { readonly stage: Stage; readonly leastS: number }[],
  streams: readonly Stream[],
  { wholeS, startS }: { wholeS: number; startS: number },
): number[] => {
  const greens = stages.map(({ leastS }) => leastS);
  const needs = streams
    .filter(({ ratio }) => ratio > 0)
    .map(({ ratio, worth }) => ({
      needS: ratio * wholeS + startS,
      worth: stages.map(({ stage }) => worth.get(stage.id) ?? 0),
    }));
  type Need = (typeof needs)[number];
  const lackOf = ({ needS, worth }: Need) =>
    Math.max(0, needS - greens.reduce((sum, green, k) => sum + (worth[k] ?? 0) * green, 0));
  const places = ({ worth }: Need) => worth.filter((value) => value > 0).length;
  for (const need of needs.sort((a, b) => places(a) - places(b))) {
    const lackS = lackOf(need);
    if (lackS === 0) continue;
    const full = need.worth.flatMap((value, k) => (value === 1 ? [k] : []));
    const gainIn = (k: number) =>
      full.length === 1 ? 0 : sumOf(needs.map((one) => (one.worth[k] ?? 0) * lackOf(one)));
    const best = full.reduce((a, b) => (gainIn(b) > gainIn(a) + 1e-9 ? b : a));
    greens[best] = (greens[best] ?? 0) + lackS;
  }
  return greens;
};
