/**
 * Where traffic comes from at an intersection: unit vectors from its centre, north upwards. A
 * district file seldom says it outright, so it is read from what it does say. The page’s map and
 * the queue model both go by this, so that a vehicle waits where its signal is drawn.
 */
import type { Group, Intersection, Link } from '../protocol/district.ts';

export interface Vector {
  readonly x: number;
  readonly y: number;
}

const COMPASS: Record<string, Vector> = {
  N: { x: 0, y: 1 },
  E: { x: 1, y: 0 },
  S: { x: 0, y: -1 },
  W: { x: -1, y: 0 },
};
/** A street is taken for the approach that a compass letter names up to this angle off. */
export const SAME_STREET = Math.cos((50 * Math.PI) / 180);

export interface Around {
  readonly intersection: Intersection;
  readonly links: readonly Link[];
  readonly places: ReadonlyMap<string, Vector>;
  /** Directions of the streets that lead to other intersections. */
  readonly streets: readonly Vector[];
  readonly at: Vector;
}

export const placesOf = (intersections: readonly Intersection[]): Map<string, Vector> =>
  new Map(intersections.map(({ id, position: [x, y] }): [string, Vector] => [id, { x, y }]));

export const around = (
  intersection: Intersection,
  links: readonly Link[],
  places: ReadonlyMap<string, Vector>,
): Around => {
  const at = places.get(intersection.id) as Vector;
  const neighbours = new Set(
    links.flatMap(({ from, to }) =>
      from === intersection.id ? [to] : to === intersection.id ? [from] : [],
    ),
  );
  const streets = [...neighbours].flatMap((id) => {
    const place = places.get(id);
    return place ? [direction(at, place)] : [];
  });
  return { intersection, links, places, streets, at };
};

/** Where a group's traffic comes from: as links say, as its movements say, or as its name does. */
export const approachesOf = (
  group: Group,
  { intersection, links, places, streets, at }: Around,
): Vector[] => {
  const fed = links.flatMap(({ from, to, toGroups }) => {
    const place = places.get(from);
    const isHis = to === intersection.id && toGroups?.includes(group.id);
    return isHis && place ? [direction(at, place)] : [];
  });
  if (fed.length > 0) return distinct(fed);
  const words = [...(group.movements?.map(({ from }) => from) ?? []), group.id];
  for (const word of words) {
    const named = compassOf(word).map((towards) => nearest(towards, streets));
    if (named.length > 0) return distinct(named);
  }
  return [];
};

/** The compass letters of a name: `NS`, `W-s`, `walk-E`, `a1.N-walk`. */
const compassOf = (name: string): Vector[] => {
  const found = name.match(/(?:^|[.\-_])([NESW]{1,4})(?=$|[.\-_])/)?.[1] ?? '';
  return [...found].flatMap((letter) => COMPASS[letter] ?? []);
};

const nearest = (towards: Vector, streets: readonly Vector[]): Vector =>
  streets.find((street) => dot(street, towards) > SAME_STREET) ?? towards;

export const direction = (from: Vector, to: Vector): Vector => {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
};

export const dot = (a: Vector, b: Vector): number => a.x * b.x + a.y * b.y;

export const distinct = (vectors: readonly Vector[]): Vector[] =>
  vectors.filter((one, k) => vectors.findIndex((other) => dot(one, other) > 0.999) === k);

/** Turns from the middle of the street to the kerb, where traffic keeps right. */
const TURN_ORDER = 'tLlsRr';

/** Where a lane with such turns lies: the less, the nearer to the middle of the street. */
export const rankOf = (turns: string): number => {
  const places = [...turns].map((turn) => TURN_ORDER.indexOf(turn));
  return places.length === 0
    ? TURN_ORDER.indexOf('s')
    : places.reduce((sum, place) => sum + place, 0) / places.length;
};

/** A short name of a direction, for people: `N`, `SE`, or degrees where it is neither. */
export const compass = ({ x, y }: Vector): string => {
  const degrees = (Math.round((Math.atan2(x, y) * 180) / Math.PI) + 360) % 360;
  const names = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'];
  return degrees % 45 === 0 ? (names[degrees / 45] as string) : `${degrees}`;
};
