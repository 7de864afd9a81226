/**
 * The account of a lane by loops: one at the stop line, and one upstream that counts in who comes. Pure
 * neighbour of `lanes.ts`.
 */
import type { LoopReading } from '../protocol/readings.ts';
import { CAR_M, drivenOn, type LaneTrack, settled, type Told } from './lane-track.ts';

/** Of a step: who covers a loop so long stands on it. */
export const COVERED = 0.95;
/** A stop line that nobody has left or stood at for so long has nobody before it. In seconds. */
const EMPTY_S = 3;
/** Who stands so long on the loop upstream stands in a queue. In seconds. */
const FULL_S = 3;

/** What loops make of a lane. */
export interface LoopAccount {
  readonly track: LaneTrack;
  /** Those who were counted for this lane and never came: they must have chosen another. */
  readonly missing: number;
}

/** `came`: how many of those who passed the loop upstream are taken to come to this lane. */
export const byLoops = (told: Told, loops: readonly LoopReading[], came: number): LoopAccount => {
  const { was, stepS, speedOf, lane } = told;
  const line = loops.find(({ place }) => place === 'stopLine');
  const advance = loops.find(({ place }) => place === 'advance');
  const left = line?.passed ?? 0;
  const cars = drivenOn(was.cars, stepS)
    .map(({ etaS, waitedS }) => {
      if (etaS > 0) return { etaS, waitedS };
      return { etaS: 0, waitedS: etaS > -stepS ? waitedS : waitedS + stepS };
    })
    .slice(left);
  for (let k = 0; k < came; k += 1) {
    cars.push({ etaS: (advance?.distanceM ?? 0) / speedOf(lane), waitedS: 0 });
  }
  const stands = (line?.occupancy ?? 0) >= COVERED;
  if (stands && cars[0]?.etaS !== 0) cars.unshift({ etaS: 0, waitedS: stepS });
  const isEmpty = line !== undefined && line.occupancy === 0 && line.gapS > EMPTY_S;
  let missing = 0;
  while (isEmpty && cars[0] && cars[0].waitedS > EMPTY_S) {
    cars.shift();
    missing += 1;
  }
  const fullS = advance && advance.occupancy >= COVERED ? was.fullS + stepS : 0;
  if (advance && fullS >= FULL_S) {
    const least = Math.floor(advance.distanceM / CAR_M / advance.lanes.length);
    while (cars.length < least) cars.push({ etaS: 0, waitedS: 0 });
  }
  return { track: settled(told, { cars, fullS, stands, left, came }), missing };
};
