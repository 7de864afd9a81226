/**
 * Sensors made of SUMO: subscribe what a level of sensing needs, and make readings of what a step
 * says. What the level does not know is not asked for.
 */
import type { Intersection } from '../protocol/district.ts';
import {
  type LoopReading,
  type Reading,
  type Readings,
  SENSED_M_MAX,
  type Sensing,
} from '../protocol/readings.ts';
import { type ApproachLane, approachLanes } from './sumo-approach.ts';
import { areaSites, detectorsFile, type LoopSite, loopSites } from './sumo-detectors.ts';
import type { MatchedLight } from './sumo-heads.ts';
import type { SumoNetwork } from './sumo-network.ts';
import type { Command } from './traci-commands.ts';
import { type Observations, watch } from './traci-observations.ts';
import { inductionLoop, laneArea, type ValuesOf, vehicle } from './traci-variables.ts';

/** What sensors are told of, before they can tell. */
export interface Surveyed {
  readonly intersections: readonly Intersection[];
  readonly network: SumoNetwork;
}

/** Who is on the road, by a step. */
export interface Traffic {
  readonly observations: Observations;
  /** Vehicles that came during the step and are still there. */
  readonly departed: readonly string[];
}

export interface Sensors {
  /** The additional file that SUMO must have loaded, where there is one. */
  readonly file?: string;
  /** What is asked of SUMO before the first step, with the vehicles that drive by then. */
  begin(vehicles: readonly string[]): readonly Command<unknown>[];
  /** What a step says, of every intersection. */
  read(traffic: Traffic): Readings;
  /** What must be asked before the next step. Each is given once. */
  next(): readonly Command<unknown>[];
}

/** The sensors of these intersections. `lights` are matched once SUMO runs. */
export const sensorsOf = (
  sensing: Sensing,
  surveyed: Surveyed,
  lights: () => readonly MatchedLight[],
): Sensors => {
  const { intersections, network } = surveyed;
  const ids = intersections.map(({ id }) => id);
  switch (sensing) {
    case 'loops':
      return loopSensors(ids, approachLanes(intersections, network));
    case 'lanes':
      return laneSensors(ids, approachLanes(intersections, network));
    case 'vehicles':
      return vehicleSensors(surveyed, lights);
  }
};

type Lists = Map<string, Reading[]>;

const emptyLists = (intersections: readonly string[]): Lists =>
  new Map(intersections.map((id) => [id, []]));

const none: readonly Command<unknown>[] = [];

const loopSensors = (ids: readonly string[], lanes: readonly ApproachLane[]): Sensors => {
  const sites = loopSites(lanes);
  const loops = watch(inductionLoop, ['vehicleData', 'occupancyPercent', 'sinceDetectionS']);
  return {
    file: detectorsFile(sites, []),
    begin: () => sites.map(({ id }) => loops.on(id)),
    next: () => none,
    read: ({ observations }) => {
      const lists = emptyLists(ids);
      const seen = loops.in(observations);
      for (const site of sites) {
        const values = seen.get(site.id);
        if (values) lists.get(site.intersection)?.push(loopReading(site, values));
      }
      return lists;
    },
  };
};

type LoopValues = Pick<
  ValuesOf<(typeof inductionLoop)['variables']>,
  'vehicleData' | 'occupancyPercent' | 'sinceDetectionS'
>;

const loopReading = (site: LoopSite, values: LoopValues): LoopReading => ({
  kind: 'loop',
  loop: site.id,
  place: site.place,
  distanceM: site.distanceM,
  lanes: site.lanes,
  groups: site.groups,
  passed: values.vehicleData.filter(({ leftS }) => leftS !== undefined).length,
  occupancy: Math.min(1, Math.max(0, values.occupancyPercent / 100)),
  gapS: Math.max(0, values.sinceDetectionS),
});

const laneSensors = (ids: readonly string[], lanes: readonly ApproachLane[]): Sensors => {
  const sites = areaSites(lanes);
  const areas = watch(laneArea, ['vehicles', 'halting']);
  return {
    file: detectorsFile([], sites),
    begin: () => sites.map(({ id }) => areas.on(id)),
    next: () => none,
    read: ({ observations }) => {
      const lists = emptyLists(ids);
      const seen = areas.in(observations);
      for (const { id, intersection, nearM, farM, lanes: serves, groups } of sites) {
        const values = seen.get(id);
        if (!values) continue;
        const { vehicles, halting: queue } = values;
        const place = { nearM, farM, lanes: serves, groups };
        lists.get(intersection)?.push({ kind: 'lane', ...place, vehicles, queue });
      }
      return lists;
    },
  };
};

