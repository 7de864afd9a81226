/**
 * Names the approaches of an intersection by where they come from: N, E, S and W where that tells
 * them apart, else the eight points, else with a number. A person at the kerb finds the lamp of
 * `N-l` without a drawing, which the edge ids of an imported network do not offer.
 */
import type { Point, SumoEdge } from './sumo-network.ts';

export interface Approach {
  readonly edge: string;
  /** Clockwise from north, in degrees: where its traffic comes from. */
  readonly bearing: number;
}

const COMPASS = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'] as const;
/** How far before the stop line the direction is taken, so that the last bend does not mislead. */
const LOOK_BACK_M = 25;

/** The approach along an edge, looking out from the stop line; from `centre` without a shape. */
export const approachOf = (edge: SumoEdge, centre: Point): Approach => {
  const shape = edge.lanes[0]?.shape ?? [];
  const stop = shape.at(-1) ?? centre;
  const far =
    shape.findLast((corner) => distance(corner, stop) >= LOOK_BACK_M) ?? shape[0] ?? centre;
  return { edge: edge.id, bearing: bearing(stop, far) };
};

/** The point of the compass in which `to` lies from `from`. */
export const compassPoint = (from: Point, to: Point): string => point(bearing(from, to), 8);

/** A name for each approach, by its edge. No two are alike. */
export const approachNames = (approaches: readonly Approach[]): Map<string, string> => {
  const sorted = [...approaches].sort(
    (a, b) => a.bearing - b.bearing || (a.edge < b.edge ? -1 : Number(a.edge > b.edge)),
  );
  const by = (points: 4 | 8) => sorted.map((approach) => point(approach.bearing, points));
  const four = by(4);
  const names = new Set(four).size === four.length ? four : by(8);
  return new Map(sorted.map(({ edge }, k) => [edge, numbered(names)[k] ?? edge]));
};

/** The names, with a number behind each that is there several times. */
export const numbered = (names: readonly string[]): string[] =>
  names.map((name, k) => {
    const place = names.slice(0, k).filter((other) => other === name).length;
    return names.indexOf(name, k + 1) < 0 && place === 0 ? name : `${name}${place + 1}`;
  });

const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

const bearing = (from: Point, to: Point): number => {
  const degrees = (Math.atan2(to[0] - from[0], to[1] - from[1]) * 180) / Math.PI;
  return (Math.round(degrees * 10) / 10 + 360) % 360;
};

const point = (degrees: number, points: 4 | 8): string => {
  const sector = 360 / points;
  const step = COMPASS.length / points;
  return COMPASS[(Math.round(degrees / sector) % points) * step] ?? 'N';
};
