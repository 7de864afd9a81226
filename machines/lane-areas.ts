/**
 * The account of a lane by what cameras count on stretches of it: how many there are, and how many of
 * them stand. Pure neighbour of `lanes.ts`.
 */
import type { LaneReading } from '../protocol/readings.ts';
import {
  CALM_S,
  type Car,
  type Counts,
  drivenOn,
  type LaneTrack,
  QUEUE_M,
  settled,
  type Told,
} from './lane-track.ts';

/** By so much a vehicle is later than it could be, if nothing holds it up. In seconds. */
const LATE_S = 2;

/** On a stretch so long, who leaves it at the stop line is seldom replaced at once. In metres. */
const LONG_M = 30;
/** So many steps a vehicle may be where two stretches join, and is not counted. */
const UNSEEN_STEPS = 2;

/** `behind`: who stands on stretches that lead to this lane and to others, as far as they are its. */
export const byAreas = (
  told: Told,
  areas: readonly LaneReading[],
  behind: readonly Car[],
): LaneTrack => {
  const { was, stepS, speedOf, lane } = told;
  const own = areas.filter(({ lanes }) => lanes.length === 1).sort((a, b) => a.nearM - b.nearM);
  const now = countsOf(own);
  const isLong = own.length < 2 || (own[0]?.farM ?? 0) >= LONG_M;
  const count = isLong ? now.all : Math.max(now.all, ...was.counts.map(({ all }) => all));
  const driven = drivenOn(was.cars, stepS);
  const fewer = isLong ? (was.counts[0]?.near ?? 0) - now.near : driven.length - count;
  const seen = Math.min(driven.length, Math.max(0, fewer));
  const left = was.shutS >= stepS ? 0 : Math.max(seen, leavesUnseen(told, driven, own) ? 1 : 0);
  // Who is missed otherwise has changed lanes, or is where two stretches join: the first is still there.
  const cars = driven.slice(left, left + count);
  const more = count - cars.length;
  const farM = own.at(-1)?.farM ?? 0;
  for (let k = 0; k < more; k += 1) cars.push({ etaS: farM / speedOf(lane), waitedS: 0 });
  const isCalm = left === 0 && was.calmS + stepS >= CALM_S;
  const first = own.find(({ vehicles }) => vehicles > 0);
  return settled(told, {
    cars: placed(cars, own, { speedMps: speedOf(lane), stepS }),
    behind,
    counts: [now, ...was.counts].slice(0, UNSEEN_STEPS),
    stands: isCalm && first !== undefined && first.queue > 0,
    left,
    came: own.length < 2 ? more : Math.max(0, now.far - (was.counts[0]?.far ?? 0)),
  });
};

const countsOf = (own: readonly LaneReading[]): Counts => ({
  near: own[0]?.vehicles ?? 0,
  far: own.at(-1)?.vehicles ?? 0,
  all: own.reduce((sum, { vehicles }) => sum + vehicles, 0),
});

/** Who left in the step in which another came is in no count: the first has left if he should have by
 *  now, and more drive than those who are on their way. */
const leavesUnseen = (
  { was, stepS }: Told,
  cars: readonly Car[],
  own: readonly LaneReading[],
): boolean => {
  const [first] = cars;
  if (!first) return false;
  const queue = own.reduce((sum, one) => sum + one.queue, 0);
  const onTheWay = cars.filter(({ etaS }) => etaS > 0).length;
  const driving = Math.min(countsOf(own).all, cars.length) - queue;
  const isLate = first.waitedS > 0 ? was.calmS + stepS >= CALM_S : first.etaS <= -LATE_S;
  return isLate && driving > onTheWay;
};

/** Each car on the stretch where it is counted. */
const placed = (
  cars: readonly Car[],
  own: readonly LaneReading[],
  { speedMps, stepS }: { speedMps: number; stepS: number },
): Car[] => {
  const places = own.flatMap(({ vehicles, queue, nearM, farM }) =>
    Array.from({ length: vehicles }, (_, k) => ({ stands: k < queue, nearM, farM })),
  );
  return cars.map(({ etaS, waitedS }, k) => {
    const { stands, nearM, farM } = places[k] ?? {
      stands: false,
      nearM: 0,
      farM: Number.MAX_VALUE,
    };
    const [nearS, farS] = [nearM / speedMps, farM / speedMps];
    if (stands) return { etaS: nearM < QUEUE_M ? 0 : nearS, waitedS: waitedS + stepS };
    return { etaS: Math.min(nearM > 0 ? Math.max(etaS, nearS) : etaS, farS), waitedS };
  });
};

/** How far before the stop line each is on a stretch: those who stand first, the others spread over it. */
export const metresOn = ({ vehicles, queue, nearM, farM }: LaneReading): number[] =>
  Array.from({ length: vehicles }, (_, k) =>
    k < queue ? nearM : nearM + ((farM - nearM) * (k + 0.5)) / vehicles,
  );
