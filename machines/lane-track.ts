/**
 * Keeps account of who is on each lane, where sensors count vehicles and do not tell them apart:
 * loops, and cameras that see a stretch of lane. Who comes in is let drive on freely in mind until
 * he leaves or is seen to stand. Pure neighbour of `expectation.ts`.
 *
 * Which way a vehicle will turn no such sensor tells. It is taken to go at any of its lane's greens;
 * and when one stands first at such a green for a while, to need one of the others.
 */
import { isLit, type Lamps } from '../protocol/lamp.ts';
import type { LaneReading, LoopReading, Read } from '../protocol/readings.ts';

/** A vehicle: when it could be at the stop line, and for how long it has stood. In seconds. */
interface Car {
  readonly etaS: number;
  readonly waitedS: number;
}

export interface LaneTrack {
  readonly lane: string;
  /** The groups that vehicles of the lane may need. */
  readonly groups: readonly string[];
  /** From the stop line upstream. */
  readonly cars: readonly Car[];
  /** Those on a stretch that leads to this lane and to others. */
  readonly behind: readonly Car[];
  /** Whether the first one stands. */
  readonly stands: boolean;
  /** For how long the first one has stood at a green of its lane. In seconds. */
  readonly idleS: number;
  /** How many have come during the step. */
  readonly came: number;
  /** For how long nobody has left. In seconds. */
  readonly calmS: number;
}

/** What is known of lanes that is not said by their readings. */
export interface Surroundings {
  readonly lamps: Lamps;
  /** How fast who is free drives on a lane. In m/s. */
  readonly speedOf: (lane: string) => number;
}

/** Who stands so long first at a green of his lane waits for another one. In seconds. */
export const NEEDS_OTHER_S = 4;
/** A stop line that nobody has left or stood at for so long has nobody before it. In seconds. */
const EMPTY_S = 3;
/** What a vehicle that stands takes of the road. In metres. */
const CAR_M = 7.5;
/** Of a step: who covers a loop so long stands on it. */
export const COVERED = 0.95;
const CARS_MAX = 100;
/** Who has crossed a stop line has left the intersection after so long. In seconds. */
const LEFT_S = 3;

/** Whether somebody may be inside who came from this lane. */
export const mayBeInside = ({ calmS }: LaneTrack): boolean => calmS < LEFT_S;

/** The lanes after a step. */
export const trackLanes = (
  before: readonly LaneTrack[],
  { readings, stepS }: Read,
  surroundings: Surroundings,
): LaneTrack[] => {
  const loops = readings.filter((one) => one.kind === 'loop');
  const areas = readings.filter((one) => one.kind === 'lane');
  const lanes = [...new Set([...loops, ...areas].flatMap((one) => one.lanes))].sort();
  const known = new Map(before.map((track) => [track.lane, track]));
  return lanes.map((lane) => {
    const own = [...loops, ...areas].filter((one) => one.lanes.includes(lane));
    const groups = [...(nearest(own)?.groups ?? [])];
    const was = known.get(lane) ?? newTrack(lane, groups);
    const told = { lane, groups, was, stepS, ...surroundings };
    return areas.length > 0
      ? byArea(
          told,
          areas.filter((one) => one.lanes.includes(lane)),
        )
      : byLoops(
          told,
          loops.filter((one) => one.lanes.includes(lane)),
        );
  });
};

const newTrack = (lane: string, groups: string[]): LaneTrack => ({
  ...{ lane, groups, cars: [], behind: [] },
  ...{ stands: false, idleS: 0, came: 0, calmS: LEFT_S },
});

/** The reading nearest to the stop line knows best which groups the lane has. */
const nearest = (own: readonly (LoopReading | LaneReading)[]) => {
  const distance = (one: LoopReading | LaneReading) =>
    one.kind === 'loop' ? one.distanceM : one.nearM;
  return own.reduce<LoopReading | LaneReading | undefined>(
    (best, one) => (best === undefined || distance(one) < distance(best) ? one : best),
    undefined,
  );
};

interface Told extends Surroundings {
  readonly lane: string;
  readonly groups: readonly string[];
  readonly was: LaneTrack;
  readonly stepS: number;
}

/** All cars a step later, as far as nobody holds them up. */
const drivenOn = (cars: readonly Car[], stepS: number): Car[] =>
  cars.map(({ etaS, waitedS }) => ({
    etaS: Math.max(0, etaS - stepS),
    waitedS: etaS <= 0 ? waitedS + stepS : waitedS,
  }));

