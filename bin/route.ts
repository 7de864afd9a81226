/**
 * Plans the greens of a corridor: when each intersection of a route is to be called, so that it is
 * green when the vehicle arrives, by the lengths and speeds of the links that the district knows.
 */
import { stageSecondsMin } from '../protocol/check-district.ts';
import type { State } from '../protocol/command.ts';
import { digestOf } from '../protocol/digest.ts';
import { OperatorError } from './read-district.ts';
import { demandGroup } from './served.ts';

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

/** The longest that a call may last or be put off. In seconds. */
const CALL_S_MAX = 600;

/** Reads `I1:G1,I2:G2`; group ids may not hold a colon then. */
export const readRoute = (text: string): Stop[] =>
  text.split(',').map((part) => {
    const at = part.lastIndexOf(':');
    const [intersection, group] = [part.slice(0, Math.max(0, at)), part.slice(at + 1)];
    if (intersection === '' || group === '') {
      throw new OperatorError(`${part} is no INTERSECTION:GROUP`);
    }
    return { intersection, group };
  });

/** One call a place: called again it begins anew, and whoever knows the place can clear it. */
export const callId = ({ intersection, group }: Stop): string => {
  const id = `${intersection}/${group}`;
  return id.length <= 64 ? id : digestOf([intersection, group]);
};

/** The legs of a route. Each is called as much before the arrival as its change may take. */
export const legsOf = (state: State, route: readonly Stop[], forS: number): Leg[] => {
  const links = state.members.flatMap((member) => member.links);
  let arrivalS: number | null = 0;
  return route.map((stop, k) => {
    demandGroup(state, stop.intersection, stop.group);
    const before = route[k - 1];
    const link =
      before &&
      links.find(({ from, to }) => from === before.intersection && to === stop.intersection);
    if (before)
      arrivalS = link && arrivalS !== null ? arrivalS + link.lengthM / link.speedMps : null;
    const afterS = Math.max(0, (arrivalS ?? 0) - changeS(state, stop));
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
const changeS = (state: State, { intersection }: Stop): number => {
  const found = state.members.find((member) => member.intersection?.id === intersection);
  if (!found?.intersection) return 0;
  const { stages } = found.intersection;
  const described = found.intersection;
  return 2 * Math.max(...stages.map((stage) => stageSecondsMin(described, stage)));
};
