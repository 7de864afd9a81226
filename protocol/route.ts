/**
 * The legs of a route: when each intersection is to be called, so that it is green when the vehicle
 * arrives, by the lengths and speeds of the links that the district knows.
 */
import { stageSecondsMin } from './check-district.ts';
import type { Command } from './command.ts';
import { digestOf } from './digest.ts';
import type { Intersection, Link } from './district.ts';

/** Where green is wanted. */
export interface Stop {
  readonly intersection: string;
  readonly group: string;
}

/** When a stop is called, and for how long at most. */
export interface Leg extends Stop {
  readonly id: string;
  /** When the vehicle arrives, where the links are known. In seconds. */
  readonly arrivalS: number | null;
  readonly afterS: number;
  readonly forS: number;
}

/** What there is to travel on. */
export interface Streets {
  readonly intersections: readonly Intersection[];
  readonly links: readonly Link[];
}

/** The longest that a call may last or be put off. In seconds. */
const CALL_S_MAX = 600;

/** One call a place: called again it begins anew, and whoever knows the place can clear it. */
export const callId = ({ intersection, group }: Stop): string => {
  const id = `${intersection}/${group}`;
  return id.length <= 64 ? id : digestOf([intersection, group]);
};

/** The command by which a leg is called. */
export const callOf = ({ arrivalS: _, ...call }: Leg): Command => ({
  kind: 'preempt.call',
  ...call,
});

/** The legs of a route. Each is called as much before the arrival as its change may take. */
export const legsOf = (
  { intersections, links }: Streets,
  route: readonly Stop[],
  forS: number,
): Leg[] => {
  let arrivalS: number | null = 0;
  return route.map((stop, k) => {
    const before = route[k - 1];
    const link =
      before &&
      links.find(({ from, to }) => from === before.intersection && to === stop.intersection);
    if (before)
      arrivalS = link && arrivalS !== null ? arrivalS + link.lengthM / link.speedMps : null;
    const found = intersections.find(({ id }) => id === stop.intersection);
    const afterS = Math.max(0, (arrivalS ?? 0) - (found ? changeS(found) : 0));
    const waitS = (arrivalS ?? 0) - afterS;
    return {
      ...stop,
      id: callId(stop),
      arrivalS,
      afterS: Math.min(CALL_S_MAX, Math.round(afterS * 10) / 10),
      forS: Math.min(CALL_S_MAX, Math.round((forS + waitS) * 10) / 10),
    };
  });
};

/** How long it may take at an intersection until any group is green, at most: any stage’s minimum
 *  green and clearance, twice. */
const changeS = (intersection: Intersection): number =>
  2 * Math.max(...intersection.stages.map((stage) => stageSecondsMin(intersection, stage)));
