/**
 * Computes a plan for the intersections of a district: one cycle for all, splits in proportion to
 * what the intersections' own programs give, offsets by the travel time along the links, so that a
 * platoon released at one intersection finds green at the next.
 */

import { stageSecondsMin } from '../protocol/check-district.ts';
import type { State } from '../protocol/command.ts';
import type { Intersection, Link, Stage } from '../protocol/district.ts';
import type { IntersectionPlan, Plan } from '../protocol/plan.ts';
import { litBy } from '../protocol/stage.ts';
import { intersectionsOf } from './district-state.ts';

/** Green of a stage about which nothing else is known. In seconds. */
const GREEN_DEFAULT_S = 20;
const CYCLE_MAX_S = 180;

/** The plan for all intersections of `state`; without any, a plan that plans nothing. */
export const greenWave = (state: State, id: string): Plan => {
  const intersections = intersectionsOf(state).sort((a, b) => (a.id < b.id ? -1 : 1));
  const wishes = intersections.map(wishesOf);
  const total = (wish: readonly Wish[]) => wish.reduce((sum, { splitS }) => sum + splitS, 0);
  const least = (wish: readonly Wish[]) => wish.reduce((sum, { leastS }) => sum + leastS, 0);
  const cycleS = Math.max(
    Math.min(CYCLE_MAX_S, Math.ceil(Math.max(5, ...wishes.map(total)))),
    Math.ceil(Math.max(5, ...wishes.map(least))),
  );
  const offsets = offsetsOf(
    intersections,
    state.members.flatMap(({ links }) => links),
    cycleS,
  );
  return {
    id,
    cycleS,
    intersections: intersections.map(
      (intersection, k): IntersectionPlan => ({
        id: intersection.id,
        offsetS: offsets.get(intersection.id) ?? 0,
        splits: spread(wishes[k] ?? [], cycleS),
      }),
    ),
  };
};

interface Wish {
  readonly stage: string;
  readonly splitS: number;
  readonly leastS: number;
}

/** The stages in the order of the first program, or as listed, with the splits they ask for. */
const wishesOf = (intersection: Intersection): Wish[] => {
  const greens = new Map<string, number>();
  for (const { stage, greenS } of intersection.programs?.[0]?.steps ?? []) {
    greens.set(stage, Math.max(greenS, greens.get(stage) ?? 0));
  }
  const stages = [...intersection.stages].filter(({ id }) => greens.size === 0 || greens.has(id));
  const order = [...greens.keys()];
  stages.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
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

/** Offsets along the links, from the first intersection outwards: each arrives with the platoon. */
const offsetsOf = (
  intersections: readonly Intersection[],
  links: readonly Link[],
  cycleS: number,
): Map<string, number> => {
  const offsets = new Map<string, number>();
  const known = new Set(intersections.map(({ id }) => id));
  const sorted = links
    .filter(({ from, to }) => known.has(from) && known.has(to))
    .sort((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1));
  for (const { id } of intersections) {
    if (offsets.has(id)) continue;
    offsets.set(id, 0);
    const reached = [id];
    for (let from = reached.shift(); from !== undefined; from = reached.shift()) {
      for (const link of sorted) {
        if (link.from !== from || offsets.has(link.to)) continue;
        const arrivalS = (offsets.get(from) ?? 0) + link.lengthM / link.speedMps;
        offsets.set(link.to, (Math.round((arrivalS % cycleS) * 10) / 10) % cycleS);
        reached.push(link.to);
      }
    }
  }
  return offsets;
};
