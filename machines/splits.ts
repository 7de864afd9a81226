/**
 * The splits of a plan at one intersection: how long each green is planned, within which bounds it
 * may differ, and how long it is to be for the intersection to come into step with the group's
 * time. Pure neighbour of `phases.ts`.
 *
 * Coming into step stretches no green beyond the maximum of its groups. What a plan itself asks for
 * it gets, and `LATE_MS` more: were there nothing to give, a node that is a moment early could come
 * into step only by being early for a whole cycle.
 */
import type { Intersection, Stage } from '../protocol/district.ts';
import type { Plan } from '../protocol/plan.ts';
import type { Call } from './calls.ts';
import type { Expected } from './expectation.ts';
import { changeMs, type Green, maxGreenMs, minGreenMs } from './sequence.ts';

/** A green may be this much longer than planned while coming into step. */
const STRETCH = 1.5;
/** Green planned beyond the minimum, because a timer that comes late shortens what is seen. */
export const LATE_MS = 200;
/** What a choice rests on. */
export interface Situation {
  readonly intersection: Intersection;
  readonly plan: Plan | null;
  /** The group's time less our clock, once known. */
  readonly offsetMs: number | null;
  /** What is green, or was last. */
  readonly now: Green | null;
  readonly calls: readonly Call[];
  /** Pedestrians who wait for groups that are served on call. */
  readonly walks: readonly string[];
  /** What is expected of the traffic; null while no sensor tells. */
  readonly expected?: Expected | null;
}

export interface Split {
  readonly stage: Stage;
  /** Of the plan, change included; null where there is none. */
  readonly splitMs: number | null;
  /** Green of the program that came with the intersection, where there is one and no plan. */
  readonly greenMs?: number;
}

export const plannedOf = ({ plan, intersection }: Pick<Situation, 'plan' | 'intersection'>) =>
  plan?.intersections.find(({ id }) => id === intersection.id);

/** The stages in their order, with the plan's splits where there is one for this intersection. */
export const splitsOf = (situation: Situation): Split[] => {
  const { stages } = situation.intersection;
  const splits = (plannedOf(situation)?.splits ?? []).flatMap(({ stage, splitS }) => {
    const found = stages.find(({ id }) => id === stage);
    return found ? [{ stage: found, splitMs: splitS * 1000 }] : [];
  });
  return splits.length > 0 ? splits : unplanned(situation.intersection);
};

/** Without a plan: all stages, with the greens of the program where that is to be run. */
const unplanned = ({ stages, programs = [], control }: Intersection): Split[] =>
  stages.map((stage) => {
    const program = control === 'fixed' ? programs[0] : undefined;
    const steps = program?.steps.filter((step) => step.stage === stage.id) ?? [];
    const greenMs = Math.max(0, ...steps.map(({ greenS }) => greenS * 1000));
    return { stage, splitMs: null, ...(greenMs > 0 && { greenMs }) };
  });

/** Least green of a stage as it is planned. */
export const leastMs = (intersection: Intersection, stage: Stage): number =>
  minGreenMs(intersection, stage) + LATE_MS;

/** A green as the plan wants it, and within which bounds it may differ while coming into step. */
const boundsOf = (intersection: Intersection, splits: readonly Split[], place: number) => {
  const { stage, splitMs } = splits[place] as Split;
  const after = (splits[(place + 1) % splits.length] as Split).stage;
  const changesMs = changeMs(intersection, stage, after);
  const least = leastMs(intersection, stage);
  const planned = Math.max(least, (splitMs ?? 0) - changesMs);
  const stretched = Math.min(planned * STRETCH, maxGreenMs(intersection, stage));
  return { least, planned, most: Math.max(planned + LATE_MS, stretched), changesMs };
};

/** By how much the greens of one cycle can be shorter together, and by how much longer. */
export const roomOf = (intersection: Intersection, splits: readonly Split[]) => {
  const bounds = splits.map((_, place) => boundsOf(intersection, splits, place));
  const sum = (of: (bound: (typeof bounds)[number]) => number) =>
    bounds.reduce((total, bound) => total + of(bound), 0);
  return {
    spareMs: sum(({ planned, least }) => planned - least),
    stretchMs: sum(({ planned, most }) => most - planned),
  };
};

/** How long the green of a planned stage is: until its force-off, or as far that way as it may. */
export const inStep = (
  situation: Situation,
  { splits, place, startMs }: { splits: readonly Split[]; place: number; startMs: number },
): number => {
  const { intersection, offsetMs, plan } = situation;
  const bounds = boundsOf(intersection, splits, place);
  const { least, planned, most, changesMs } = bounds;
  if (offsetMs === null || !plan) return planned;
  const forceOffMs =
    (plannedOf(situation)?.offsetS ?? 0) * 1000 +
    splits.slice(0, place + 1).reduce((sum, { splitMs }) => sum + (splitMs ?? 0), 0) -
    changesMs;
  const cycleMs = plan.cycleS * 1000;
  const waitMs = mod(forceOffMs - (startMs + least + offsetMs), cycleMs);
  if (least + waitMs <= most) return least + waitMs;
  // Too early by `earlyMs` or, which is the same place in the cycle, too late by the rest of it:
  // made up for by longer greens or by shorter ones, whichever takes fewer cycles.
  const { spareMs, stretchMs } = roomOf(intersection, splits);
  const earlyMs = least + waitMs - planned;
  const isShortened = (cycleMs - earlyMs) * stretchMs <= earlyMs * spareMs;
  return isShortened ? least : most;
};

const mod = (value: number, by: number) => ((value % by) + by) % by;