/** Where a link of a light leads from. */
interface LinkPlace {
  readonly intersection: string;
  readonly group: string;
  /** The lanes that the link is taken from. */
  readonly lanes: readonly string[];
}

const vehicleSensors = (
  { intersections, network }: Surveyed,
  lights: () => readonly MatchedLight[],
): Sensors => {
  const vehicles = watch(vehicle, ['speedMps', 'lane', 'signalsAhead']);
  const ids = intersections.map(({ id }) => id);
  const insides = insidesOf(intersections, network);
  let places: ReadonlyMap<string, LinkPlace> | undefined;
  /** The approach on which each vehicle is, or was last while it is inside. */
  let approaches: ReadonlyMap<string, Approaching> = new Map();
  let newcomers: readonly string[] = [];
  return {
    begin: (present) => present.map((id) => vehicles.on(id)),
    next: () => {
      const commands = newcomers.map((id) => vehicles.on(id));
      newcomers = [];
      return commands;
    },
    read: ({ observations, departed }) => {
      newcomers = departed;
      places ??= linkPlaces(intersections, lights());
      const lists = emptyLists(ids);
      const now = new Map<string, Approaching>();
      for (const [id, { speedMps: speed, lane, signalsAhead }] of vehicles.in(observations)) {
        const speedMps = Math.max(0, speed);
        const tell = ({ intersection, lane: from, group }: Approaching, distanceM?: number) => {
          const place = distanceM === undefined ? 'inside' : 'approach';
          const at = { vehicle: id, place, lane: from, group, speedMps } as const;
          lists.get(intersection)?.push({ kind: 'vehicle', ...at, distanceM: distanceM ?? 0 });
        };
        const left = approaches.get(id);
        const inside = left && insides.get(left.intersection)?.has(junctionOf(lane)) && left;
        if (inside) tell(inside);
        const [ahead] = signalsAhead;
        const place = ahead && places.get(`${ahead.link} ${ahead.light}`);
        const next = place && approachOf(place, lane);
        if (ahead && next && ahead.distanceM <= SENSED_M_MAX) {
          tell(next, Math.max(0, ahead.distanceM));
        }
        const approach = inside || next;
        if (approach) now.set(id, approach);
      }
      approaches = now;
      return lists;
    },
  };
};

/** The approach of who is on `lane`, or will change from it to one that the link is taken from. */
const approachOf = ({ intersection, group, lanes }: LinkPlace, lane: string): Approaching => ({
  intersection,
  group,
  lane: lanes.includes(lane) ? lane : (lanes[0] ?? lane),
});

interface Approaching {
  readonly intersection: string;
  readonly group: string;
  readonly lane: string;
}

const linkPlaces = (
  intersections: readonly Intersection[],
  lights: readonly MatchedLight[],
): Map<string, LinkPlace> => {
  const places = new Map<string, LinkPlace>();
  for (const { intersection, light, heads } of lights) {
    const described = intersections.find(({ id }) => id === intersection);
    const movements = described?.groups.flatMap((group) => group.movements ?? []) ?? [];
    heads.forEach((head, link) => {
      if (!head) return;
      const lanes = movements.filter((one) => one.link === link).map(({ from }) => from);
      places.set(`${link} ${light}`, { intersection, group: head.group, lanes });
    });
  }
  return places;
};

/** The junction that a lane is inside of; empty where it is a street’s. */
const junctionOf = (lane: string): string => /^:(.+)_\d+_\d+$/.exec(lane)?.[1] ?? '';

/** The junctions of each intersection. */
const insidesOf = (intersections: readonly Intersection[], { edges, connections }: SumoNetwork) => {
  const vias = new Map<string, string>();
  for (const { from, fromLane, via } of connections) {
    const lane = edges.get(from)?.lanes[fromLane]?.id;
    if (lane !== undefined && via !== undefined && edges.get(from)?.use === 'normal') {
      vias.set(lane, junctionOf(via));
    }
  }
  return new Map(
    intersections.map(({ id, groups }) => {
      const lanes = groups.flatMap(({ movements = [] }) => movements.map(({ from }) => from));
      return [id, new Set(lanes.flatMap((lane) => vias.get(lane) ?? []))];
    }),
  );
};
