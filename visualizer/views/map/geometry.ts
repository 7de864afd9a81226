/**
 * Where signal heads stand: on which approaches of an intersection each group is, and where around
 * its centre that puts the heads. Pure, in metres and unit vectors with north upwards; a district
 * file seldom says it outright, so it is read from what it does say.
 */
import type { Group, Intersection, Link } from '../../../protocol/district.ts';

export interface Vector {
  readonly x: number;
  readonly y: number;
}

export interface Head {
  readonly group: string;
  readonly kind: Group['kind'];
  /** Unit vector from the centre to where its traffic comes from. */
  readonly towards: Vector;
  /** Its place from the middle of the street to the kerb, beginning at 0. */
  readonly lane: number;
  /** Nothing says which approach it is on: it stands at a corner. */
  readonly isLost: boolean;
  /** Where it leads, for an arrow: `s`, `l`, `r`, or several of them. */
  readonly turns: string;
}

export interface Crossing {
  readonly id: string;
  readonly at: Vector;
  readonly heads: readonly Head[];
  /** Streets at it that lead to no other intersection of the district. */
  readonly stubs: readonly Vector[];
}

const COMPASS: Record<string, Vector> = {
  N: { x: 0, y: 1 },
  E: { x: 1, y: 0 },
  S: { x: 0, y: -1 },
  W: { x: -1, y: 0 },
};
/** A street is taken for the approach that a compass letter names up to this angle off. */
const SAME_STREET = Math.cos((50 * Math.PI) / 180);
/** Turns from the middle of the street to the kerb, where traffic keeps right. */
const TURN_ORDER = 'tLlsRr';

export const crossingsOf = (
  intersections: readonly Intersection[],
  links: readonly Link[],
): Crossing[] => {
  const places = new Map(
    intersections.map(({ id, position: [x, y] }): [string, Vector] => [id, { x, y }]),
  );
  return intersections.map((intersection) => {
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
    const entries = intersection.groups.map((group) => ({
      group,
      approaches: approachesOf(group, { intersection, links, places, streets, at }),
    }));
    const heads = headsOf(entries);
    const approached = heads.filter(({ isLost }) => !isLost).map(({ towards }) => towards);
    const stubs = distinct(approached).filter(
      (towards) => !streets.some((street) => dot(street, towards) > SAME_STREET),
    );
    return { id: intersection.id, at, heads, stubs };
  });
};

interface Around {
  readonly intersection: Intersection;
  readonly links: readonly Link[];
  readonly places: ReadonlyMap<string, Vector>;
  readonly streets: readonly Vector[];
  readonly at: Vector;
}

/** Where a group's traffic comes from: as links say, as its movements say, or as its name does. */
const approachesOf = (group: Group, around: Around): Vector[] => {
  const { intersection, links, places, streets, at } = around;
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

interface Entry {
  readonly group: Group;
  readonly approaches: readonly Vector[];
}

interface Placed {
  readonly group: Group;
  readonly towards: Vector;
  readonly isLost: boolean;
}

const headsOf = (entries: readonly Entry[]): Head[] => {
  const placed = entries.flatMap(({ group, approaches }) =>
    approaches.map((towards) => ({ group, towards, isLost: false })),
  );
  const lost = entries.filter(({ approaches }) => approaches.length === 0);
  // Groups that nobody can place stand between the streets.
  const spread = lost.map(({ group }, k) => {
    const angle = Math.PI / 4 + (2 * Math.PI * k) / Math.max(4, lost.length);
    return { group, towards: { x: Math.sin(angle), y: Math.cos(angle) }, isLost: true };
  });
  const byStreet = new Map<string, Placed[]>();
  for (const one of [...placed, ...spread]) {
    const isWalk = one.group.kind === 'pedestrian';
    const key = `${one.towards.x.toFixed(2)} ${one.towards.y.toFixed(2)} ${isWalk}`;
    byStreet.set(key, [...(byStreet.get(key) ?? []), one]);
  }
  return [...byStreet.values()].flatMap((side) =>
    side
      .map((one) => ({ ...one, turns: turnsOf(one.group) }))
      .sort((a, b) => rank(a.turns) - rank(b.turns) || (a.group.id < b.group.id ? -1 : 1))
      .map(({ group, towards, isLost, turns }, lane) => ({
        group: group.id,
        kind: group.kind,
        towards,
        isLost,
        lane,
        turns,
      })),
  );
};

const turnsOf = ({ movements = [] }: Group): string =>
  [...new Set(movements.flatMap(({ direction: turn }) => turn ?? []))].join('');

const rank = (turns: string): number => {
  const places = [...turns].map((turn) => TURN_ORDER.indexOf(turn));
  return places.length === 0
    ? TURN_ORDER.indexOf('s')
    : places.reduce((sum, place) => sum + place, 0) / places.length;
};

export const direction = (from: Vector, to: Vector): Vector => {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
};

const dot = (a: Vector, b: Vector): number => a.x * b.x + a.y * b.y;

const distinct = (vectors: readonly Vector[]): Vector[] =>
  vectors.filter((one, k) => vectors.findIndex((other) => dot(one, other) > 0.999) === k);
