/**
 * Computes a plan for the intersections of a district: one cycle for all, as the busiest needs it,
 * splits by what is measured or, where nothing is, in proportion to what the intersections' own
 * programs give, and offsets that give the
 * streets green bands (`offsets.ts`).
 */
import { stageSecondsMin } from '../protocol/check-district.ts';
import type { State } from '../protocol/command.ts';
import type { Intersection, Stage } from '../protocol/district.ts';
import type { IntersectionPlan, Plan } from '../protocol/plan.ts';
import { litBy } from '../protocol/stage.ts';
import { type Corridor, corridorsOf } from './corridors.ts';
import { expectedDelayS, type Measured } from './delay.ts';
import { intersectionsOf } from './district-state.ts';
import { offsetsOf, type Placed } from './offsets.ts';
import { neededStages, programGreens, stagesOf } from './plan-stages.ts';
import type { Flows } from './streams.ts';
import { turnsOf } from './timetable.ts';
import { CYCLE_MAX_S, CYCLE_MIN_S, type Wish, websterCycle, websterSplits } from './webster.ts';

/** Green of a stage about which nothing else is known. In seconds. */
const GREEN_DEFAULT_S = 20;
/** Of programs that came with a network. In seconds. */
const PROGRAM_CYCLE_MAX_S = 180;

const NOTHING: Measured = new Map();

/** Cycles that are tried, beside the one that the busiest intersection asks for: near it, waits
 *  hardly differ (Webster 1958), and the streets may fit another better. */
const CYCLES_TRIED = [0.9, 1.15, 1.3];
/** Where there are more intersections none is tried: it must not keep a leader from its beats. */
const TRIED_FOR_MAX = 64;

/** The plan for all intersections of `state`; without any, a plan that plans nothing. */
export const greenWave = (state: State, id: string, measured: Measured = NOTHING): Plan => {
  const intersections = intersectionsOf(state).sort((a, b) => (a.id < b.id ? -1 : 1));
  const corridors = corridorsOf(
    intersections,
    state.members.flatMap(({ links }) => links),
  );
  const tasks = intersections.map((intersection): Task => {
    const flows = measured.get(intersection.id);
    const stages = flows ? neededStages(intersection, flows) : stagesOf(intersection);
    return { intersection, stages, flows };
  });
  const planWith = (cycleS: number): Plan => ({
    ...{ id, cycleS },
    intersections: plannedWith(tasks, corridors, cycleS),
  });
  const bestS = cycleOf(tasks);
  const plan = planWith(bestS);
  let best = { plan, delayS: expectedDelayS(state, plan, measured) };
  const floorS = Math.max(CYCLE_MIN_S, shortestCycle(tasks));
  const isTried = best.delayS !== null && intersections.length <= TRIED_FOR_MAX;
  for (const factor of isTried ? CYCLES_TRIED : []) {
    const cycleS = Math.round(bestS * factor);
    if (cycleS === bestS || cycleS < floorS || cycleS > CYCLE_MAX_S) continue;
    const other = planWith(cycleS);
    const delayS = expectedDelayS(state, other, measured);
    if (delayS !== null && delayS < (best.delayS ?? 0)) best = { plan: other, delayS };
  }
  return best.plan;
};

/** An intersection, the stages that it is to run, and its traffic as far as that is measured. */
interface Task {
  readonly intersection: Intersection;
  readonly stages: readonly Stage[];
  readonly flows: Flows | undefined;
}

const plannedWith = (
  tasks: readonly Task[],
  corridors: readonly Corridor[],
  cycleS: number,
): IntersectionPlan[] => {
  const planned = tasks.map((task): Placed => {
    const { intersection, stages, flows } = task;
    const wishes = flows ? websterSplits(intersection, stages, { flows, cycleS }) : wishesOf(task);
    const splits = spread(wishes, cycleS);
    return { intersection, splits, turns: turnsOf(intersection, splits), flows };
  });
  const offsets = offsetsOf(planned, corridors, cycleS);
  return planned.map(({ intersection: { id }, splits }) => ({
    ...{ id, offsetS: offsets.get(id) ?? 0, splits },
  }));
};

/** In whole seconds. */
const cycleOf = (tasks: readonly Task[]): number => {
  const wanted = tasks.map((task) => {
    const { intersection, stages, flows } = task;
    return flows ? websterCycle(intersection, stages, flows) : total(wishesOf(task));
  });
  return Math.max(
    Math.min(PROGRAM_CYCLE_MAX_S, Math.ceil(Math.max(5, ...wanted))),
    shortestCycle(tasks),
  );
};

/** The shortest cycle that leaves each stage of each intersection its least. */
const shortestCycle = (tasks: readonly Task[]): number => {
  const leasts = tasks.map((task) => wishesOf(task).reduce((sum, { leastS }) => sum + leastS, 0));
  return Math.ceil(Math.max(5, ...leasts));
};

const total = (wishes: readonly Wish[]) => wishes.reduce((sum, { splitS }) => sum + splitS, 0);

/** The splits that the stages ask for as long as nothing is measured. */
const wishesOf = ({ intersection, stages }: Task): Wish[] => {
  const greens = programGreens(intersection);
  return stages.map((stage) => {
    const leastS = stageSecondsMin(intersection, stage);
    const greenS = greens.get(stage.id) ?? defaultGreen(intersection, stage);
    return {
      stage: stage.id,
      splitS: Math.max(leastS, greenS + changeOf(intersection, stage)),
      leastS,
    };
  });
};

const lit = (intersection: Intersection, stage: Stage) => {
  const ids = new Set(litBy(stage));
  return intersection.groups.filter(({ id }) => ids.has(id));
};

const changeOf = (intersection: Intersection, stage: Stage) =>
  Math.max(0, ...lit(intersection, stage).map((group) => group.amberS + group.redClearanceS));

const defaultGreen = (intersection: Intersection, stage: Stage) =>
  Math.min(GREEN_DEFAULT_S, ...lit(intersection, stage).map(({ maxGreenS }) => maxGreenS));

/**
 * Stretches or shrinks splits to the cycle; none goes below its least. Tenths of a second, rounded
 * down, so that what is left over lengthens a split and never shortens one.
 */
const spread = (wishes: readonly Wish[], cycleS: number) => {
  const spareWanted = wishes.reduce((sum, { splitS, leastS }) => sum + splitS - leastS, 0);
  const spare = cycleS - wishes.reduce((sum, { leastS }) => sum + leastS, 0);
  const splits = wishes.map(({ stage, splitS, leastS }) => {
    const share = spareWanted > 0 ? (splitS - leastS) / spareWanted : 1 / wishes.length;
    return {
      stage,
      splitS: Math.max(leastS, Math.floor((leastS + spare * share) * 10 + 1e-9) / 10),
    };
  });
  const drift = cycleS - splits.reduce((sum, { splitS }) => sum + splitS, 0);
  const longest = splits.reduce((a, b) => (b.splitS > a.splitS ? b : a));
  return splits.map((split) =>
    split === longest
      ? { ...split, splitS: Math.round((split.splitS + drift) * 1e6) / 1e6 }
      : split,
  );
};
