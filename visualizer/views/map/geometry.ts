/**
 * Where signal heads stand: on which approaches of an intersection each group is, and where around
 * its centre that puts the heads. Pure, in metres and unit vectors with north upwards; a district
 * file seldom says it outright, so it is read from what it does say.
 */
import type { Group, Intersection, Link } from '../../../protocol/district.ts';
import {
  approachesOf,
  around,
  distinct,
  dot,
  placesOf,
  rankOf,
  SAME_STREET,
  type Vector,
} from '../../../traffic/approaches.ts';

export { direction, type Vector } from '../../../traffic/approaches.ts';

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

export const crossingsOf = (
  intersections: readonly Intersection[],
  links: readonly Link[],
): Crossing[] => {
  const places = placesOf(intersections);
  return intersections.map((intersection) => {
    const here = around(intersection, links, places);
    const { at, streets } = here;
    const entries = intersection.groups.map((group) => ({
      group,
      approaches: approachesOf(group, here),
    }));
    const heads = headsOf(entries);
    const approached = heads.filter(({ isLost }) => !isLost).map(({ towards }) => towards);
    const stubs = distinct(approached).filter(
      (towards) => !streets.some((street) => dot(street, towards) > SAME_STREET),
    );
    return { id: intersection.id, at, heads, stubs };
  });
};

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
      .sort((a, b) => rankOf(a.turns) - rankOf(b.turns) || (a.group.id < b.group.id ? -1 : 1))
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
