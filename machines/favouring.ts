/**
 * What pedestrians and transit vehicles change in the schedule of a shared intersection. Pure
 * neighbour of `next-grant.ts`.
 *
 * What is granted already stands. So a vehicle is favoured from the end of what is granted on: what
 * is not its own keeps half of what it has beyond its minimum, and its own green is longer, once. A
 * crossing that is served on call is left out of its stage until somebody calls; who calls while the
 * stage is still to come, or has green for long enough, is let in.
 */

import type { Grant, Interval, RightOfWay } from '../protocol/right.ts';
import { litBy } from '../protocol/stage.ts';
import {
  anewMs,
  COMMIT_MS,
  clearMs,
  commandOf,
  type GrantRights,
  LATE_MS,
  lightOf,
  namableMs,
  type Place,
  servedBy,
  tailMs,
} from './granting.ts';
import { clearOf, isEmpty, newestOf } from './rights.ts';
import { type Green, maxGreenMs } from './sequence.ts';
import { plannedOf, roomOf, type Situation, splitsOf } from './splits.ts';
import { EXTENSION_MS, greenUntil, halved } from './stage-choice.ts';

/** A transit vehicle that is on its way to the intersection. */
export interface Transit {
  readonly id: string;
  readonly group: string;
}

/** The groups that were called for and have no green to come. */
export const waiting = ({ outlook, right }: Place, calls: readonly string[]): string[] => {
  const isOver = (one: Interval) =>
    clearOf(outlook.state, one) <= outlook.nowMs + boundsMs(outlook);
  const isComing = (group: string) =>
    right?.intervals.some((one) => one.group === group && !isEmpty(one) && !isOver(one));
  return calls.filter((group) => !isComing(group));
};

/** A right of which no other needs to stay clear any more was over twice the bound ago. */
const boundsMs = ({ state }: Place['outlook']): number => 2 * (newestOf(state)?.clockBoundMs ?? 0);

/** When a green is to end for the vehicle's sake; without one, as it was planned. */
export const favouredUntil = (
  situation: Situation,
  { stage, fromMs, untilMs }: Green,
  transit: Transit | undefined,
): number => {
  if (!transit) return untilMs;
  const { intersection } = situation;
  if (!litBy(stage).includes(transit.group)) {
    return Math.min(untilMs, fromMs + halved(intersection, { stage, fromMs, untilMs }));
  }
  const isPlanned = plannedOf(situation) !== undefined;
  const spareMs = isPlanned ? roomOf(intersection, splitsOf(situation)).spareMs : EXTENSION_MS;
  const wishMs = untilMs + Math.min(EXTENSION_MS, spareMs);
  return Math.max(untilMs, Math.min(wishMs, fromMs + maxGreenMs(intersection, stage)));
};

/** The stage that was granted last, with its end as the vehicle wants it. */
export const favouredLast = (
  situation: Situation,
  last: RightOfWay['last'],
  transit: Transit | undefined,
): RightOfWay['last'] => {
  const stage = situation.intersection.stages.find(({ id }) => id === last.stage);
  if (!transit || !stage || last.call !== undefined) return last;
  const { fromMs, greenUntilMs, plannedMs } = last;
  if (litBy(stage).includes(transit.group)) {
    const untilMs = favouredUntil(situation, { stage, fromMs, untilMs: plannedMs }, transit);
    return { ...last, plannedMs: untilMs, call: transit.id };
  }
  // It is counted from what the plan says, because this is asked again and again.
  const fullMs = greenUntil(situation, stage, fromMs);
  const untilMs = favouredUntil(situation, { stage, fromMs, untilMs: fullMs }, transit);
  return { ...last, plannedMs: Math.max(greenUntilMs, Math.min(plannedMs, untilMs)) };
};

/** Lets those in who wait for groups of the stage that was granted last, if its green lasts. */
export const letIn = (
  place: Place,
  last: RightOfWay['last'],
  walks: readonly string[],
): GrantRights | undefined => {
  const stage = place.intersection.stages.find(({ id }) => id === last.stage);
  if (!stage || last.call !== undefined) return undefined;
  const grants = servedBy(place, stage).flatMap((group): Grant[] => {
    const light = lightOf(stage, group);
    const soonMs = Math.max(place.outlook.nowMs + COMMIT_MS, last.fromMs);
    const clear = Math.max(soonMs, clearMs(place, light), anewMs(place, light));
    const fromMs = namableMs(place, [{ group }], clear);
    const untilMs = last.greenUntilMs + tailMs(group);
    const leastMs = ((group.redAmberS ?? 0) + group.minGreenS) * 1000 + LATE_MS;
    const isFit = last.greenUntilMs - fromMs >= leastMs && untilMs <= place.limitMs;
    return walks.includes(group.id) && isFit ? [{ ...light, fromMs, untilMs }] : [];
  });
  return grants.length > 0 ? commandOf(place, last, grants) : undefined;
};
