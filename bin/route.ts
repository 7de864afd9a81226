/** Routes as an operator names them, and their legs by what the district has agreed on. */
import type { State } from '../protocol/command.ts';
import { type Leg, legsOf, type Stop } from '../protocol/route.ts';
import { OperatorError } from './read-district.ts';
import { demandGroup } from './served.ts';

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

/** The legs of a route, or an `OperatorError` that says what there is. */
export const agreedLegs = ({ members }: State, route: readonly Stop[], forS: number): Leg[] => {
  for (const { intersection, group } of route) demandGroup({ members }, intersection, group);
  const streets = {
    intersections: members.flatMap(({ intersection }) => intersection ?? []),
    links: members.flatMap(({ links }) => links),
  };
  return legsOf(streets, route, forS);
};
