/**
 * Makes of what sensors say what is to be expected: when each vehicle could be at the stop line, how
 * long it has stood, who does not go although it is green, and who has waited too long. Pure
 * neighbour of `arrivals.ts`, which keeps what must be known from one step to the next.
 */
import type { Intersection } from '../protocol/district.ts';
import type { FactAs } from '../protocol/event.ts';
import { isLit, type Lamps } from '../protocol/lamp.ts';
import type { Read, VehicleReading } from '../protocol/readings.ts';
import { type LaneTrack, mayBeInside, QUEUE_M, turnOf, turnShare } from './lane-track.ts';
import { trackLanes } from './lanes.ts';

/** What was learned from steps before. Lists are sorted by their ids. */
export interface Knowledge {
  /** Of vehicles that are sensed one by one: how long each has stood in all. In seconds. */
  readonly waits: readonly { readonly vehicle: string; readonly waitedS: number }[];
  readonly groups: readonly GroupKnowledge[];
  /** Where sensors count vehicles and do not tell them apart. */
  readonly lanes: readonly LaneTrack[];
  /** For how many steps it has been learned from, as far as that is of use. */
  readonly steps: number;
}

export interface GroupKnowledge {
  readonly group: string;
  /** For how long it has been lit, or has not. In seconds. */
  readonly litS: number;
  readonly darkS: number;
  /** For how long its first vehicle has stood at red. In seconds. */
  readonly heldS: number;
  /** For how long it is still not counted on: at any green, and at one that yields. In seconds. */
  readonly stuckS: number;
  readonly barredS: number;
  /** Vehicles that come for it in a second, on the average of the last minutes. */
  readonly flow: number;
}

export type Expected = Omit<FactAs<'arrivals.expected'>, 'at' | 'type'>;

/** A lane of which the district says nothing: 50 km/h. */
const SPEED_MPS = 13.9;
/** How fast those drive who are free to, of what they may. */
export const FREE = 0.95;
/** What a car gains in a second when it starts (SUMO's default). In m/s². */
const GAIN_MPS2 = 2.6;
/** Slower than that, a vehicle stands. */
const STANDING_MPS = 0.5;
/** Nearer to the stop line than that, it is there. */
const AT_LINE_M = 2;
/** Nearer than that, the first vehicle is held by the lamps and by nothing else. */
const FIRST_M = 12;
/** Slower than that, a vehicle inside blocks those that come next. */
const INSIDE_MPS = 2;
/** A first vehicle that stands so long at a green will not go soon. */
const STUCK_AFTER_S = 6;
/** How long it is then not counted on, at a green that yields and at one that does not. */
const BARRED_S = 20;
const STUCK_S = 8;
/** So long a first vehicle waits at the most before its group is served whatever it costs. */
const HELD_S_MAX = 120;
/** Over so many steps flows are averaged. */
const FLOW_STEPS_MAX = 600;
/** So long a group without sensors, or on recall, stays dark: somebody may wait there. */
const DARK_S_MAX = 90;

export const nothingKnown = ({ groups }: Pick<Intersection, 'groups'>): Knowledge => ({
  waits: [],
  groups: groups
    .map(({ id: group }) => ({
      group,
      litS: 0,
      darkS: 0,
      heldS: 0,
      stuckS: 0,
      barredS: 0,
      flow: 0,
    }))
    .sort((a, b) => (a.group < b.group ? -1 : 1)),
  lanes: [],
  steps: 0,
});

/** What is known after a step, and what is to be expected by it. */
export const expect = (
  intersection: Intersection,
  before: Knowledge,
  { read, lamps }: { read: Read; lamps: Lamps },
): { knowledge: Knowledge; expected: Expected } => {
  const speeds = new Map(intersection.lanes?.map(({ id, speedMps }) => [id, speedMps]));
  const speedOf = (lane: string) => Math.max((speeds.get(lane) ?? SPEED_MPS) * FREE, 1);
  const isToldApart = read.sensing === 'vehicles';
  const seen = isToldApart
    ? byVehicle(before, read, speedOf)
    : byLane(trackLanes(before.lanes, read, { lamps, speedOf }));
  const steps = Math.min(FLOW_STEPS_MAX, before.steps + 1);
  const groups = before.groups.map((known) => {
    const { group } = known;
    const first = seen.firsts.get(group);
    const after = groupAfter(known, { first, lamp: lamps[group] ?? 'red', stepS: read.stepS });
    const came = (seen.came.get(group) ?? 0) / read.stepS;
    return { ...after, flow: known.flow + (came - known.flow) / steps };
  });
  const of = (is: (known: GroupKnowledge) => boolean) =>
    groups.filter(is).map(({ group }) => group);
  return {
    knowledge: { waits: seen.waits, lanes: seen.tracks, groups, steps },
    expected: {
      sensing: read.sensing,
      stepS: read.stepS,
      lanes: seen.lanes,
      flows: groups.map(({ group, flow }) => ({ group, perS: flow })),
      inside: seen.inside,
      stuck: of(({ stuckS }) => stuckS > 0),
      barred: of(({ barredS }) => barredS > 0),
      overdue: overdueOf(intersection, groups),
    },
  };
};

/** The first vehicle of a lane, as far as it bears on a group that it may wait for. */
interface First {
  readonly stands: boolean;
  /** Whether nothing but the lamps is before it. */
  readonly isNear: boolean;
}

/** What a step says, whatever the sensors are. */
interface Seen {
  readonly waits: Knowledge['waits'];
  readonly tracks: Knowledge['lanes'];
  readonly lanes: Expected['lanes'];
  readonly firsts: ReadonlyMap<string, First>;
  /** How many have come for each group. */
  readonly came: ReadonlyMap<string, number>;
  readonly inside: number;
}

