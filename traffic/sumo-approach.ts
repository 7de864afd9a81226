/**
 * The lanes that lead to an intersection’s stop lines, and the way upstream from each as far as it is
 * sensed: where detectors lie.
 */
import type { Intersection } from '../protocol/district.ts';
import { SENSED_M_MAX } from '../protocol/readings.ts';
import { insideLengths } from './sumo-insides.ts';
import type { SumoConnection, SumoLane, SumoNetwork } from './sumo-network.ts';

/** A lane on the way to a stop line. */
export interface Stretch {
  readonly lane: SumoLane;
  /** From its downstream end to the stop line. */
  readonly endM: number;
}

/** A lane that ends at a stop line. */
export interface ApproachLane {
  readonly intersection: string;
  readonly id: string;
  readonly groups: readonly string[];
  readonly speedMps: number;
  /** From the stop line upstream; the first is the lane itself. */
  readonly stretches: readonly Stretch[];
  /** How far the way upstream is known, at most `SENSED_M_MAX`. */
  readonly reachM: number;
}

/** The lanes for all but pedestrians, in the order of intersections and groups. */
export const approachLanes = (
  intersections: readonly Intersection[],
  network: SumoNetwork,
): ApproachLane[] => {
  const upstream = upstreamOf(network);
  const lanes = new Map<string, SumoLane>();
  for (const edge of network.edges.values()) {
    if (edge.use === 'normal') for (const lane of edge.lanes) lanes.set(lane.id, lane);
  }
  return intersections.flatMap(({ id, groups }) => {
    const served = new Map<string, Set<string>>();
    for (const group of groups) {
      for (const { from } of group.movements ?? []) {
        served.set(from, (served.get(from) ?? new Set()).add(group.id));
      }
    }
    return [...served].flatMap(([from, users]) => {
      const lane = lanes.get(from);
      if (!lane || lane.kind === 'pedestrian') return [];
      const stretches = upstream(lane);
      const last = stretches.at(-1);
      const reachM = Math.min(SENSED_M_MAX, (last?.endM ?? 0) + (last?.lane.lengthM ?? 0));
      return [
        {
          intersection: id,
          id: from,
          groups: [...users],
          speedMps: lane.speedMps,
          stretches,
          reachM,
        },
      ];
    });
  });
};

/**
 * Gives a lane and those that lead to it: straight on, not beyond another stop line, and not beyond
 * a place where several ways come together, of which only one could be sensed.
 */
const upstreamOf = (network: SumoNetwork): ((lane: SumoLane) => Stretch[]) => {
  const { edges, connections } = network;
  const insideM = insideLengths(network);
  const into = new Map<string, SumoConnection[]>();
  for (const connection of connections) {
    const lane = edges.get(connection.to)?.lanes[connection.toLane]?.id;
    if (lane === undefined || edges.get(connection.from)?.use !== 'normal') continue;
    into.set(lane, [...(into.get(lane) ?? []), connection]);
  }
  return (lane) => {
    const stretches: Stretch[] = [];
    let next: Stretch | undefined = { lane, endM: 0 };
    while (next) {
      stretches.push(next);
      const startM: number = next.endM + next.lane.lengthM;
      const before = only(into.get(next.lane.id) ?? []);
      const isOpen = before && before.signal === undefined && startM < SENSED_M_MAX;
      const from: SumoLane | undefined = isOpen
        ? edges.get(before.from)?.lanes[before.fromLane]
        : undefined;
      const isNew = from && stretches.every((one) => one.lane.id !== from.id);
      next = isOpen && isNew ? { lane: from, endM: startM + insideM(before) } : undefined;
    }
    return stretches;
  };
};

const only = (connections: readonly SumoConnection[]): SumoConnection | undefined => {
  const straight = connections.filter(({ direction }) => direction === 's');
  const likely = straight.length > 0 ? straight : connections;
  return likely.length === 1 ? likely[0] : undefined;
};