const settled = (
  { lane, groups, was, stepS, lamps }: Told,
  now: { cars: Car[]; behind?: Car[]; stands: boolean; left: number; came: number },
): LaneTrack => {
  const isGreen = groups.some((group) => isLit(lamps[group] ?? 'red'));
  const isIdle = now.stands && now.left === 0 && (isGreen || was.idleS >= NEEDS_OTHER_S);
  return {
    ...{ lane, groups, cars: now.cars.slice(0, CARS_MAX), behind: now.behind ?? [] },
    ...{ stands: now.stands, idleS: isIdle ? was.idleS + stepS : 0, came: now.came },
    calmS: now.left > 0 ? 0 : Math.min(LEFT_S, was.calmS + stepS),
  };
};

const byArea = (told: Told, areas: readonly LaneReading[]): LaneTrack => {
  const { was, stepS, speedOf, lane } = told;
  const sorted = [...areas].sort((a, b) => a.nearM - b.nearM);
  const own = sorted.filter(({ lanes }) => lanes.length === 1);
  const count = own.reduce((sum, { vehicles }) => sum + vehicles, 0);
  const queue = own.reduce((sum, one) => sum + one.queue, 0);
  const farM = own.at(-1)?.farM ?? 0;
  const left = Math.max(0, was.cars.length - count);
  const cars = drivenOn(was.cars, stepS).slice(left);
  const came = Math.max(0, count - cars.length);
  for (let k = 0; k < came; k += 1) cars.push({ etaS: farM / speedOf(lane), waitedS: 0 });
  const seen = cars.map(({ etaS, waitedS }, k) =>
    k < queue ? { etaS: 0, waitedS } : { etaS: Math.max(etaS, 0.5), waitedS: 0 },
  );
  const stands = (sorted[0]?.queue ?? 0) > 0 && sorted[0]?.nearM === 0;
  return settled(told, { cars: seen, behind: behindOf(told, sorted), stands, left, came });
};

/** The share of a lane in those who are on a stretch that leads to several. */
const behindOf = ({ lane, speedOf }: Told, areas: readonly LaneReading[]): Car[] =>
  areas
    .filter(({ lanes }) => lanes.length > 1)
    .flatMap(({ lanes, vehicles, queue, nearM, farM }) =>
      Array.from({ length: vehicles }, (_, k) => {
        const metres = k < queue ? nearM : nearM + ((farM - nearM) * (k + 0.5)) / vehicles;
        return { etaS: metres / speedOf(lane), waitedS: 0, place: k };
      })
        .filter(({ place }) => lanes[place % lanes.length] === lane)
        .map(({ etaS, waitedS }) => ({ etaS, waitedS })),
    );

const byLoops = (told: Told, loops: readonly LoopReading[]): LaneTrack => {
  const { was, stepS, speedOf, lane } = told;
  const line = loops.find(({ place }) => place === 'stopLine');
  const advance = loops.find(({ place }) => place === 'advance');
  const left = line?.passed ?? 0;
  const cars = drivenOn(was.cars, stepS).slice(left);
  const came = advance ? shareOf(advance, lane, was) : 0;
  for (let k = 0; k < came; k += 1) {
    cars.push({ etaS: (advance?.distanceM ?? 0) / speedOf(lane), waitedS: 0 });
  }
  const stands = (line?.occupancy ?? 0) >= COVERED;
  if (stands && cars[0]?.etaS !== 0) cars.unshift({ etaS: 0, waitedS: stepS });
  const isEmpty = line !== undefined && line.occupancy === 0 && line.gapS > EMPTY_S;
  if (isEmpty && cars[0] && cars[0].waitedS > EMPTY_S) cars.shift();
  if (advance && advance.occupancy >= COVERED) {
    const least = Math.floor(advance.distanceM / CAR_M / advance.lanes.length);
    while (cars.length < least) cars.push({ etaS: 0, waitedS: 0 });
  }
  return settled(told, { cars, stands, left, came });
};

/** How many of those who passed a loop before several lanes are taken to come to this one. */
const shareOf = ({ lanes, passed }: LoopReading, lane: string, { cars }: LaneTrack): number => {
  const place = (lanes.indexOf(lane) + cars.length) % lanes.length;
  return Math.floor((passed + place) / lanes.length);
};
