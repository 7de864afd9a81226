/**
 * Finds the streets between signalised intersections: for each light, the shortest way along edges
 * and through junctions without lights to every light that comes next. Coordination and the
 * forecast of arrivals need to know how far off the next stop line is, and nothing in between.
 *
 * A way that is longer than one by way of another light is left out, because traffic takes the other.
 */
import type { Link } from '../protocol/district.ts';
import type { SignalGroup } from './sumo-groups.ts';
import { insideLengths } from './sumo-insides.ts';
import type { SumoConnection, SumoEdge, SumoNetwork } from './sumo-network.ts';

/** Farther away, platoons have dissolved and the next light tells nothing of use. */
export const STREET_M_MAX = 2000;

/** A light with its groups, as imported. */
export interface Served {
  /** The intersection's id in the district, and the light's in SUMO. */
  readonly id: string;
  readonly light: string;
  readonly groups: readonly SignalGroup[];
}

/** The streets between these lights, in their order. */
export const streetsBetween = (served: readonly Served[], network: SumoNetwork): Link[] => {
  const roads = roadsOf(network, new Set(served.map(({ light }) => light)));
  const links = served.flatMap((start) => {
    const ways = waysFrom(start, roads);
    return served.flatMap((end) => {
      const way = ways.get(end.light);
      return way ? [linkOf({ start, end, way }, roads)] : [];
    });
  });
  return links.filter((link) => !hasWayRound(link, links));
};

interface Way {
  readonly edges: readonly string[];
  readonly lengthM: number;
}

interface Roads {
  readonly lights: ReadonlySet<string>;
  readonly edges: SumoNetwork['edges'];
  readonly leaving: ReadonlyMap<string, readonly SumoConnection[]>;
  /** The length of a connection inside its junction. */
  insideM(connection: SumoConnection): number;
}

const roadsOf = (network: SumoNetwork, lights: Roads['lights']): Roads => {
  const { edges, connections } = network;
  const leaving = new Map<string, SumoConnection[]>();
  for (const connection of connections) {
    const { from, to, direction } = connection;
    if (direction !== 't' && isStreet(edges.get(from)) && isStreet(edges.get(to))) {
      const list = leaving.get(from);
      if (list) list.push(connection);
      else leaving.set(from, [connection]);
    }
  }
  return { lights, edges, leaving, insideM: insideLengths(network) };
};

const isStreet = (edge: SumoEdge | undefined): boolean =>
  edge?.use === 'normal' && edge.lanes.some(({ kind }) => kind === 'vehicle');

const lengthOf = (edge: SumoEdge | undefined): number => edge?.lanes[0]?.lengthM ?? 0;

/** The shortest way from a light's stop lines to the stop lines of each next light (Dijkstra). */
const waysFrom = ({ light, groups }: Served, roads: Roads): Map<string, Way> => {
  const found = new Map<string, Way>();
  const done = new Set<string>();
  const open: Way[] = [];
  const reach = (edges: readonly string[], lengthM: number) => {
    const edge = edges.at(-1) ?? '';
    if (isStreet(roads.edges.get(edge)) && lengthM <= STREET_M_MAX) open.push({ edges, lengthM });
  };
  for (const { to } of outward(groups)) {
    reach([to], insideTo(to, groups, roads) + lengthOf(roads.edges.get(to)));
  }
  while (open.length > 0) {
    const way = open.splice(nearest(open), 1)[0];
    const last = way?.edges.at(-1) ?? '';
    if (!way || done.has(last)) continue;
    done.add(last);
    const onward = roads.leaving.get(last) ?? [];
    const ahead = onward
      .map(({ signal }) => signal?.light)
      .find((next) => next !== undefined && roads.lights.has(next));
    if (ahead !== undefined) {
      if (ahead !== light && !found.has(ahead)) found.set(ahead, way);
      continue;
    }
    for (const connection of onward) {
      const lengthM = roads.insideM(connection) + lengthOf(roads.edges.get(connection.to));
      reach([...way.edges, connection.to], way.lengthM + lengthM);
    }
  }
  return found;
};

const nearest = (ways: readonly Way[]): number =>
  ways.reduce((best, { lengthM }, k) => (lengthM < (ways[best]?.lengthM ?? 0) ? k : best), 0);

const movementsOf = (groups: readonly SignalGroup[]): SumoConnection[] =>
  groups.flatMap(({ signals }) => signals.flatMap(({ movements }) => movements));

/** Where these groups’ platoons go: none makes a U-turn. */
const outward = (groups: readonly SignalGroup[]): SumoConnection[] =>
  movementsOf(groups).filter(({ direction }) => direction !== 't');

/** How far it is across the junction to an edge: straight on, where that is possible. */
const insideTo = (edge: string, groups: readonly SignalGroup[], roads: Roads): number => {
  const into = outward(groups).filter(({ to }) => to === edge);
  const straight = into.filter(({ direction }) => direction === 's');
  return Math.min(...(straight.length > 0 ? straight : into).map(roads.insideM));
};

const linkOf = (
  { start, end, way }: { start: Served; end: Served; way: Way },
  { edges }: Roads,
): Link => {
  const streets = way.edges.flatMap((id) => edges.get(id) ?? []);
  const seconds = streets.reduce((sum, edge) => sum + lengthOf(edge) / speedOf(edge), 0);
  const metres = streets.reduce((sum, edge) => sum + lengthOf(edge), 0);
  const first = way.edges[0];
  const last = way.edges.at(-1);
  const which = (groups: readonly SignalGroup[], takes: (group: SignalGroup) => boolean) =>
    groups.filter(takes).map(({ id }) => id);
  return {
    from: start.id,
    to: end.id,
    lengthM: rounded(way.lengthM),
    speedMps: rounded(metres / seconds),
    lanes: Math.min(...streets.map((edge) => vehicleLanes(edge).length)),
    fromGroups: which(start.groups, (group) => outward([group]).some(({ to }) => to === first)),
    toGroups: which(end.groups, (group) => movementsOf([group]).some(({ from }) => from === last)),
  };
};

const vehicleLanes = ({ lanes }: SumoEdge) => lanes.filter(({ kind }) => kind === 'vehicle');

const speedOf = (edge: SumoEdge): number =>
  Math.max(...vehicleLanes(edge).map(({ speedMps }) => speedMps));

const rounded = (value: number): number => Math.round(value * 100) / 100;

const hasWayRound = ({ from, to, lengthM }: Link, links: readonly Link[]): boolean =>
  links.some(
    (first) =>
      first.from === from &&
      links.some(
        (second) =>
          second.from === first.to && second.to === to && first.lengthM + second.lengthM <= lengthM,
      ),
  );
