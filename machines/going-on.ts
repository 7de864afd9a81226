/**
 * More of the stage that is green, or was granted last: which of its groups can go on, and for how
 * long. Pure neighbour of `next-grant.ts`.
 */
import type { Group } from '../protocol/district.ts';
import type { RightOfWay } from '../protocol/right.ts';
import {
  clearMs,
  commandOf,
  endOf,
  type GrantRights,
  goingOn,
  type Light,
  lightOf,
  type Place,
  servedBy,
  stageFor,
  tailMs,
} from './granting.ts';

export interface Going {
  readonly group: Group;
  readonly light: Light;
  readonly fromMs: number;
}

/** The groups whose green of the last stage can go on. */
export const goingOnOf = (place: Place, last: RightOfWay['last']): Going[] => {
  const { stages } = place.intersection;
  const stage =
    stages.find(({ id }) => id === last.stage) ?? stageFor(place.intersection, last.stage);
  if (!stage) return [];
  return servedBy(place, stage).flatMap((group) => {
    const light = lightOf(stage, group);
    const own = goingOn(place, light, group);
    if (own) return [{ group, light, fromMs: own.fromMs }];
    const isLit = place.right?.intervals.some(
      (known) => known.group === group.id && !known.released && known.untilMs >= last.greenUntilMs,
    );
    // On a newer timescale the green that goes on is a right of its own, which overlaps the old.
    const fromMs = Math.max(last.fromMs, clearMs(place, light));
    return isLit && fromMs < last.greenUntilMs ? [{ group, light, fromMs }] : [];
  });
};

/** More of the stage that is green. */
export const moreOf = (
  place: Place,
  last: RightOfWay['last'],
  going: readonly Going[],
): GrantRights | undefined => {
  const groups = going.map(({ group }) => group);
  const greenUntilMs = endOf(place, groups, { least: last.greenUntilMs, planned: last.plannedMs });
  if (greenUntilMs <= last.greenUntilMs) return undefined;
  const { call } = last;
  const grants = going.map(({ group, light, fromMs }) => ({
    ...light,
    fromMs,
    untilMs: greenUntilMs + tailMs(group),
    ...(call !== undefined && { call }),
  }));
  return commandOf(place, { ...last, greenUntilMs }, grants);
};
