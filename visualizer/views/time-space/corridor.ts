/**
 * Corridors: streets that run straight on through two or more intersections, found from the links
 * of a district, and which signal groups through traffic meets on them, each way. Pure.
 */
import type { Intersection, Link } from '../../../protocol/district.ts';
import type { Streets } from '../../picture.ts';
import { crossingsOf, direction, type Vector } from '../map/geometry.ts';

/** A street goes on where it bends by less than this. */
const STRAIGHT = Math.cos((50 * Math.PI) / 180);

/** Where through traffic passes a stop line. */
export interface Stop {
  readonly intersection: Intersection;
  /** From the first intersection of the corridor. */
  readonly distanceM: number;
  /** At the links' speed, from the first stop of this way. */
  readonly travelMs: number;
  /** The groups that it obeys. */
  readonly groups: readonly string[];
}

/** One of the two ways along a corridor. */
export interface Way {
  /** `eastbound`, by where it leads. */
  readonly name: string;
  readonly stops: readonly Stop[];
  /** Over the whole way. In metres a second. */
  readonly speedMps: number;
}

export interface Corridor {
  readonly id: string;
  readonly stops: readonly { readonly intersection: Intersection; readonly distanceM: number }[];
  /** Up the diagram, and down it: of a one-way street there is but one. */
  readonly ways: readonly Way[];
}

/** The longest first: most intersections, then most metres. */
export const corridorsOf = ({ intersections, links }: Streets): Corridor[] => {
  const known = new Map(intersections.map((one) => [one.id, one]));
  const map: Web = { known, links: linksBetween(known, links) };
  const found = new Map<string, string[]>();
  for (const { from, to } of map.links.values()) {
    const path = ordered(extended(map, extended(map, [from, to]).toReversed()), known);
    found.set(path.join(' '), path);
  }
  const crossings = new Map(crossingsOf(intersections, links).map((one) => [one.id, one]));
  const straightOf = (id: string, towards: Vector) =>
    (crossings.get(id)?.heads ?? [])
      .filter((head) => head.kind !== 'pedestrian' && !head.isLost)
      .filter((head) => dot(head.towards, towards) > STRAIGHT && /^$|s/.test(head.turns))
      .map(({ group }) => group);
  return [...found.entries()]
    .map(([id, path]) => corridorAlong(id, path, map, straightOf))
    .filter(({ ways }) => ways.length > 0)
    .sort(
      (a, b) =>
        b.stops.length - a.stops.length ||
        (b.stops.at(-1)?.distanceM ?? 0) - (a.stops.at(-1)?.distanceM ?? 0) ||
        (a.id < b.id ? -1 : 1),
    );
};

interface Web {
  readonly known: ReadonlyMap<string, Intersection>;
  readonly links: ReadonlyMap<string, Link>;
}

const key = (from: string, to: string) => `${from} ${to}`;

const linksBetween = (known: ReadonlyMap<string, Intersection>, links: readonly Link[]) =>
  new Map(
    links
      .filter(({ from, to }) => from !== to && known.has(from) && known.has(to))
      .map((link) => [key(link.from, link.to), link]),
  );

const placeOf = ({ known }: Web, id: string): Vector => {
  const [x, y] = known.get(id)?.position ?? [0, 0];
  return { x, y };
};

const dot = (a: Vector, b: Vector): number => a.x * b.x + a.y * b.y;

/** The path, and on from its end for as long as a street goes straight on. */
const extended = (map: Web, path: readonly string[]): string[] => {
  const [before = '', last = ''] = path.slice(-2);
  const heading = direction(placeOf(map, before), placeOf(map, last));
  let best: { id: string; cosine: number } | undefined;
  for (const { from, to } of map.links.values()) {
    const id = from === last ? to : to === last ? from : undefined;
    if (id === undefined || path.includes(id)) continue;
    const cosine = dot(heading, direction(placeOf(map, last), placeOf(map, id)));
    if (cosine > (best?.cosine ?? STRAIGHT)) best = { id, cosine };
  }
  return best ? extended(map, [...path, best.id]) : [...path];
};

