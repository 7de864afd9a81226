/**
 * Where a turn leads: onto the link that goes the right way, or out of the district. Pure.
 */
import type { Link } from '../protocol/district.ts';
import { direction, dot, SAME_STREET, type Vector } from './approaches.ts';
import type { Direction, Road } from './roads.ts';

/** The road that a group's traffic takes which comes from `towards` and turns so. */
export type Exits = (group: string, towards: Vector, turn: Direction) => Road;

interface Ways {
  readonly at: Vector;
  readonly places: ReadonlyMap<string, Vector>;
  /** The links that lead on from here, and their roads. */
  readonly links: readonly { readonly link: Link; readonly road: Road }[];
  /** Makes a road out of the district. */
  readonly leave: (towards: Vector) => Road;
}

export const exitsOf = ({ at, places, links, leave }: Ways): Exits => {
  const ways = links.map(({ link, road }) => {
    const place = places.get(link.to) ?? at;
    return { link, road, towards: direction(at, place) };
  });
  const left: { towards: Vector; road: Road }[] = [];
  return (group, from, turn) => {
    const wanted = turned(from, turn);
    const likeness = (one: { towards: Vector }) => dot(one.towards, wanted);
    const best = <T extends { towards: Vector }>(some: readonly T[], least: number) =>
      some
        .filter((one) => likeness(one) > least)
        .reduce<T | undefined>(
          (found, one) => (found && likeness(found) >= likeness(one) ? found : one),
          undefined,
        );
    // A link that names the group is his, even where streets bend; others only where they fit.
    const named = ways.filter(({ link }) => link.fromGroups?.includes(group));
    const open = ways.filter(({ link }) => link.fromGroups === undefined);
    const way = best(named, 0) ?? best(open, SAME_STREET);
    if (way) return way.road;
    const known = best(left, SAME_STREET);
    if (known) return known.road;
    const road = leave(wanted);
    left.push({ towards: wanted, road });
    return road;
  };
};

/** Where a turn leads, for who comes from `from`. */
const turned = ({ x, y }: Vector, turn: Direction): Vector => {
  switch (turn) {
    case 's':
      return { x: -x, y: -y };
    case 'r':
      return { x: -y, y: x };
    case 'l':
      return { x: y, y: -x };
    case 't':
      return { x, y };
  }
};