const byVehicle = (
  before: Knowledge,
  { readings, stepS }: Read,
  speedOf: (lane: string) => number,
): Seen => {
  const vehicles = readings.filter((reading) => reading.kind === 'vehicle');
  const near = vehicles.filter(({ place }) => place === 'approach').sort(byPlace);
  const waited = new Map(before.waits.map(({ vehicle, waitedS }) => [vehicle, waitedS]));
  const waits = near.map(({ vehicle, speedMps }) => ({
    vehicle,
    // Who drives off again has waited all the same: a queue that has begun to go is not cut off.
    waitedS: (waited.get(vehicle) ?? 0) + (speedMps < STANDING_MPS ? stepS : 0),
  }));
  const lanes: Expected['lanes'] = [];
  const firsts = new Map<string, First>();
  const came = new Map<string, number>();
  near.forEach((reading, k) => {
    const { lane, group, vehicle, speedMps, distanceM } = reading;
    if (!waited.has(vehicle)) came.set(group, (came.get(group) ?? 0) + 1);
    if (lanes.at(-1)?.lane !== lane) {
      lanes.push({ lane, vehicles: [] });
      firsts.set(group, { stands: speedMps < STANDING_MPS, isNear: distanceM < FIRST_M });
    }
    const etaS = etaOf(reading, speedOf(lane));
    const waitedS = waits[k]?.waitedS ?? 0;
    lanes.at(-1)?.vehicles.push({ groups: [group], etaS, waitedS });
  });
  const isInWay = ({ place, speedMps }: VehicleReading) =>
    place === 'inside' && speedMps < INSIDE_MPS;
  return { waits, tracks: [], lanes, firsts, came, inside: vehicles.filter(isInWay).length };
};

const byLane = (tracks: readonly LaneTrack[]): Seen => {
  const firsts = new Map<string, First>();
  const came = new Map<string, number>();
  const lanes = tracks.map((track) => {
    const { lane, groups, needs, cars, behind, stands } = track;
    const isKnown = needs.length < groups.length;
    const vehicles = [...cars, ...behind].map(({ etaS, waitedS }, k) => ({
      groups: k === 0 && isKnown ? [...needs] : [turnOf(track, k)],
      etaS: Math.max(0, etaS),
      waitedS,
    }));
    for (const group of groups) {
      came.set(group, (came.get(group) ?? 0) + track.came * turnShare(track, group));
      const isFor = cars.length > 0 && vehicles[0]?.groups.includes(group);
      if (isFor) firsts.set(group, { stands, isNear: true });
    }
    return { lane, vehicles };
  });
  const occupied = lanes.filter(({ vehicles }) => vehicles.length > 0);
  const inside = tracks.filter(mayBeInside).length;
  return { waits: [], tracks, lanes: occupied, firsts, came, inside };
};

const byPlace = (a: VehicleReading, b: VehicleReading): number =>
  a.lane !== b.lane
    ? a.lane < b.lane
      ? -1
      : 1
    : a.distanceM - b.distanceM || (a.vehicle < b.vehicle ? -1 : 1);

/** When a vehicle is at the stop line, if nothing is in its way. In seconds. */
const etaOf = ({ distanceM, speedMps }: VehicleReading, freeMps: number): number => {
  if (distanceM < AT_LINE_M) return 0;
  const isStanding = speedMps < STANDING_MPS;
  if (isStanding) return distanceM < QUEUE_M ? 0 : distanceM / freeMps;
  const lackMps = Math.max(0, freeMps - speedMps);
  const startS = (lackMps / GAIN_MPS2) * (1 - Math.min(1, speedMps / freeMps)) * 0.5;
  return distanceM / freeMps + startS;
};

const groupAfter = (
  known: GroupKnowledge,
  seen: { first: First | undefined; lamp: Lamps[string]; stepS: number },
): GroupKnowledge => {
  const { first, lamp, stepS } = seen;
  const stuckS = Math.max(0, known.stuckS - stepS);
  const barredS = Math.max(0, known.barredS - stepS);
  const stands = first?.stands === true;
  if (lamp !== 'green' && lamp !== 'greenPermissive') {
    const heldS = stands ? known.heldS + stepS : first ? known.heldS : 0;
    const darkS = isLit(lamp) ? known.darkS : known.darkS + stepS;
    return { ...known, litS: 0, darkS, heldS, stuckS, barredS };
  }
  const litS = known.litS + stepS;
  const lit = { ...known, litS, darkS: 0, heldS: 0, stuckS, barredS };
  if (!first?.isNear) return lit;
  if (!stands) return lamp === 'green' ? { ...lit, stuckS: 0 } : lit;
  if (litS < STUCK_AFTER_S) return lit;
  return lamp === 'green' ? { ...lit, stuckS: STUCK_S } : { ...lit, barredS: BARRED_S };
};

/** Groups whose turn it is whatever it costs, who has waited longest first. */
const overdueOf = (
  { groups: described }: Intersection,
  groups: readonly GroupKnowledge[],
): string[] => {
  const unsensed = new Set(
    described
      .filter(({ kind, onCall, recall }) => recall || (kind === 'pedestrian' && !onCall))
      .map(({ id }) => id),
  );
  const lateS = ({ group, heldS, darkS, stuckS }: GroupKnowledge) =>
    Math.max(stuckS > 0 ? 0 : heldS - HELD_S_MAX, unsensed.has(group) ? darkS - DARK_S_MAX : 0);
  return groups
    .filter((known) => lateS(known) > 0)
    .sort((a, b) => lateS(b) - lateS(a) || (a.group < b.group ? -1 : 1))
    .map(({ group }) => group);
};