/** From west to east, or from south to north: so that each corridor is found once. */
const ordered = (path: string[], known: ReadonlyMap<string, Intersection>): string[] => {
  const { x, y } = headingOf(path, known);
  const isForward = Math.abs(x) >= Math.abs(y) ? x > 0 : y > 0;
  const isLevel = x === 0 && y === 0;
  const keeps = isLevel ? (path[0] ?? '') < (path.at(-1) ?? '') : isForward;
  return keeps ? path : path.toReversed();
};

const headingOf = (path: readonly string[], known: ReadonlyMap<string, Intersection>): Vector => {
  const [a = [0, 0], b = [0, 0]] = [path[0], path.at(-1)].map(
    (id) => known.get(id ?? '')?.position,
  );
  return { x: b[0] - a[0], y: b[1] - a[1] };
};

type StraightOf = (id: string, towards: Vector) => readonly string[];

const corridorAlong = (
  id: string,
  path: readonly string[],
  map: Web,
  straightOf: StraightOf,
): Corridor => {
  let distanceM = 0;
  const stops = path.map((one, k) => {
    const before = path[k - 1];
    if (before !== undefined) {
      const link = map.links.get(key(before, one)) ?? map.links.get(key(one, before));
      distanceM += link?.lengthM ?? 0;
    }
    return { intersection: map.known.get(one) as Intersection, distanceM };
  });
  const ways = [stops, stops.toReversed()].flatMap((some) => wayAlong(some, map, straightOf) ?? []);
  return { id, stops, ways };
};

const wayAlong = (stops: Corridor['stops'], map: Web, straightOf: StraightOf): Way | undefined => {
  const ids = stops.map(({ intersection }) => intersection.id);
  const links = ids.slice(1).map((to, k) => map.links.get(key(ids[k] as string, to)));
  if (links.some((link) => link === undefined)) return undefined;
  const travels = (links as Link[]).map(({ lengthM, speedMps }) => (lengthM / speedMps) * 1000);
  const placed = stops.map((stop, k) => ({
    ...stop,
    travelMs: travels.slice(0, k).reduce((sum, ms) => sum + ms, 0),
    groups: throughGroups(stop.intersection, {
      into: links[k - 1],
      out: links[k],
      straight: straightOf(stop.intersection.id, comingFrom(map, ids, k)),
    }),
  }));
  const lengthM = (links as Link[]).reduce((sum, link) => sum + link.lengthM, 0);
  const travelMs = travels.reduce((sum, ms) => sum + ms, 0);
  const speedMps = (lengthM / travelMs) * 1000;
  return { name: nameOf(headingOf(ids, map.known)), stops: placed, speedMps };
};

/** Where traffic comes from: at the first, from where it would if the street began before it. */
const comingFrom = (map: Web, ids: readonly string[], k: number): Vector => {
  const here = placeOf(map, ids[k] as string);
  const before = ids[k - 1];
  if (before !== undefined) return direction(here, placeOf(map, before));
  return direction(placeOf(map, ids[k + 1] as string), here);
};

interface Passing {
  readonly into: Link | undefined;
  readonly out: Link | undefined;
  /** Groups that go straight on from there, as far as the map tells. */
  readonly straight: readonly string[];
}

/** Groups that the links name as the way through; at the ends those that go straight on. */
const throughGroups = (intersection: Intersection, { into, out, straight }: Passing): string[] => {
  const drains = into?.toGroups;
  const feeds = out?.fromGroups;
  const named = intersection.groups
    .filter(({ kind, id }) => kind !== 'pedestrian' && (drains?.includes(id) ?? true))
    .filter(({ id }) => feeds?.includes(id) ?? true)
    .map(({ id }) => id);
  if (drains && feeds && named.length > 0) return named;
  const onward = named.filter((id) => straight.includes(id));
  return onward.length > 0 ? onward : [...straight];
};

const nameOf = ({ x, y }: Vector): string => {
  if (Math.abs(x) >= Math.abs(y)) return x >= 0 ? 'eastbound' : 'westbound';
  return y > 0 ? 'northbound' : 'southbound';
};
