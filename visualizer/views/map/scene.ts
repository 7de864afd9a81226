/**
 * What the map draws, laid out once for a district: crossings, streets, who serves what, and how
 * large signals may be so that neighbours do not touch.
 */
import type { Intersection } from '../../../protocol/district.ts';
import { nodesOf } from '../../../protocol/serving.ts';
import type { Streets } from '../../picture.ts';
import { type Crossing, crossingsOf } from './geometry.ts';

export interface Street {
  readonly from: Crossing;
  readonly to: Crossing;
  readonly lanes: number;
}

export interface Scene {
  readonly crossings: readonly Crossing[];
  readonly byId: ReadonlyMap<string, Crossing>;
  readonly streets: readonly Street[];
  /** What the district says of each crossing. */
  readonly intersections: ReadonlyMap<string, Intersection>;
  /** The nodes of each crossing. */
  readonly nodes: ReadonlyMap<string, readonly string[]>;
  /** The crossing that each node serves. */
  readonly crossingOf: ReadonlyMap<string, Crossing>;
  /** The usual distance to the nearest neighbour. In metres. */
  readonly blockM: number;
}

/** Where there is but one crossing. In metres. */
const ALONE_M = 160;

export const sceneOf = ({ intersections, links }: Streets): Scene => {
  const crossings = crossingsOf(intersections, links);
  const byId = new Map(crossings.map((crossing) => [crossing.id, crossing]));
  const nodes = new Map(intersections.map((one) => [one.id, nodesOf(one)]));
  const crossingOf = new Map(
    crossings.flatMap((crossing) =>
      (nodes.get(crossing.id) ?? []).map((node): [string, Crossing] => [node, crossing]),
    ),
  );
  const streets = new Map<string, Street>();
  for (const { from, to, lanes = 1 } of links) {
    const [a, b] = [byId.get(from), byId.get(to)];
    if (!a || !b) continue;
    const key = from < to ? `${from} ${to}` : `${to} ${from}`;
    const known = streets.get(key);
    streets.set(key, { from: a, to: b, lanes: Math.max(lanes, known?.lanes ?? 1) });
  }
  return {
    crossings,
    byId,
    streets: [...streets.values()],
    intersections: new Map(intersections.map((one) => [one.id, one])),
    nodes,
    crossingOf,
    blockM: blockOf(crossings),
  };
};

/** A low quartile, because a few far places must not make all signals large. */
const blockOf = (crossings: readonly Crossing[]): number => {
  const distances = crossings
    .map((one) =>
      crossings.reduce(
        (least, other) =>
          other === one
            ? least
            : Math.min(least, Math.hypot(one.at.x - other.at.x, one.at.y - other.at.y)),
        Number.POSITIVE_INFINITY,
      ),
    )
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 4)] ?? ALONE_M;
};
